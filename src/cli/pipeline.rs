//! Lines in, lines out, in the same order, over all cores, with bounded memory.
//!
//! Names nothing of ours but the limit of a line. One thread reads and cuts the input into blocks of whole lines, as
//! many as one read returned: a slow writer is answered line by line, a file in blocks. Every core works on blocks,
//! and the calling thread writes replies. The queue of replies in input order is what bounds memory: while it is
//! full nothing more is read.
//!
//! The threads are not joined. When the reader of our output goes away, the reading thread may be waiting for
//! input that never comes, and the process has to end all the same.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::input::BOM;
use crate::wire::{MAX_LINE_BYTES, is_blank};

/// How much one read asks for.
const READ_BYTES: usize = 64 * 1024;
/// The most lines of a block: enough to make queues cheap, few enough to share out a small file.
const BLOCK_LINES: usize = 16;
/// Blocks under way for each core.
const BLOCKS_A_CORE: usize = 4;
/// The largest buffer that is kept for the next block, in bytes: one long line must not hold memory for good.
const KEPT_BYTES: usize = 256 * 1024;

/// One line of the input that is not blank, without its line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Its number, from 1; blank lines count.
    pub(super) number: u64,
    /// Its bytes, or nothing where it is longer than [`MAX_LINE_BYTES`].
    pub(super) bytes: Option<&'a [u8]>,
}

/// What has been done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Lines that were worked on.
    pub(super) lines: u64,
    /// Those that failed.
    pub(super) failed: u64,
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Run {
    /// What was done.
    pub(super) totals: Totals,
    /// Why the input could not be read to its end, if it could not.
    pub(super) unread: Option<io::Error>,
}

/// Lines that came in together.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    /// Whole lines, the first of which has this number.
    Lines { first: u64, bytes: Vec<u8> },
    /// A line with this number, too long to be held.
    TooLong { number: u64 },
}

#[derive(Debug)]
struct Reply {
    bytes: Vec<u8>,
    totals: Totals,
}

