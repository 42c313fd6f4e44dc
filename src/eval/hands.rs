//! What the phrases of a new hand will get: each hand's, read by a rubric that holds only the other hands'.
//!
//! Names Domain, Bank and Grader. Patterns are left out: their authors saw every phrase. No labelled answer is needed, so this
//! is what an author asks first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::fit::parallel;
use super::metrics;
use crate::bank::Item;
use crate::domain::rubric::Label;
use crate::grader::case::{Case, claim_of};
use crate::grader::{Grader, QuestionRef};

/// The phrases of one label, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// How many there are.
    pub phrases: u32,
    /// How many are credited with the concept that they stand under.
    pub credited: u32,
    /// How many are found to contradict it.
    pub contradicted: u32,
}

/// What came of all phrases that stand under a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LeftOut {
    /// Phrases that make a claim.
    pub paraphrase: Counts,
    /// Phrases that make half of one.
    pub half: Counts,
    /// Phrases that assert its opposite.
    pub opposite: Counts,
    /// Phrases that have its words alone.
    pub contrast: Counts,
    /// Concepts credited that a phrase does not stand under.
    pub others: u32,
}

impl LeftOut {
    /// F1 of concepts credited, against those that phrases make at least by half; 0 to 1.
    #[must_use]
    pub fn concept_f1(&self) -> f64 {
        let right = self.paraphrase.credited + self.half.credited;
        metrics::Counts {
            hits: right as usize,
            false_alarms: (self.opposite.credited + self.contrast.credited + self.others) as usize,
            misses: (self.paraphrase.phrases + self.half.phrases - right) as usize,
            rejections: 0,
        }
        .f1()
    }

    /// The counts of a label.
    pub fn label(&mut self, label: Label) -> &mut Counts {
        match label {
            Label::Paraphrase => &mut self.paraphrase,
            Label::Half => &mut self.half,
            Label::Opposite => &mut self.opposite,
            Label::Contrast => &mut self.contrast,
        }
    }

    fn add(mut self, other: &Self) -> Self {
        let mut theirs = *other;
        for label in [Label::Paraphrase, Label::Half, Label::Opposite, Label::Contrast] {
            let (own, more) = (self.label(label), theirs.label(label));
            own.phrases += more.phrases;
            own.credited += more.credited;
            own.contradicted += more.contradicted;
        }
        self.others += other.others;
        self
    }
}

/// Leaves out the hands of every question in turn. With `one`, of each question one hand alone, another from question to
/// question; `each` is called after every question.
#[must_use]
pub fn left_out(grader: &Grader, one: bool, each: &(impl Fn() + Sync)) -> LeftOut {
    let questions: Vec<(usize, QuestionRef)> = grader.questions().enumerate().collect();
    let counts = parallel(&questions, |(number, question)| {
        let item = grader.item(*question).1;
        let mut hands = item.rubric.hands();
        if hands.len() > 1 && one {
            hands = vec![hands[number % hands.len()]];
        }
        // A hand alone leaves nothing to read it by.
        let several = item.rubric.phrases.iter().any(|p| Some(&p.hand) != hands.first());
        let sums = hands.iter().filter(|_| several).map(|hand| of_hand(grader, item, *hand));
        let sum = sums.fold(LeftOut::default(), |sum, own| sum.add(&own));
        each();
        sum
    });
    counts.iter().fold(LeftOut::default(), LeftOut::add)
}

fn of_hand(grader: &Grader, item: &Item, hand: u8) -> LeftOut {
    let mut plain = item.clone();
    plain.rubric.clear_patterns();
    // They were learnt from this hand too.
    plain.words = Cow::default();
    let rubric = &item.rubric;
    let case = Case::new(grader.language(), &plain, |at| rubric.phrases[at].hand != hand);
    let mut labels: BTreeMap<&str, Vec<(usize, Label)>> = BTreeMap::new();
    for phrase in rubric.phrases.iter().filter(|p| p.hand == hand) {
        let concept = claim_of(rubric, phrase.target).filter(|claim| *claim < rubric.concepts.len());
        labels.entry(&phrase.text).or_default().extend(concept.map(|claim| (claim, phrase.label)));
    }
    let mut counts = LeftOut::default();
    for (text, labels) in labels {
        let (_, weighed) = case.weigh(grader.language(), text, grader.model());
        for (claim, weighed) in weighed[..rubric.concepts.len()].iter().enumerate() {
            let credited = weighed.credited >= 0.5;
            let Some((_, label)) = labels.iter().find(|(of, _)| *of == claim) else {
                counts.others += u32::from(credited);
                continue;
            };
            let own = counts.label(*label);
            own.phrases += 1;
            own.credited += u32::from(credited);
            own.contradicted += u32::from(weighed.contradicted >= 0.5 && weighed.contradicted > weighed.credited);
        }
    }
    counts
}
