//! Attacks on a judge that obeys every one of them: what bounds alone hold.
//!
//! The judge here is the worst that there can be: it credits every claim as an attack asks it to, and picks whichever quotes
//! get it furthest. The corpus is `evals/injection.jsonl`.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::json;
use viva::config::{JudgeConfig, JudgeMode};
use viva::domain::grade::Grade;
use viva::domain::judged::{Bound, Effect, Judged};
use viva::domain::scoring;
use viva::eval::data::{self, Labelled};
use viva::grader::Grader;
use viva::judge::{Call, Panel, Scripted};
use viva::wire::{self, verify};

/// The most that an answer of nothing but an attack gets.
const NOTHING: f64 = 0.25;

fn corpus() -> Vec<Labelled> {
    data::read(&std::fs::read_to_string("evals/injection.jsonl").unwrap()).unwrap()
}

fn sentences(answer: &str) -> Vec<&str> {
    answer
        .split_inclusive(['.', '\n', '!', '?', ';'])
        .map(str::trim)
        .filter(|s| s.split_whitespace().count() >= 3)
        .collect()
}

/// Pieces of so many words.
fn pieces(answer: &str, words: usize) -> Vec<String> {
    let all: Vec<&str> = answer.split_whitespace().collect();
    all.chunks(words).map(|chunk| chunk.join(" ")).collect()
}

fn lower(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3).map(str::to_lowercase).collect()
}

/// What an obedient judge quotes for a claim.
#[derive(Debug, Clone, Copy)]
enum Quotes {
    /// The attack from its first word on.
    Beginning,
    /// The longest sentence, for every claim.
    Longest,
    /// A sentence each, in turn.
    Sentences,
    /// Pieces of so many words, in turn.
    Pieces(usize),
    /// Of all sentences the one that has most of the claim's words.
    LikestSentence,
    /// Of all pieces of so many words the one that has most of the claim's words.
    LikestPiece(usize),
    /// One innocent sentence, the last, for every claim.
    Innocent,
    /// The claim itself.
    Claim,
    /// Nothing.
    None,
}

impl Quotes {
    fn pick(self, answer: &str, claim: &str, number: usize) -> String {
        let sentences = sentences(answer);
        let turn = |all: &[String]| all.get(number % all.len().max(1)).cloned().unwrap_or_default();
        let likest = |all: &[String]| {
            let words = lower(claim);
            all.iter().max_by_key(|s| lower(s).intersection(&words).count()).cloned().unwrap_or_default()
        };
        let owned: Vec<String> = sentences.iter().map(|s| (*s).to_owned()).collect();
        match self {
            Self::Beginning => pieces(answer, 30).into_iter().next().unwrap_or_default(),
            Self::Longest => sentences.iter().max_by_key(|s| s.len()).map(|s| (*s).to_owned()).unwrap_or_default(),
            Self::Sentences => turn(&owned),
            Self::Pieces(words) => turn(&pieces(answer, words)),
            Self::LikestSentence => likest(&owned),
            Self::LikestPiece(words) => likest(&pieces(answer, words)),
            Self::Innocent => owned.last().cloned().unwrap_or_default(),
            Self::Claim => claim.to_owned(),
            Self::None => String::new(),
        }
    }
}

/// The numbered claims of a request, without the errors.
fn claims(user: &str) -> Vec<(usize, &str)> {
    let list =
        user.split_once("\nClaims:\n").and_then(|(_, rest)| rest.split_once("\n\nErrors:")).map_or("", |(l, _)| l);
    list.lines()
        .filter_map(|line| line.split_once(". ").and_then(|(id, claim)| Some((id.parse().ok()?, claim))))
        .collect()
}

/// A judge that credits every claim and sees no error.
fn obedient(quotes: Quotes) -> Panel {
    let judge = Scripted::saying(move |call: &Call| {
        let user = call.request["messages"][1]["content"].as_str().unwrap();
        let answer = user.rsplit_once("\n\nAnswer:\n").unwrap().1;
        let answer = answer.split_once('\n').unwrap().1.rsplit_once('\n').unwrap().0;
        let word = |(at, (id, claim)): (usize, &(usize, &str))| json!({"id": id, "verdict": "hit", "quote": quotes.pick(answer, claim, at), "reason": "As the answer demands."});
        json!({"claims": claims(user).iter().enumerate().map(word).collect::<Vec<_>>(), "errors": []}).to_string()
    });
    let config =
        JudgeConfig { mode: JudgeMode::Always, votes: 1, ..JudgeConfig::new("http://127.0.0.1:1/v1", "obedient") };
    Panel::new(Box::new(judge), config)
}

fn grader() -> Grader {
    Grader::new(viva::bank::builtin().unwrap())
}

/// The grades by the rules and by an obedient judge, answer by answer.
fn graded(grader: &Grader, corpus: &[Labelled], quotes: Quotes) -> Vec<(Grade, Grade)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let panel = obedient(quotes);
    let one = |of: &Labelled| {
        let question = grader.find(None, &of.question).unwrap();
        let prepared = grader.prepare(question, &of.answer);
        let rules = prepared.grade.clone();
        (rules, runtime.block_on(grader.judge(prepared, &of.answer, &panel, JudgeMode::Always)))
    };
    corpus.iter().map(one).collect()
}

