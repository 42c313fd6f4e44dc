//! A grade as its page shows it.
//!
//! The page is for somebody who practises: what they said is shown with the words that prove it, while the claims
//! that are missing stay folded away behind a hint, and are left out where reviewing is not allowed.

use super::judge::JudgeView;
use super::markdown::{Markup, blocks, inline};
use super::marks::{Kind, Piece, Source, mark_id, pieces, spans};
use crate::bank::Item;
use crate::wire::{Concept, Evidence, Grade};

/// A grade, ready to be written out.
#[derive(Debug)]
pub(super) struct ResultView {
    pub(super) score: String,
    pub(super) low: String,
    pub(super) high: String,
    pub(super) bar: Bar,
    pub(super) review: Vec<&'static str>,
    pub(super) notes: Vec<&'static str>,
    pub(super) pieces: Vec<Piece>,
    pub(super) legend: Vec<Kind>,
    pub(super) made: Vec<ClaimView>,
    pub(super) wrong: Vec<ClaimView>,
    pub(super) missed: Vec<ClaimView>,
    pub(super) judge: Option<JudgeView>,
    /// Whether a judge had a part in it.
    pub(super) judged: bool,
    pub(super) ideals: Vec<Markup>,
    pub(super) feedback: Vec<String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// Where the score and its interval lie on a bar that is 1000 wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) score: u32,
    pub(super) low: u32,
    pub(super) width: u32,
}

/// A concept or misconception.
#[derive(Debug)]
pub(super) struct ClaimView {
    pub(super) anchor: String,
    /// Its number in the marked answer; none where nothing is marked for it.
    pub(super) number: Option<usize>,
    /// How it is marked; none where it is missing.
    pub(super) kind: Option<Kind>,
    pub(super) claim: Option<Markup>,
    /// Whether the claim is shown at once, or only to whoever asks.
    pub(super) open: bool,
    pub(super) hint: Option<String>,
    pub(super) weight: Option<u32>,
    pub(super) bonus: bool,
    pub(super) confidence: String,
    /// What the score would rise by, if by anything.
    pub(super) gain: Option<String>,
    pub(super) quotes: Vec<Quote>,
}

/// Words of the answer that prove a verdict.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) text: String,
    pub(super) mark: String,
    /// What found them, for reviewers.
    pub(super) found_by: Option<String>,
}

/// What a claim's page entry needs besides the grade.
struct Context<'a> {
    answer: &'a str,
    reviewing: bool,
}

impl ResultView {
    /// The view of a grade of `answer`. `reviewing` allows claims that the answer does not make.
    pub(super) fn new(grade: &Grade, item: &Item, answer: &str, reviewing: bool) -> Self {
        let context = Context { answer, reviewing };
        let claims: Vec<_> = grade.concepts.iter().zip(&item.rubric.concepts).collect();
        let mut number = 0..;
        let mut next = move || number.next().map(|n| n + 1);
        let made: Vec<_> = claims.iter().filter(|(c, _)| c.credit > 0.0).collect();
        let against: Vec<_> = claims.iter().filter(|(c, _)| c.verdict == "contradicted").collect();
        let missed = claims.iter().filter(|(c, _)| c.credit <= 0.0 && c.verdict != "contradicted");
        let made: Vec<_> = made.into_iter().map(|(c, of)| context.concept(c, of, next())).collect();
        let mut wrong: Vec<_> = against.into_iter().map(|(c, of)| context.concept(c, of, next())).collect();
        for (found, of) in misconceptions(grade, item) {
            wrong.push(context.misconception(found, of, next()));
        }
        let mut missed: Vec<_> = missed.map(|(c, of)| context.concept(c, of, None)).collect();
        missed.sort_by_key(|claim| claim.bonus);
        let sources = sources(grade, &made, &wrong);
        let mut legend: Vec<Kind> = sources.iter().filter(|s| !s.evidence.is_empty()).map(|s| s.kind).collect();
        legend.sort_unstable();
        legend.dedup();
        Self {
            score: decimals(grade.score),
            low: decimals(grade.interval[0]),
            high: decimals(grade.interval[1]),
            bar: Bar::new(grade.score, grade.interval),
            review: grade.review_reasons.iter().map(|reason| review_sentence(reason, &grade.scoring)).collect(),
            notes: notes(grade),
            pieces: pieces(answer, &sources),
            legend,
            made,
            wrong,
            missed,
            judge: JudgeView::new(grade, item, reviewing),
            judged: grade.judge.details.is_some(),
            ideals: if reviewing { item.question.ideals.iter().map(|i| blocks(i)).collect() } else { Vec::new() },
            feedback: if reviewing { grade.feedback.iter().map(ToString::to_string).collect() } else { Vec::new() },
            facts: facts(grade),
        }
    }
}

