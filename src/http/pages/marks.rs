//! The answer with its evidence marked: spans that nest or overlap, as pieces that do not.

use crate::wire::Evidence;

/// What a mark stands for. The later, the more it matters: it decides how a piece under several marks looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Words that raised a flag.
    Flag,
    /// A claim that is made.
    Hit,
    /// A claim that is made in part.
    Partial,
    /// The reverse of a claim.
    Contradicted,
    /// A wrong claim.
    Misconception,
}

impl Kind {
    /// The CSS class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Hit => "hit",
            Self::Partial => "partial",
            Self::Contradicted => "contradicted",
            Self::Misconception => "misconception",
        }
    }

    /// The sign that tells it from the others without colour.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Flag => "⚑",
            Self::Hit => "✓",
            Self::Partial => "½",
            Self::Contradicted => "✗",
            Self::Misconception => "!",
        }
    }

    /// In words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Flag => "noticed",
            Self::Hit => "said",
            Self::Partial => "partly said",
            Self::Contradicted => "contradicted",
            Self::Misconception => "wrong claim",
        }
    }
}

/// Something whose evidence is to be marked.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    /// What its marks stand for.
    pub(super) kind: Kind,
    /// Its number among the things on the page.
    pub(super) number: usize,
    /// The `id` of its element on the page.
    pub(super) anchor: String,
    /// What it says, for the mark's label.
    pub(super) label: String,
    /// Where it is found.
    pub(super) evidence: &'a [Evidence<'a>],
}

/// A piece of the answer under the same marks throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text.
    pub(super) text: String,
    /// How it looks, if it is marked.
    pub(super) kind: Option<Kind>,
    /// The marks that begin here, as `id`s to link to.
    pub(super) begins: Vec<String>,
    /// The marks that end here, as links to what they prove.
    pub(super) ends: Vec<Link>,
}

/// From the end of a mark to what it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) kind: Kind,
    pub(super) number: usize,
    pub(super) anchor: String,
    pub(super) label: String,
}

/// A mark: the union of overlapping evidence of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    start: usize,
    end: usize,
    source: usize,
    /// Its place among the marks of its source.
    nth: usize,
}

/// The `id` of the nth mark of a source, from 0.
pub(super) fn mark_id(number: usize, nth: usize) -> String {
    format!("mark-{number}-{nth}")
}

/// The byte spans of a source's marks, in order.
pub(super) fn spans(answer: &str, evidence: &[Evidence]) -> Vec<(usize, usize)> {
    let valid = |e: &&Evidence| e.start < e.end && answer.get(e.start..e.end).is_some();
    let mut sorted: Vec<_> = evidence.iter().filter(valid).map(|e| (e.start, e.end)).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The answer in pieces.
pub(super) fn pieces(answer: &str, sources: &[Source<'_>]) -> Vec<Piece> {
    let marks: Vec<Mark> = sources
        .iter()
        .enumerate()
        .flat_map(|(source, s)| {
            let spans = spans(answer, s.evidence).into_iter().enumerate();
            spans.map(move |(nth, (start, end))| Mark { start, end, source, nth })
        })
        .collect();
    // A mark goes on behind a line break, but the break itself is not marked.
    let breaks = answer.match_indices('\n').flat_map(|(at, _)| [at, at + 1]);
    let mut cuts: Vec<usize> =
        marks.iter().flat_map(|m| [m.start, m.end]).chain(breaks).chain([0, answer.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|cut| piece(answer, sources, &marks, cut[0], cut[1])).collect()
}

fn piece(answer: &str, sources: &[Source<'_>], marks: &[Mark], start: usize, end: usize) -> Piece {
    let over = || marks.iter().filter(move |m| m.start <= start && m.end >= end);
    let link = |mark: &Mark| {
        let source = &sources[mark.source];
        let (anchor, label) = (source.anchor.clone(), source.label.clone());
        Link { kind: source.kind, number: source.number, anchor, label }
    };
    let text = answer[start..end].to_owned();
    Piece {
        kind: over().map(|m| sources[m.source].kind).max().filter(|_| !text.trim().is_empty()),
        text,
        begins: over().filter(|m| m.start == start).map(|m| mark_id(sources[m.source].number, m.nth)).collect(),
        ends: over().filter(|m| m.end == end).map(link).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evidence(spans: &[(usize, usize)]) -> Vec<Evidence<'static>> {
        let one = |&(start, end): &(usize, usize)| Evidence {
            start,
            end,
            quote: "".into(),
            by: "pattern".into(),
            source: "".into(),
        };
        spans.iter().map(one).collect()
    }

    fn source<'a>(kind: Kind, number: usize, evidence: &'a [Evidence<'a>]) -> Source<'a> {
        Source { kind, number, anchor: format!("c{number}"), label: String::new(), evidence }
    }

    #[track_caller]
    fn check(answer: &str, sources: &[Source<'_>], expected: &str) {
        let mut out = String::new();
        for p in pieces(answer, sources) {
            match p.kind {
                Some(kind) => out.extend(["[", kind.sign(), &p.text, "]"]),
                None => out.push_str(&p.text),
            }
            for link in p.ends {
                out.extend(["^", &link.number.to_string()]);
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn marks_what_stands_apart_nests_and_overlaps() {
        let (a, b) = (evidence(&[(0, 2)]), evidence(&[(3, 5)]));
        check("ab cd", &[source(Kind::Hit, 1, &a), source(Kind::Partial, 2, &b)], "[✓ab]^1 [½cd]^2");
        let (outer, inner) = (evidence(&[(0, 6)]), evidence(&[(2, 4)]));
        check("abcdef", &[source(Kind::Hit, 1, &outer), source(Kind::Misconception, 2, &inner)], "[✓ab][!cd]^2[✓ef]^1");
        let (left, right) = (evidence(&[(0, 4)]), evidence(&[(2, 6)]));
        check("abcdef", &[source(Kind::Hit, 1, &left), source(Kind::Contradicted, 2, &right)], "[✓ab][✗cd]^1[✗ef]^2");
    }

    #[test]
    fn one_source_is_marked_once_where_its_evidence_overlaps() {
        let found = evidence(&[(0, 4), (2, 6), (2, 3), (7, 8)]);
        check("abcdef gh", &[source(Kind::Hit, 1, &found)], "[✓abcdef]^1 [✓g]^1h");
    }

    #[test]
    fn line_breaks_are_not_marked() {
        let found = evidence(&[(0, 5)]);
        check("a\n\n b", &[source(Kind::Hit, 1, &found)], "[✓a]\n\n[✓ b]^1");
    }

    #[test]
    fn spans_that_are_none_of_the_answer_are_left_out() {
        let found = evidence(&[(0, 1), (3, 3), (1, 99), (5, 2)]);
        check("äbc", &[source(Kind::Hit, 1, &found)], "äbc");
        check("", &[source(Kind::Hit, 1, &found)], "");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_answer(answer in "[aäß\n ]{0,30}", spans in proptest::collection::vec((0usize..40, 0usize..40), 0..6)) {
            let found = evidence(&spans);
            let pieces = pieces(&answer, &[source(Kind::Hit, 1, &found)]);
            prop_assert_eq!(pieces.into_iter().map(|p| p.text).collect::<String>(), answer);
        }
    }
}
