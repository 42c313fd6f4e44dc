//! Rules alone against rules and a judge: what the judge was asked, what that took, and where the two differ.
//!
//! Everything here is read off the grades, so that a replayed run is told as the recorded one was.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::metrics::ratio;
use super::report::{Figures, figures};
use super::run::Outcome;
use crate::domain::grade::Verdict;
use crate::domain::judged::{Asked, Effect, Judged, Said};

/// An error of the score that a judge should have been asked about.
const ERROR: f64 = 0.25;

/// What a judge did on a set of answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JudgeReport {
    /// The figures of the rules alone.
    pub rules: Option<Figures>,
    /// Answers that the judge had a part in, by why it was asked.
    pub asked: BTreeMap<String, usize>,
    /// Answers that it should have had a part in and could not, by reason.
    pub unavailable: BTreeMap<String, usize>,
    /// Answers whose record lacks a further vote, and others that stopped early, by reason.
    pub stopped: BTreeMap<String, usize>,
    /// Share of answers that the judge was wanted for.
    pub asked_share: f64,
    /// Of the rules' scores that are off by more than 0.25, the share that the judge was wanted for.
    pub errors_asked: f64,
    /// Exchanges, asked or found in the cache.
    pub exchanges: u64,
    /// Those that the cache held.
    pub cached: u64,
    /// Requests that were sent, tries included.
    pub requests: u64,
    /// Tokens that the model read.
    pub prompt_tokens: u64,
    /// Tokens that it wrote.
    pub completion_tokens: u64,
    /// Seconds of all exchanges together.
    pub seconds: f64,
    /// Money, where prices are configured.
    pub cost: Option<f64>,
    /// Verdicts by what the judge's word did to them.
    pub effects: BTreeMap<String, usize>,
    /// Claims by the bound that kept the judge's word from counting in full.
    pub bounds: BTreeMap<String, usize>,
    /// Claims on which the judge differs from the rules, the most frequent first.
    pub disagreements: Vec<Disagreement>,
    /// Answers that were graded by rules alone because the record lacks an exchange, by id.
    pub not_recorded: Vec<String>,
}

/// How often, and with whom, raters side where judge and rules differ about a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    /// The question.
    pub question: String,
    /// The concept or misconception.
    pub claim: String,
    /// Answers on which they differ.
    pub n: usize,
    /// Those whose verdict became worth more.
    pub raised: usize,
    /// Those whose verdict became worth less.
    pub lowered: usize,
    /// Those on which raters side with the judge.
    pub judge_right: usize,
}

impl JudgeReport {
    /// Reads off what the judge did; `rules` are the same answers' grades by rules alone, in the same order.
    #[must_use]
    pub fn new(rules: &[Outcome<'_>], judged: &[Outcome<'_>]) -> Self {
        let mut report = Self { rules: Some(figures(&rules.iter().collect::<Vec<_>>())), ..Self::default() };
        let mut differ: BTreeMap<(String, String), Disagreement> = BTreeMap::new();
        let (mut wanted, mut errors, mut errors_wanted) = (0, 0, 0);
        for (rules, outcome) in rules.iter().zip(judged) {
            let is_wanted = !matches!(outcome.grade.judge, Judged::Off | Judged::NotNeeded);
            let is_error = (rules.grade.score - rules.labelled.score()).abs() > ERROR;
            wanted += usize::from(is_wanted);
            errors += usize::from(is_error);
            errors_wanted += usize::from(is_wanted && is_error);
            report.add(outcome, &mut differ);
        }
        report.asked_share = ratio(wanted, judged.len());
        report.errors_asked = ratio(errors_wanted, errors);
        report.seconds = (report.seconds * 1000.0).round() / 1000.0;
        report.disagreements = differ.into_values().collect();
        report.disagreements.sort_by_key(|d| std::cmp::Reverse(d.n));
        report
    }