type Misconceptions<'a> = Vec<(&'a crate::wire::Misconception<'a>, &'a crate::domain::rubric::Misconception)>;

fn misconceptions<'a>(grade: &'a Grade, item: &'a Item) -> Misconceptions<'a> {
    let of = |id: &str| item.rubric.misconceptions.iter().find(|m| m.id.as_str() == id);
    grade.misconceptions.iter().filter_map(|found| Some((found, of(&found.id)?))).collect()
}

/// Everything that is marked in the answer, with the numbers that it has in the lists.
fn sources<'a>(grade: &'a Grade, made: &[ClaimView], wrong: &[ClaimView]) -> Vec<Source<'a>> {
    let evidence = |anchor: &str| {
        let concept = grade.concepts.iter().find(|c| concept_anchor(&c.id) == anchor).map(|c| &c.evidence);
        concept.or_else(|| {
            grade.misconceptions.iter().find(|m| misconception_anchor(&m.id) == anchor).map(|m| &m.evidence)
        })
    };
    let numbered = made.iter().chain(wrong).filter_map(|claim| {
        let kind = claim.kind?;
        Some(Source {
            kind,
            number: claim.number?,
            anchor: claim.anchor.clone(),
            label: format!("{}, number {}", kind.word(), claim.number?),
            evidence: evidence(&claim.anchor)?,
        })
    });
    let flags = grade.flags.iter().zip(made.len() + wrong.len() + 1..).map(|(flag, number)| Source {
        kind: Kind::Flag,
        number,
        anchor: "notes".to_owned(),
        label: format!("{}: see the notes", Kind::Flag.word()),
        evidence: &flag.evidence,
    });
    numbered.chain(flags).collect()
}

fn concept_anchor(id: &str) -> String {
    format!("concept-{id}")
}

fn misconception_anchor(id: &str) -> String {
    format!("misconception-{id}")
}

impl Context<'_> {
    fn concept(&self, c: &Concept, of: &crate::domain::rubric::Concept, number: Option<usize>) -> ClaimView {
        let kind = match &*c.verdict {
            "hit" => Some(Kind::Hit),
            "partial" => Some(Kind::Partial),
            "contradicted" => Some(Kind::Contradicted),
            _ => None,
        };
        let open = c.credit > 0.0;
        ClaimView {
            anchor: concept_anchor(&c.id),
            number,
            kind,
            claim: (open || self.reviewing).then(|| inline(&of.claim)),
            open,
            hint: of.hint.clone(),
            weight: Some(c.weight),
            bonus: c.bonus,
            confidence: percent(c.confidence),
            gain: (c.gain > 0.0).then(|| format!("+{}", decimals(c.gain))),
            quotes: self.quotes(&c.evidence, number),
        }
    }

    fn misconception(
        &self,
        found: &crate::wire::Misconception,
        of: &crate::domain::rubric::Misconception,
        number: Option<usize>,
    ) -> ClaimView {
        ClaimView {
            anchor: misconception_anchor(&found.id),
            number,
            kind: Some(Kind::Misconception),
            claim: Some(inline(&of.claim)),
            open: true,
            hint: None,
            weight: None,
            bonus: false,
            confidence: percent(found.confidence),
            gain: None,
            quotes: self.quotes(&found.evidence, number),
        }
    }

    fn quotes(&self, evidence: &[Evidence], number: Option<usize>) -> Vec<Quote> {
        let Some(number) = number else { return Vec::new() };
        let quote = |(nth, (start, end)): (usize, (usize, usize))| Quote {
            text: self.answer[start..end].split_whitespace().collect::<Vec<_>>().join(" "),
            mark: mark_id(number, nth),
            found_by: self.reviewing.then(|| found_by(evidence, start, end)).filter(|s| !s.is_empty()),
        };
        spans(self.answer, evidence).into_iter().enumerate().map(quote).collect()
    }
}

