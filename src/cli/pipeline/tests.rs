use super::*;
use rstest::rstest;

/// An input that returns one piece a read.
struct Pieces(std::vec::IntoIter<Vec<u8>>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.0.next().unwrap_or_default();
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

fn show(line: Line<'_>, out: &mut Vec<u8>) -> bool {
    let text = line.bytes.map_or("too long".into(), String::from_utf8_lossy);
    writeln!(out, "{}:{text}", line.number).unwrap();
    text != "bad"
}

/// Once in these pieces, and once byte by byte.
#[track_caller]
fn check(pieces: &[&str], expected: &str, failed: u64) {
    let bytes: Vec<Vec<u8>> = pieces.concat().bytes().map(|byte| vec![byte]).collect();
    let pieces = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
    for pieces in [pieces, bytes] {
        let mut out = Vec::new();
        let run = run(Pieces(pieces.into_iter()), show, &mut out, |_| ()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let totals = Totals { lines: expected.lines().count() as u64, failed };
        assert_eq!((run.totals, run.unread.is_none()), (totals, true));
    }
}

#[rstest]
#[case::nothing(&[], "", 0)]
#[case::one(&["a\n"], "1:a\n", 0)]
#[case::without_a_last_break(&["a\nb"], "1:a\n2:b\n", 0)]
#[case::blank_lines_count_and_are_passed_over(&["\n  \r\na\n\n"], "3:a\n", 0)]
#[case::crlf(&["a\r\nb\r\n"], "1:a\n2:b\n", 0)]
#[case::mark(&["\u{feff}a\n\u{feff}b\n"], "1:a\n2:\u{feff}b\n", 0)]
#[case::mark_alone(&["\u{feff}"], "", 0)]
#[case::torn(&["a", "b\nc", "\n"], "1:ab\n2:c\n", 0)]
#[case::failures_keep_their_place(&["a\nbad\nb\n"], "1:a\n2:bad\n3:b\n", 1)]
fn lines_go_through_in_order(#[case] pieces: &[&str], #[case] expected: &str, #[case] failed: u64) {
    check(pieces, expected, failed);
}

#[test]
fn many_lines_keep_their_order() {
    let input = (1..=5000).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat();
    let expected = (1..=5000).map(|n| format!("{n}:line {n}\n")).collect::<Vec<_>>().concat();
    let mut out = Vec::new();
    run(io::Cursor::new(input), show, &mut out, |_| ()).unwrap();
    assert!(String::from_utf8(out).unwrap() == expected);
}

#[test]
fn a_line_without_end_is_passed_over_without_being_held() {
    let long = io::repeat(b'x').take(3 * MAX_LINE_BYTES as u64);
    let input = io::Cursor::new(b"a\n").chain(long).chain(io::Cursor::new(b"\nb\n"));
    let mut out = Vec::new();
    let run = run(input, show, &mut out, |_| ()).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "1:a\n2:too long\n3:b\n");
    assert_eq!(run.totals, Totals { lines: 3, failed: 0 });
}

struct Slow<I>(Option<Vec<u8>>, I);
impl<I: Iterator<Item = Vec<u8>>> Read for Slow<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.0.take().or_else(|| self.1.next()).unwrap_or_default();
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}
struct Out(Vec<u8>, SyncSender<()>);
impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        if !self.0.is_empty() {
            let _ = self.1.try_send(());
        }
        Ok(())
    }
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    // The second piece is only given out once the reply to the first has been written.
    let (written, wait) = sync_channel::<()>(1);
    let second = std::iter::once(()).map(move |()| {
        wait.recv_timeout(std::time::Duration::from_secs(20)).expect("the first line is answered");
        b"b\n".to_vec()
    });
    let mut out = Out(Vec::new(), written);
    run(Slow(Some(b"a\n".to_vec()), second), show, &mut out, |_| ()).unwrap();
    assert_eq!(String::from_utf8(out.0).unwrap(), "1:a\n2:b\n");
}

struct Breaks(bool);
impl Read for Breaks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.0, true) {
            return Err(io::Error::other("the disk is gone"));
        }
        buffer[..2].copy_from_slice(b"a\n");
        Ok(2)
    }
}

#[test]
fn an_input_that_breaks_off_is_told_after_what_was_read() {
    let mut out = Vec::new();
    let run = run(Breaks(false), show, &mut out, |_| ()).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "1:a\n");
    assert_eq!(run.unread.map(|error| error.to_string()).as_deref(), Some("the disk is gone"));
}

struct Closed;
impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_output_ends_the_run_though_the_input_goes_on() {
    let endless = io::Cursor::new(b"a\n").chain(io::repeat(b'\n'));
    let error = run(endless, show, &mut Closed, |_| ()).expect_err("closed");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}
