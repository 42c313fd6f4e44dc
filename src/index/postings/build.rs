//! Building the posting lists of one question.

use rustc_hash::{FxHashMap, FxHashSet};

use super::feature::{self, Feature, factor};
use super::places::Places;
use super::sums::{LANES, Lane, Odds};
use super::{Details, Entry, Habits, Marks, NONE, Phrase, Postings};
use crate::domain::lexicon::Language;
use crate::domain::rubric::Label;
use crate::domain::text::Text;
use crate::domain::text::vocabulary::{Term, Terms, Vocabulary};

struct Builder<'a> {
    language: &'a Language,
    postings: Postings,
    /// For each phrase, its features.
    read: Vec<Vec<Feature>>,
    /// For each feature, the phrases that have it, unturned and turned.
    posts: Vec<[Vec<u32>; 2]>,
}

/// How often something occurs for a claim, for its opposite, and for anything else, in halves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Counts([i32; 3]);

/// One occurrence.
const ONE: i32 = 2;

impl Counts {
    fn shares(self) -> [f32; 3] {
        self.0.map(|halves| halves as f32 / ONE as f32)
    }
}

/// A feature counts as usual for a claim where this share of its paraphrases has it.
const USUAL: f32 = 0.4;

impl Postings {
    /// The posting lists of these phrases, whose words are added to `vocabulary`. `claims` is the number of concepts and
    /// misconceptions; the words of `prompts` count less.
    #[must_use]
    pub fn new(
        language: &Language,
        vocabulary: &mut Vocabulary,
        claims: usize,
        entries: &[Entry<'_>],
        prompts: &[&str],
    ) -> Self {
        let postings = Self {
            ids: FxHashMap::default(),
            weights: Vec::new(),
            in_prompt: Vec::new(),
            topics: Vec::new(),
            posts: Vec::new(),
            starts: Vec::new(),
            phrases: Vec::with_capacity(entries.len()),
            places: Places::default(),
            details: Vec::with_capacity(entries.len()),
            claims: vec![Habits::default(); claims],
            marks: vec![Marks::default(); claims],
            odds: Vec::new(),
            rows: Vec::new(),
            absences: Vec::new(),
            absent: Vec::new(),
            unknown: 1.0,
            names: FxHashSet::default(),
        };
        let read = Vec::with_capacity(entries.len());
        let mut builder = Builder { language, postings, read, posts: Vec::new() };
        for entry in entries {
            builder.add(entry, vocabulary);
        }
        builder.weigh(prompts, vocabulary);
        builder.learn();
        builder.values();
        builder.names();
        builder.marks(entries, vocabulary);
        builder.finish()
    }
}

impl Builder<'_> {
    fn add(&mut self, entry: &Entry<'_>, vocabulary: &mut impl Terms) {
        let text = Text::read(entry.text, vocabulary);
        let groups = self.language.groups_in(&text);
        let mut list = feature::features(&text, &groups, self.language);
        list.sort_by_key(|f| (f.key, f.turned));
        list.dedup_by_key(|f| f.key);
        let number = self.postings.phrases.len() as u32;
        for feature in &list {
            let next = self.posts.len() as u32;
            let id = *self.postings.ids.entry(feature.key).or_insert(next);
            if id == next {
                self.posts.push(Default::default());
                self.postings.topics.push(feature.subject);
            }
            self.posts[id as usize][usize::from(feature.turned)].push(number);
        }
        let mut sides = [0; 2];
        for (_, (pair, side)) in feature::directions(&text, self.language) {
            sides[usize::from(side)] |= 1 << pair;
        }
        if let Some(claim) = entry.claim {
            self.postings.claims[claim].paraphrases += usize::from(entry.label == Label::Paraphrase);
        }
        self.postings.phrases.push(Phrase {
            mass: 0.0,
            novel_mass: 0.0,
            claim: entry.claim.map_or(NONE, |c| c as u16),
            label: entry.label,
            statement: entry.statement,
        });
        self.postings.details.push(Details {
            directions: sides,
            numbers: feature::numbers(&text).into_iter().map(|(_, q)| q).collect(),
            names: feature::names(&text, |_| false).into_iter().map(|(_, term)| term).collect(),
        });
        self.read.push(list);
    }

