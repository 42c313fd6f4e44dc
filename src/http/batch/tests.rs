use super::*;
use crate::bank::builtin;
use crate::clock::FixedClock;
use crate::config::ServeConfig;
use crate::grader::Grader;
use rstest::rstest;
use std::time::UNIX_EPOCH;

fn lines(sizes: &[usize]) -> Vec<Line> {
    sizes.iter().zip(1..).map(|(n, number)| Line { number, text: Text::Whole(vec![b'x'; *n]) }).collect()
}

#[rstest]
#[case::few(&[1, 2, 3], 3)]
#[case::many(&[1; 100], CHUNK_LINES)]
#[case::long_ones(&[30_000, 30_000, 30_000], 2)]
#[case::one_that_is_too_long(&[300_000, 1], 1)]
#[case::behind_it(&[1, 300_000], 1)]
fn cuts_chunks_by_lines_and_bytes(#[case] sizes: &[usize], #[case] expected: usize) {
    assert_eq!(chunk_len(&lines(sizes)), expected);
}

#[rstest]
#[case::own("application/x-ndjson", true)]
#[case::json("application/JSON", true)]
#[case::none("", true)]
#[case::text("text/plain", false)]
#[case::form("application/x-www-form-urlencoded", false)]
fn takes_lines_of_json(#[case] essence: &str, #[case] expected: bool) {
    assert_eq!(is_lines(essence), expected);
}

#[tokio::test]
async fn chunks_are_begun_while_nobody_asks_and_given_up_once_nobody_will() {
    let grader = Grader::new(builtin().expect("the built-in bank has no faults"));
    let app = Shared::new(ServeConfig::default(), grader, &FixedClock(UNIX_EPOCH));
    let (sender, chunks) = unbounded_channel();
    let line = br#"{"question":"T6","answer":"Calls nest since Go 1.10."}"#;
    let chunk = |number| Chunk { lines: vec![Line { number, text: Text::Whole(line.to_vec()) }], _room: None };
    (2..=100).for_each(|number| sender.send(chunk(number)).expect("somebody takes them"));
    let (pieces, mut taken) = channel(2);
    let task = tokio::spawn(grade_all(app, Some(chunk(1)), chunks, pieces));
    soon(|| taken.len() == 2).await;
    let piece = taken.recv().await.expect("it was begun").await.expect("it was graded");
    assert!(piece.starts_with(b"{\"schema\":1"), "{piece:?}");
    drop(taken);
    task.await.expect("it ends without the other chunks");
    assert!(sender.is_closed());
}

#[tokio::test]
async fn a_piece_that_nobody_wants_is_not_made() {
    let gone = Arc::new(());
    let held = Arc::clone(&gone);
    let piece = Piece(tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(held);
        Ok(Bytes::new())
    }));
    drop(piece);
    soon(|| Arc::strong_count(&gone) == 1).await;
}

/// Lets other tasks go on until something holds.
async fn soon(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it holds before long");
}

#[tokio::test]
async fn reading_ahead_ends_where_nobody_takes_the_lines() {
    let line = Bytes::from(vec![b' '; 1000]).into_iter().chain(*b"x\n").collect::<Bytes>();
    let taken = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let endless = stream::repeat_with(move || {
        counter.fetch_add(line.len(), std::sync::atomic::Ordering::Relaxed);
        Ok::<_, std::convert::Infallible>(line.clone())
    });
    let (sender, chunks) = unbounded_channel();
    let reader = tokio::spawn(read(Body::from_stream(endless), sender, Duration::from_mins(1)));
    let mut before = 0;
    loop {
        tokio::task::yield_now().await;
        let now = taken.load(std::sync::atomic::Ordering::Relaxed);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    assert!(before < 2 * READ_AHEAD as usize, "{before} bytes were read");
    drop(chunks);
    reader.await.expect("the reader ends once nobody takes its lines");
}