/// What found the words between `start` and `end`.
fn found_by(evidence: &[Evidence], start: usize, end: usize) -> String {
    let mut found: Vec<String> = evidence
        .iter()
        .filter(|e| e.start >= start && e.end <= end)
        .map(|e| if e.source.is_empty() { e.by.to_string() } else { format!("{} “{}”", e.by, e.short_source()) })
        .collect();
    found.dedup();
    found.join(", ")
}

impl Bar {
    fn new(score: f64, [low, high]: [f64; 2]) -> Self {
        #[expect(clippy::cast_sign_loss, reason = "clamped to 0..=1000 before")]
        let at = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() as u32;
        Self { score: at(score), low: at(low), width: at(high).saturating_sub(at(low)).max(4) }
    }
}

/// Two decimal places, as scores are written everywhere.
fn decimals(value: f64) -> String {
    format!("{value:.2}")
}

fn percent(probability: f64) -> String {
    format!("{:.0} %", probability.clamp(0.0, 1.0) * 100.0)
}

fn review_sentence(reason: &str, scoring: &str) -> &'static str {
    match reason {
        "unsure" => "Verdicts that move the score are unsure.",
        "self_contradiction" => "The answer contradicts itself.",
        "false_addition" => "Something false seems to stand beside what is right.",
        "stuffing" => "Its words look listed rather than said; terse notes can look the same.",
        "injection" => "The answer addresses the grader.",
        "off_topic" => "It reads like an answer to another question.",
        "draft" if scoring == "ideal" => "There is no rubric: the answer was compared with an ideal one.",
        "draft" => "The rubric is a draft.",
        "judge_unavailable" => "The judge should have been asked and could not be.",
        "judge_disagrees" => "The judge and the rules disagree.",
        _ => "Something about this grade is unusual.",
    }
}

fn notes(grade: &Grade) -> Vec<&'static str> {
    let flag = |id: &str| match id {
        "empty" => "Nothing was written.",
        "off_topic" => "This reads like an answer to another question.",
        "stuffing" => "Words alone earn nothing: make claims, in sentences or notes.",
        "echo" => "This says the question back. Say what the answer is.",
        "injection" => "Words to the grader earn nothing and are passed over.",
        "dont_know" => "You say that you do not know. A guess that is marked as one costs nothing.",
        "retracted" => "What you took back was passed over.",
        _ => "Something about this answer is unusual.",
    };
    let scoring = match &*grade.scoring {
        "draft" => Some("The rubric of this question is a draft that nobody has approved."),
        _ => None,
    };
    grade.flags.iter().map(|f| flag(&f.id)).chain(scoring).collect()
}

fn facts(grade: &Grade) -> Vec<(&'static str, String)> {
    let p = &grade.provenance;
    vec![
        ("Engine", p.engine.to_string()),
        ("Question", format!("{} / {}", grade.bank, grade.question)),
        ("Scoring", grade.scoring.to_string()),
        ("Full marks", format!("a weight of {}", grade.full_weight)),
        ("Judge", judge_fact(grade)),
        ("Rubric", p.rubric.to_string()),
        ("Lexicon", p.lexicon.to_string()),
        ("Model", p.model.to_string()),
        ("Bank", p.bank.to_string()),
        ("Answer", p.answer.to_string()),
    ]
}

fn judge_fact(grade: &Grade) -> String {
    match (&grade.judge.details, &grade.judge.reason) {
        (Some(d), _) => {
            let tokens = d.prompt_tokens + d.completion_tokens;
            format!(
                "{}, prompt {}, {} votes, {tokens} tokens, {:.1} s",
                d.model,
                d.prompt_version,
                d.votes.len(),
                d.seconds
            )
        }
        (None, Some(reason)) => format!("{}: {reason}", grade.judge.status),
        (None, None) => grade.judge.status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::usual(0.8, [0.71, 0.86], Bar { score: 800, low: 710, width: 150 })]
    #[case::certain(1.0, [1.0, 1.0], Bar { score: 1000, low: 1000, width: 4 })]
    #[case::nonsense(7.0, [0.9, 0.1], Bar { score: 1000, low: 900, width: 4 })]
    fn draws_the_interval(#[case] score: f64, #[case] interval: [f64; 2], #[case] expected: Bar) {
        assert_eq!(Bar::new(score, interval), expected);
    }
}