    /// Rare features weigh more.
    fn weigh(&mut self, prompts: &[&str], vocabulary: &mut impl Terms) {
        let p = &mut self.postings;
        let n = p.phrases.len() as f32;
        p.weights = self.posts.iter().map(|[plain, turned]| weight(n, plain.len() + turned.len())).collect();
        p.unknown = (n / 3.0).max(2.0).ln() * factor::UNKNOWN;
        p.in_prompt = vec![false; self.posts.len()];
        for prompt in prompts {
            let text = Text::read(prompt, vocabulary);
            for feature in feature::features(&text, &self.language.groups_in(&text), self.language) {
                if let Some(&id) = p.ids.get(&feature.key) {
                    p.in_prompt[id as usize] = true;
                }
            }
        }
        for (topic, in_prompt) in p.topics.iter_mut().zip(&p.in_prompt) {
            *topic &= *in_prompt;
        }
        for (phrase, list) in p.phrases.iter_mut().zip(&self.read) {
            for feature in list {
                let id = p.ids[&feature.key] as usize;
                phrase.mass += p.weights[id] * feature.factor;
                if !p.in_prompt[id] {
                    phrase.novel_mass += p.weights[id] * feature.factor;
                }
            }
        }
        p.places = Places::new(&p.phrases);
    }

    /// Counts in which claims' phrases each feature occurs.
    fn learn(&mut self) {
        let p = &mut self.postings;
        let claims = p.claims.len();
        let mut counts = vec![Counts::default(); self.posts.len() * 2 * claims];
        let mut totals = vec![Counts([0, 0, self.read.iter().map(|_| ONE).sum()]); claims];
        let mut all = vec![0; self.posts.len() * 2];
        let mut plain = vec![false; self.posts.len()];
        for (phrase, list) in p.phrases.iter().zip(&self.read) {
            let (class, share) = match phrase.label {
                Label::Paraphrase => (0, ONE),
                Label::Half => (0, ONE / 2),
                Label::Opposite => (1, ONE),
                Label::Contrast => (2, 2 * ONE),
            };
            let claim = usize::from(phrase.claim);
            // Everything counts as something else until it is somebody's own.
            let own = |Counts(counts): &mut Counts| {
                counts[2] -= ONE;
                counts[class] += share;
            };
            totals.get_mut(claim).map(own);
            for feature in list {
                let id = p.ids[&feature.key] as usize;
                plain[id] = !feature.is_pair();
                let at = id * 2 + usize::from(feature.turned);
                all[at] += ONE;
                if claim < claims {
                    own(&mut counts[at * claims + claim]);
                }
            }
        }
        for (of_claims, all) in counts.chunks_mut(claims.max(1)).zip(all) {
            for Counts(counts) in of_claims {
                counts[2] += all;
            }
        }
        let totals: Vec<[f32; 3]> = totals.into_iter().map(Counts::shares).collect();
        let lanes = claims.div_ceil(LANES);
        p.absences = vec![Lane::default(); lanes];
        p.absent = vec![0; self.posts.len()];
        for (id, _) in plain.iter().enumerate().filter(|(_, plain)| **plain) {
            let mut row = vec![Lane::default(); lanes];
            for (claim, (habits, total)) in p.claims.iter_mut().zip(&totals).enumerate() {
                let (plain, turned) = (id * 2 * claims + claim, (id * 2 + 1) * claims + claim);
                let absent = absence(&counts[plain].shares(), &counts[turned].shares(), total);
                row.as_flattened_mut()[claim] = absent;
                habits.absent += absent;
            }
            if row.as_flattened().iter().any(|absent| *absent < 0.0) {
                p.absent[id] = p.absences.len() as u32;
                p.absences.extend(row);
            }
        }
        self.keep(&counts, &totals);
    }

    /// Keeps every row of odds once: most features are counted alike.
    fn keep(&mut self, counts: &[Counts], totals: &[[f32; 3]]) {
        let p = &mut self.postings;
        let mut known: FxHashMap<&[Counts], u32> = FxHashMap::default();
        let mut row = |at: usize| {
            let row = &counts[at * totals.len()..(at + 1) * totals.len()];
            *known.entry(row).or_insert_with(|| {
                let begin = p.odds.len() as u32;
                let odds: Vec<[f32; 2]> = row.iter().zip(totals).map(|(c, total)| odds(&c.shares(), total)).collect();
                p.odds.extend(odds.chunks(LANES).map(side_by_side));
                begin
            })
        };
        p.rows = (0..self.posts.len()).map(|feature| [row(feature * 2), row(feature * 2 + 1)]).collect();
    }

    /// Finds the numbers that each claim turns on.
    fn values(&mut self) {
        let p = &mut self.postings;
        for (number, claim) in p.claims.iter_mut().enumerate() {
            let own = |(p, _): &(&Phrase, &Details)| usize::from(p.claim) == number && p.label == Label::Paraphrase;
            let phrases: Vec<(&Phrase, &Details)> = p.phrases.iter().zip(&p.details).filter(own).collect();
            for quantity in phrases.iter().flat_map(|(_, of)| &of.numbers) {
                let accepted = |(_, of): &&(&Phrase, &Details)| of.numbers.iter().any(|n| quantity.accepts(n));
                let stated = phrases.iter().any(|(p, of)| p.statement && of.numbers.contains(quantity));
                if (stated || phrases.iter().filter(accepted).count() > 1) && !claim.values.contains(quantity) {
                    claim.values.push(*quantity);
                }
            }
            let valued = |(_, of): &&(&Phrase, &Details)| of.numbers.iter().any(|n| claim.values.contains(n));
            claim.valued = phrases.iter().filter(valued).count() as f32 / phrases.len().max(1) as f32;
        }
    }