    fn add(&mut self, outcome: &Outcome<'_>, differ: &mut BTreeMap<(String, String), Disagreement>) {
        const NOT_RECORDED: &str = "not_recorded";
        let count = |counts: &mut BTreeMap<String, usize>, name: &str| *counts.entry(name.to_owned()).or_default() += 1;
        match &outcome.grade.judge {
            Judged::Off | Judged::NotNeeded => {}
            Judged::Unavailable { reason } => {
                count(&mut self.unavailable, reason);
                if *reason == NOT_RECORDED {
                    self.not_recorded.push(outcome.labelled.id.clone());
                }
            }
            Judged::Asked(asked) => {
                count(&mut self.asked, asked.why.as_str());
                if let Some(stopped) = asked.stopped {
                    count(&mut self.stopped, stopped);
                }
                for word in &asked.outcomes {
                    count(&mut self.effects, word.effect.as_str());
                    if let Some(bound) = word.bound {
                        count(&mut self.bounds, bound.as_str());
                    }
                }
                self.add_usage(asked);
                disagreements(outcome, asked, differ);
            }
        }
    }

    fn add_usage(&mut self, asked: &Asked) {
        let usage = &asked.usage;
        self.exchanges += u64::from(usage.exchanges);
        self.cached += u64::from(usage.cached);
        self.requests += u64::from(usage.tries);
        self.prompt_tokens += usage.prompt_tokens;
        self.completion_tokens += usage.completion_tokens;
        self.seconds += usage.millis as f64 / 1000.0;
        self.cost = match (self.cost, usage.cost) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or_default() + b.unwrap_or_default()),
        };
    }

    /// What the judge did, as names and values for people.
    #[must_use]
    pub fn rows(&self) -> Vec<(String, String)> {
        let listed = |counts: &BTreeMap<String, usize>| {
            let all: usize = counts.values().sum();
            let parts: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
            if parts.is_empty() { "0".to_owned() } else { format!("{all} ({})", parts.join(", ")) }
        };
        let mut rows = vec![
            ("answers asked about", listed(&self.asked)),
            ("judge not to be had", listed(&self.unavailable)),
            ("stopped early", listed(&self.stopped)),
            ("share of answers asked about", format!("{:.3}", self.asked_share)),
            ("share of the rules' errors over 0.25 among them", format!("{:.3}", self.errors_asked)),
            ("exchanges", format!("{} ({} from the cache)", self.exchanges, self.cached)),
            ("requests", self.requests.to_string()),
            ("tokens", format!("{} read, {} written", self.prompt_tokens, self.completion_tokens)),
            ("seconds of exchanges", format!("{:.1}", self.seconds)),
            ("verdicts", listed(&self.effects)),
            ("held by bounds", listed(&self.bounds)),
        ];
        if let Some(cost) = self.cost {
            rows.insert(9, ("money", format!("{cost:.4}")));
        }
        rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Adds the claims on which a judge's word that counts differs from the rules.
fn disagreements(outcome: &Outcome<'_>, asked: &Asked, differ: &mut BTreeMap<(String, String), Disagreement>) {
    let concepts = outcome.grade.concepts.len();
    for word in &asked.outcomes {
        let (Some(said), Some(claim)) = (word.said, asked.claims.get(word.claim)) else { continue };
        let says = (matches!(said, Said::Hit | Said::Partial), said == Said::Contradicted);
        let misconception = word.claim >= concepts;
        let rules = (word.rules_credit >= 0.5, word.rules == Verdict::Contradicted);
        let (says, rules) = if misconception { ((says.0, false), (rules.0, false)) } else { (says, rules) };
        if says == rules {
            continue;
        }
        let raters = if misconception {
            (outcome.labelled.misconception(claim.as_str()) >= 0.5, false)
        } else {
            let mean = outcome.labelled.concept(claim.as_str());
            (mean >= 0.5, mean <= -0.5)
        };
        let key = (outcome.grade.question.to_string(), claim.to_string());
        let entry = differ.entry(key.clone()).or_default();
        (entry.question, entry.claim) = key;
        entry.n += 1;
        entry.raised += usize::from(word.effect == Effect::Raised);
        entry.lowered += usize::from(word.effect == Effect::Lowered);
        entry.judge_right += usize::from(says == raters);
    }
}
