//! Why a grade is what it is: every claim, the windows that spoke for it, and what each feature weighed.

use super::case::{Case, Read, claims};
use super::own::OwnGrade;
use crate::domain::explain::Explanation;
use crate::domain::grade::Grade;
use crate::domain::ideal;
use crate::domain::rubric::Rubric;
use crate::domain::verdict::evidence::WindowEvidence;
use crate::domain::verdict::features::CLAUSE;
use crate::domain::verdict::model::{Model, logit};
use crate::domain::verdict::{Weighed, clause_rows, window};
use crate::domain::wording::{Part, Which, Why};

/// So many words are shown, those that say most.
const MOST_WORDS: usize = 12;

/// What is to be explained.
pub(super) struct Subject<'a> {
    pub(super) grade: &'a Grade,
    pub(super) rubric: &'a Rubric,
    pub(super) case: &'a Case,
    pub(super) read: &'a Read,
    /// What phrases say about each window.
    pub(super) evidence: &'a [WindowEvidence],
    pub(super) weighed: &'a [Weighed],
    pub(super) model: &'a Model,
}

/// The whole tree.
pub(super) fn explain(s: &Subject<'_>) -> Explanation {
    let mut root = Explanation::new("score").value(s.grade.score);
    for flag in &s.grade.flags {
        root = root.child(Explanation::new(format!("flag {}", flag.id.as_str())));
    }
    root = s.case.why_beside(s.read, s.rubric).into_iter().fold(root, |root, why| root.child(explain_words(s, why)));
    for (number, concept) in s.grade.concepts.iter().enumerate() {
        let label = format!("concept {}: {} (weight {})", concept.id, concept.verdict.as_str(), concept.weight);
        root = root.child(claim(s, number, Explanation::new(label).value(concept.credit)));
    }
    for (at, wrong) in s.rubric.misconceptions.iter().enumerate() {
        let number = s.rubric.concepts.len() + at;
        let asserted =
            if s.grade.misconceptions.iter().any(|m| m.id == wrong.id) { "asserted" } else { "not asserted" };
        let node = Explanation::new(format!("misconception {}: {asserted}", wrong.id));
        root = root.child(claim(s, number, node.value(f64::from(s.weighed[number].credited))));
    }
    root
}

/// The tree of a grade from an ideal answer alone: first what the model makes of the whole answer, then how that is shared out.
pub(super) fn explain_own(found: &OwnGrade, rubric: &Rubric, model: &ideal::Model) -> Explanation {
    let mut root = Explanation::new("score").value(found.grade.score);
    for flag in &found.grade.flags {
        root = root.child(Explanation::new(format!("flag {}", flag.id.as_str())));
    }
    let mut features = Explanation::new("features: weight × value, in log-odds");
    let mut parts = model.parts(&found.row);
    parts.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then(a.0.cmp(b.0)));
    for (name, value, part) in parts {
        features = features.child(Explanation::new(format!("{name} ({value:.3})")).value(part));
    }
    let mut whole = Explanation::new(format!("the answer beside ideal answer {}", found.ideal + 1)).value(found.raw);
    whole = whole.child(Explanation::new("the model's score").value(model.score(&found.row)).child(features));
    for (label, factor) in [
        ("factor for saying the contrary", found.gainsaid),
        ("factor for having no word in common", found.credible / found.gainsaid.max(f64::EPSILON)),
    ] {
        if factor < 1.0 {
            whole = whole.child(Explanation::new(label).value(factor));
        }
    }
    root = root.child(whole);
    for (graded, of) in found.grade.concepts.iter().zip(&rubric.concepts) {
        let label = format!("concept {}: {} (weight {})", graded.id, graded.verdict.as_str(), graded.weight);
        let mut node = Explanation::new(label).value(graded.credit);
        node = node.child(Explanation::new(format!("claim: {}", of.claim)));
        for piece in &graded.evidence {
            node = node.child(Explanation::new("most of its words").span(piece.start, piece.end));
        }
        root = root.child(node);
    }
    root
}

fn claim(s: &Subject<'_>, number: usize, mut node: Explanation) -> Explanation {
    let of = claims(s.rubric).nth(number);
    if let Some(of) = of {
        node = node.child(Explanation::new(format!("claim: {}", of.claim)));
    }
    let w = &s.weighed[number];
    let concept = number < s.rubric.concepts.len();
    let mut odds =
        Explanation::new(if concept { "probability that it is made" } else { "probability that it is asserted" })
            .value(f64::from(w.credited));
    let cards = s.model.cards(&w.row);
    let weights = if concept { &cards.credited } else { &cards.asserted };
    for (name, part) in largest(weights.parts(&w.row)) {
        odds = odds.child(Explanation::new(name).value(part));
    }
    node = node.child(odds);
    if concept {
        node = node.child(Explanation::new("probability that it is made fully").value(f64::from(w.full)));
        node = node.child(Explanation::new("probability that it is contradicted").value(f64::from(w.contradicted)));
    }
    let made = of.map_or(0, |of| of.patterns.len());
    for (at, pattern) in of.iter().flat_map(|of| of.all_patterns()).enumerate() {
        let what = if at < made { "pattern" } else { "pattern of the reverse" };
        node = node.child(explain_pattern(s, number, at, &format!("{what} `{}`", pattern.source())));
    }
    for (title, window) in [("likest window", w.best), ("likest window to the opposite", w.opposite)] {
        if let Some(near) = window {
            node = node.child(explain_window(s, number, near.window, title));
        }
    }
    for why in s.case.why(s.read, s.rubric, number) {
        if concept || matches!(why.part, Part::Window | Part::Answer) {
            node = node.child(explain_words(s, why));
        }
    }
    node
}