/// Buffers that are done with. Each is made by one thread and done with by another, and to free it there costs
/// the allocator more than to fill it again.
#[derive(Debug, Default)]
struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    /// An empty buffer.
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn keep(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        if buffer.capacity() <= KEPT_BYTES {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
}

type Job = (Block, SyncSender<Reply>);

/// Runs `work` over every line of `input` and writes what it appends to its buffer, in input order. `work` answers
/// whether the line went well. `seen` hears of the totals after every block.
pub(super) fn run<R, W>(input: R, work: W, out: &mut dyn Write, seen: impl FnMut(Totals)) -> io::Result<Run>
where
    R: Read + Send + 'static,
    W: Fn(Line<'_>, &mut Vec<u8>) -> bool + Send + Sync + 'static,
{
    run_on(thread::available_parallelism().map_or(1, usize::from), input, work, out, seen)
}

/// The same on so many threads, for work that waits more than it computes.
pub(super) fn run_on<R, W>(
    cores: usize,
    input: R,
    work: W,
    out: &mut dyn Write,
    mut seen: impl FnMut(Totals),
) -> io::Result<Run>
where
    R: Read + Send + 'static,
    W: Fn(Line<'_>, &mut Vec<u8>) -> bool + Send + Sync + 'static,
{
    let cores = cores.max(1);
    let (jobs, work_queue) = sync_channel::<Job>(cores * BLOCKS_A_CORE);
    let (in_order, replies) = sync_channel::<Receiver<Reply>>(cores * BLOCKS_A_CORE);
    let work = Arc::new(work);
    let work_queue = Arc::new(Mutex::new(work_queue));
    let spare = Arc::new(Spare::default());
    for _ in 0..cores {
        let (work, work_queue, spare) = (Arc::clone(&work), Arc::clone(&work_queue), Arc::clone(&spare));
        thread::spawn(move || work_through(&work_queue, &spare, &*work));
    }
    let of_reader = Arc::clone(&spare);
    let reader = thread::spawn(move || read_all(input, &of_reader, &jobs, &in_order));
    let mut totals = Totals::default();
    while let Some(reply) = next(&replies, out)? {
        let reply = next(&reply, out)?.ok_or_else(|| io::Error::other("a worker has ended too early"))?;
        out.write_all(&reply.bytes)?;
        spare.keep(reply.bytes);
        totals.lines += reply.totals.lines;
        totals.failed += reply.totals.failed;
        seen(totals);
    }
    out.flush()?;
    let unread = reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader has ended too early"))).err();
    Ok(Run { totals, unread })
}

/// The next item; while there is none, what was written so far is let go.
fn next<T>(queue: &Receiver<T>, out: &mut dyn Write) -> io::Result<Option<T>> {
    match queue.try_recv() {
        Ok(item) => Ok(Some(item)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            out.flush()?;
            Ok(queue.recv().ok())
        }
    }
}

fn work_through(queue: &Mutex<Receiver<Job>>, spare: &Spare, work: &dyn Fn(Line<'_>, &mut Vec<u8>) -> bool) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((block, reply)) = job else { return };
        // Nobody waits for the reply once the output is closed.
        let _ = reply.send(work_on(&block, spare.take(), work));
        if let Block::Lines { bytes, .. } = block {
            spare.keep(bytes);
        }
    }
}

/// The reply to a block, in `buffer`.
fn work_on(block: &Block, buffer: Vec<u8>, work: &dyn Fn(Line<'_>, &mut Vec<u8>) -> bool) -> Reply {
    let mut reply = Reply { bytes: buffer, totals: Totals::default() };
    let mut one = |line: Line<'_>| {
        reply.totals.lines += 1;
        reply.totals.failed += u64::from(!work(line, &mut reply.bytes));
    };
    match block {
        Block::TooLong { number } => one(Line { number: *number, bytes: None }),
        Block::Lines { first, bytes } => {
            for (number, line) in (*first..).zip(bytes.split_inclusive(|&byte| byte == b'\n')) {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if !is_blank(line) {
                    one(Line { number, bytes: Some(line) });
                }
            }
        }
    }
    reply
}

/// Reads to the end of the input, or until nobody wants more.
fn read_all(
    input: impl Read,
    spare: &Spare,
    jobs: &SyncSender<Job>,
    in_order: &SyncSender<Receiver<Reply>>,
) -> io::Result<()> {
    cut(input, spare, |block| {
        let (reply, receiver) = sync_channel(1);
        in_order.send(receiver).is_ok() && jobs.send((block, reply)).is_ok()
    })
}

/// Cuts an input into blocks; `take` answers whether more are wanted.
fn cut(mut input: impl Read, spare: &Spare, mut take: impl FnMut(Block) -> bool) -> io::Result<()> {
    let mut cutter = Cutter { held: Vec::new(), number: 1, skipping: false };
    let mut buffer = vec![0; READ_BYTES];
    let mut at_start = true;
    loop {
        let n = match input.read(&mut buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if n == 0 {
            cutter.end(&mut take);
            return Ok(());
        }
        cutter.held.extend_from_slice(&buffer[..n]);
        if at_start {
            // Fewer bytes than the mark may have come; a line begins with none of them.
            if cutter.held.len() < BOM.len() && BOM.starts_with(&cutter.held) {
                continue;
            }
            if cutter.held.starts_with(BOM) {
                cutter.held.drain(..BOM.len());
            }
            at_start = false;
        }
        if !cutter.hand_over(spare, &mut take) {
            return Ok(());
        }
    }
}

struct Cutter {
    /// What was read and not handed over yet.
    held: Vec<u8>,
    /// The number of the line that `held` begins with.
    number: u64,
    /// Whether `held` continues a line that was too long.
    skipping: bool,
}

impl Cutter {
    /// Hands over the whole lines that are held.
    fn hand_over(&mut self, spare: &Spare, take: &mut impl FnMut(Block) -> bool) -> bool {
        if self.skipping {
            let Some(end) = self.held.iter().position(|&byte| byte == b'\n') else {
                self.held.clear();
                return true;
            };
            self.held.drain(..=end);
            self.skipping = false;
            self.number += 1;
        }
        let whole = self.held.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let rest = self.held.split_off(whole);
        let lines = std::mem::replace(&mut self.held, rest);
        for (range, count) in blocks(&lines) {
            let first = self.number;
            self.number += count;
            let mut bytes = spare.take();
            bytes.extend_from_slice(&lines[range]);
            if !take(Block::Lines { first, bytes }) {
                return false;
            }
        }
        if self.held.len() > MAX_LINE_BYTES {
            self.held.clear();
            self.skipping = true;
            return take(Block::TooLong { number: self.number });
        }
        true
    }

    /// Hands over a last line without a line break.
    fn end(self, take: &mut impl FnMut(Block) -> bool) {
        if !self.held.is_empty() && !self.skipping {
            take(Block::Lines { first: self.number, bytes: self.held });
        }
    }
}

/// The ranges of blocks in whole lines, each with how many lines it holds.
fn blocks(lines: &[u8]) -> Vec<(Range<usize>, u64)> {
    let ends: Vec<usize> = lines.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(i, _)| i + 1).collect();
    let mut start = 0;
    let mut found = Vec::new();
    for group in ends.chunks(BLOCK_LINES) {
        let end = group[group.len() - 1];
        found.push((start..end, group.len() as u64));
        start = end;
    }
    found
}

#[cfg(test)]
mod tests;