    /// Finds the identifiers that each claim is about.
    fn names(&mut self) {
        let p = &mut self.postings;
        for (number, claim) in p.claims.iter_mut().enumerate() {
            let own = |(p, _): &(&Phrase, &Details)| usize::from(p.claim) == number && p.label == Label::Paraphrase;
            let phrases: Vec<(&Phrase, &Details)> = p.phrases.iter().zip(&p.details).filter(own).collect();
            for name in phrases.iter().flat_map(|(_, of)| &of.names) {
                let count = phrases.iter().filter(|(_, of)| of.names.contains(name)).count();
                let stated = phrases.iter().any(|(p, of)| p.statement && of.names.contains(name));
                if (stated || count > 1) && !claim.names.contains(name) {
                    claim.names.push(*name);
                }
            }
            let named = |(_, of): &&(&Phrase, &Details)| of.names.iter().any(|n| claim.names.contains(n));
            claim.named = phrases.iter().filter(named).count() as f32 / phrases.len().max(1) as f32;
        }
    }

    /// Finds what claims turn on, and what stands for it in their phrases.
    fn marks(&mut self, entries: &[Entry<'_>], vocabulary: &mut impl Terms) {
        let p = &mut self.postings;
        for (claim, entry) in entries.iter().filter_map(|e| Some((e.claim?, e))).filter(|(_, e)| !e.marks.is_empty()) {
            let marks = &mut p.marks[claim];
            for mark in entry.marks {
                match mark.number() {
                    Some(number) => {
                        marks.numbers.push(number);
                        marks.accepted.push(number);
                    }
                    None => marks.names.extend(Text::read(mark.source(), vocabulary).tokens.last().map(|t| t.term)),
                }
            }
            marks.named = !marks.names.is_empty();
        }
        let own: Vec<Vec<Term>> = p.marks.iter().map(|marks| marks.names.clone()).collect();
        for (phrase, of) in p.phrases.iter().zip(&p.details).filter(|(p, _)| p.label == Label::Paraphrase) {
            if let Some((marks, own)) =
                p.marks.get_mut(usize::from(phrase.claim)).zip(own.get(usize::from(phrase.claim)))
            {
                marks.accepted.extend(of.numbers.iter().filter(|_| !marks.numbers.is_empty()));
                // What stands beside the mark does not stand for it.
                let instead = marks.named && !of.names.iter().any(|name| own.contains(name));
                marks.names.extend(of.names.iter().filter(|_| instead));
            }
        }
    }

    fn finish(self) -> Postings {
        let mut p = self.postings;
        p.starts.push(0);
        let places = p.places.of_phrases();
        for posts in self.posts.into_iter().flatten() {
            p.posts.extend(posts.into_iter().map(|phrase| places[phrase as usize]));
            p.starts.push(p.posts.len() as u32);
        }
        p.absences.shrink_to_fit();
        p.odds.shrink_to_fit();
        p.posts.shrink_to_fit();
        p.names = p.details.iter().flat_map(|of| of.names.iter().copied()).collect();
        p
    }
}

/// What a feature weighs that `count` of `phrases` phrases have.
fn weight(phrases: f32, count: usize) -> f32 {
    ((phrases + 1.0) / (count as f32 + 0.5)).ln().max(0.1)
}

/// A share that never is quite 0 or 1.
fn share(count: f32, total: f32) -> f32 {
    (count + 0.3) / (total + 2.0)
}

/// Log-odds for a claim and for its opposite.
fn odds([pro, anti, other]: &[f32; 3], [pros, antis, others]: &[f32; 3]) -> [f32; 2] {
    let pro_share = share(*pro, *pros);
    [(pro_share / share(anti + other, antis + others)).ln(), (share(*anti, *antis) / pro_share).ln()]
}

/// The odds of up to four claims, a lane each.
fn side_by_side(row: &[[f32; 2]]) -> Odds {
    let mut lanes = Odds::default();
    for (at, [claim, opposite]) in row.iter().enumerate() {
        (lanes.claim[at], lanes.opposite[at]) = (*claim, *opposite);
    }
    lanes
}

/// What it takes from a claim that a feature is missing, 0 where its paraphrases can do without.
fn absence(plain: &[f32; 3], turned: &[f32; 3], [pros, antis, others]: &[f32; 3]) -> f32 {
    let pro = share(plain[0] + turned[0], *pros);
    if pro < USUAL {
        return 0.0;
    }
    let rest = share(plain[1] + turned[1] + plain[2] + turned[2], antis + others);
    ((1.0 - pro) / (1.0 - rest)).ln().min(0.0)
}