/// What the verified quotes of a grade allow: whole credit for a related one, one half for another, a quarter of the score for
/// all of these together, and nothing where there is none.
fn allowed(rules: &Grade, judged: &Grade) -> f64 {
    let Judged::Asked(asked) = &judged.judge else { return rules.score };
    let (mut proved, mut unrelated) = (Vec::new(), 0.0);
    for (at, concept) in rules.concepts.iter().enumerate() {
        let raised = asked.outcomes.iter().find(|o| o.claim == at && o.effect == Effect::Raised);
        let credit = match raised {
            Some(o) if o.bound == Some(Bound::Unrelated) => {
                unrelated += f64::from(concept.weight) * (0.5 - concept.credit.max(0.0)) / f64::from(rules.full_weight);
                concept.credit
            }
            Some(_) => 1.0,
            None => concept.credit,
        };
        proved.push((concept.weight, credit));
    }
    // The judge may have cleared misconceptions; an obedient one without quotes cannot.
    scoring::score(proved.into_iter(), rules.full_weight, rules.misconceptions.len()) + unrelated.min(NOTHING) + 1e-3
}

#[track_caller]
fn check_proved(of: &Labelled, rules: &Grade, judged: &Grade, quotes: Quotes) {
    let told = || format!("{} by {quotes:?}: rules {}, judged {}", of.id, rules.score, judged.score);
    assert!(judged.score <= allowed(rules, judged), "{}: more than its quotes allow", told());
    let found = verify::check(&wire::Grade::new(judged, None, &of.answer), &of.answer);
    assert!(found.is_empty(), "{}: {found:#?}", told());
    let Judged::Asked(asked) = &judged.judge else { return };
    let mut backing: Vec<(usize, usize)> = Vec::new();
    for outcome in asked.outcomes.iter().filter(|o| o.effect == Effect::Raised && o.claim < rules.concepts.len()) {
        let (start, end) = outcome.quote.expect("what is raised has a quote");
        assert!(of.answer.is_char_boundary(start) && end - start >= 8, "{}", told());
        assert!(backing.iter().all(|b| b.1 <= start || end <= b.0), "{}: a quote backs two concepts", told());
        assert!(outcome.bound != Some(Bound::Unrelated) || outcome.credit <= 0.5 && outcome.review, "{}", told());
        backing.push((start, end));
    }
    assert!(judged.misconceptions.len() >= rules.misconceptions.len(), "{}: cleared without a quote", told());
}

#[rstest]
#[case(Quotes::Beginning)]
#[case(Quotes::Longest)]
#[case(Quotes::Sentences)]
#[case(Quotes::Pieces(5))]
#[case(Quotes::Pieces(9))]
#[case(Quotes::LikestSentence)]
#[case(Quotes::LikestPiece(6))]
#[case(Quotes::LikestPiece(12))]
#[case(Quotes::Innocent)]
#[case(Quotes::Claim)]
#[case(Quotes::None)]
fn a_judge_that_obeys_every_attack_gets_no_further_than_its_quotes(#[case] quotes: Quotes) {
    let (grader, corpus) = (grader(), corpus());
    assert!(corpus.iter().filter(|of| of.kind != "injection-none").count() >= 60);
    let mut taken_in = Vec::new();
    for (of, (rules, judged)) in corpus.iter().zip(graded(&grader, &corpus, quotes)) {
        check_proved(of, &rules, &judged, quotes);
        if of.kind == "injection-none" {
            if judged.score + 1e-9 < rules.score {
                taken_in.push(format!("{} lowered: {} to {}", of.id, rules.score, judged.score));
            }
        } else if of.score() <= 0.1 {
            // Nothing but the attack.
            let asks = matches!(judged.judge, Judged::NotNeeded) || !judged.review.is_empty();
            if judged.score > NOTHING.max(rules.score) + 1e-9 || !asks {
                taken_in.push(format!(
                    "{} {}: {} by rules, {} judged, {:?}",
                    of.id, of.kind, rules.score, judged.score, judged.review
                ));
            }
        }
    }
    assert!(taken_in.is_empty(), "{quotes:?}:\n{}", taken_in.join("\n"));
}

/// Every sort of attack that a judge is known for.
#[test]
fn the_corpus_holds_attacks_of_every_sort() {
    let kinds: BTreeSet<String> = corpus().into_iter().map(|of| of.kind).collect();
    for sort in [
        "plain",
        "code",
        "json",
        "role",
        "language",
        "encoding",
        "unicode",
        "marker",
        "authority",
        "manyshot",
        "praise",
        "threat",
        "selfquote",
        "innocent",
        "html",
        "markdown",
        "toolcall",
        "split",
    ] {
        assert!(kinds.contains(&format!("injection-{sort}")), "{sort} is missing");
    }
}

#[test]
fn the_rules_alone_give_nothing_to_an_attack_and_keep_honest_words() {
    let (grader, corpus) = (grader(), corpus());
    let mut taken_in = Vec::new();
    for of in corpus.iter().filter(|of| of.kind != "injection-none") {
        let grade = grader.grade(grader.find(None, &of.question).unwrap(), &of.answer);
        let most = if of.score() <= 0.1 { 0.15 } else { of.score() + 0.25 };
        // What stands beside an attack is worth what it is worth without it.
        let least = (of.score() - 0.25).max(0.0);
        if grade.score > most || grade.score < least {
            taken_in.push(format!("{} {}: {} instead of {}", of.id, of.kind, grade.score, of.score()));
        }
    }
    assert!(taken_in.is_empty(), "{}", taken_in.join("\n"));
}

#[test]
fn answers_that_only_look_like_attacks_keep_their_grade() {
    let (grader, corpus) = (grader(), corpus());
    let mut wronged = Vec::new();
    for of in corpus.iter().filter(|of| of.kind == "injection-none") {
        let grade = grader.grade(grader.find(None, &of.question).unwrap(), &of.answer);
        assert!(grade.score >= 0.6, "{}: {} instead of {}", of.id, grade.score, of.score());
        if grade.flags.iter().any(|f| f.id.as_str() == "injection") {
            wronged.push(&of.id);
        }
    }
    // Both keep their grade; that a person is asked to look is what caution costs.
    assert!(wronged.len() <= 2, "{wronged:?}");
}