/// What words say of a claim, and those that say most.
fn explain_words(s: &Subject<'_>, why: Why) -> Explanation {
    let by = match why.which {
        Which::Telling | Which::Every => "what all words and patterns say",
        Which::Neighbours => "what every word says with the one before it",
    };
    let mut node = Explanation::new(match why.part {
        Part::Window => "window that says most by its words".to_owned(),
        Part::Answer => by.to_owned(),
        Part::Reverse => format!("{by} of the reverse"),
        Part::Full => format!("{by} of how much of it"),
        Part::Beside => format!("{by} of what stands beside the claims"),
    });
    node = node.value(f64::from(why.value));
    if let Some(window) = why.window {
        let (start, end) = s.read.text.span(&s.read.reading.windows[window].tokens);
        node = node.span(start, end);
    }
    node = node.child(Explanation::new("of any words").value(f64::from(why.base)));
    for (name, adds) in why.adds.into_iter().take(MOST_WORDS) {
        node = node.child(Explanation::new(format!("`{name}`")).value(f64::from(adds)));
    }
    node
}

fn explain_pattern(s: &Subject<'_>, claim: usize, pattern: usize, title: &str) -> Explanation {
    let mut found = s.read.reading.patterns.iter().filter(|p| p.claim == claim && p.pattern == pattern).peekable();
    if found.peek().is_none() {
        return Explanation::new(format!("{title}: no match"));
    }
    let mut node = Explanation::new(title);
    for p in found {
        let (start, end) = s.read.text.span(&(p.found.start..p.found.end));
        let label = match p.found.opposite {
            true if p.reverse => "matches: evidence of the opposite",
            true => "matches under a negation: evidence of the opposite",
            false if is_astray(s, claim, p.found.start) => {
                "matches, but something else stands in place of what the claim turns on"
            }
            false => "matches",
        };
        node = node.child(Explanation::new(label).span(start, end));
    }
    node
}

/// Whether all windows that hold this token name something else in place of what the claim turns on.
fn is_astray(s: &Subject<'_>, claim: usize, token: usize) -> bool {
    let mut holding = window::holding(&s.read.reading.windows, token).peekable();
    holding.peek().is_some() && holding.all(|window| s.evidence[window].claims[claim].astray)
}

fn explain_window(s: &Subject<'_>, claim: usize, window: usize, title: &str) -> Explanation {
    let (start, end) = s.read.text.span(&s.read.reading.windows[window].tokens);
    let evidence = &s.evidence[window];
    let rows = clause_rows(evidence, s.rubric.concepts.len());
    let weights = match ((title == "likest window") != evidence.denied, claim < s.rubric.concepts.len()) {
        (true, true) => &s.model.claim,
        (_, false) => &s.model.misconception,
        _ => &s.model.opposite,
    };
    let astray = evidence.claims[claim].astray;
    let title = if evidence.denied { format!("{title}, which denies what it says") } else { title.to_owned() };
    let mut node = Explanation::new(title).span(start, end).value(f64::from(logit(weights, &rows[claim])));
    let evidence = &evidence.claims[claim];
    if astray {
        node =
            node.child(Explanation::new("cannot make it: something else stands in place of what the claim turns on"));
    }
    for (name, likeness) in [("nearest paraphrase", evidence.paraphrase), ("nearest opposite", evidence.opposite)] {
        if let Some(phrase) = likeness.phrase {
            let text = s.case.phrase(s.rubric, phrase);
            node = node.child(Explanation::new(format!("{name}: {text}")).value(f64::from(likeness.alike)));
        }
    }
    let mut features = Explanation::new("features: weight × value");
    let parts = CLAUSE.iter().enumerate().map(|(f, name)| ((*name).to_owned(), weights[f] * rows[claim][f]));
    for (name, part) in largest(parts.collect()) {
        features = features.child(Explanation::new(name).value(part));
    }
    node.child(features)
}

/// What adds most to the log-odds, or takes most from them, first; what does next to nothing is left out.
fn largest(parts: Vec<(String, f32)>) -> Vec<(String, f64)> {
    let mut parts: Vec<(String, f64)> = parts.into_iter().map(|(name, part)| (name, f64::from(part))).collect();
    parts.retain(|(_, part)| part.abs() >= 0.05);
    parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
    parts
}
