//! The phrases of one question against the windows of an answer.
//!
//! The hot loop of grading: a window's features (stems, lexicon groups, pairs of neighbours) run through the question's own
//! posting lists. Cost is linear in the answer's length; no allocation for a window.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::lexicon::{GroupSpan, Language};
use crate::domain::rubric::Label;
use crate::domain::text::number::Quantity;
use crate::domain::text::vocabulary::{Term, Terms, Vocabulary};
use crate::domain::text::{Text, Token, words};
use crate::domain::verdict::evidence::{ClaimEvidence, Likeness, WindowEvidence};

/// A phrase that goes into the postings.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Number of its claim (concepts first, then misconceptions); `None` for none at all.
    pub claim: Option<usize>,
    /// What it does with the claim. The claim's own statement is a paraphrase with `statement` set.
    pub label: Label,
    /// Whether it is the claim's own statement.
    pub statement: bool,
    /// Its words.
    pub text: &'a str,
}

#[derive(Debug, Clone, Copy)]
struct Post {
    phrase: u32,
    turned: bool,
}

#[derive(Debug, Clone)]
struct Phrase {
    claim: u16,
    label: Label,
    statement: bool,
    mass: f32,
    novel_mass: f32,
    directions: [u64; 2],
    numbers: Vec<Quantity>,
    names: Vec<Term>,
}

/// How much a feature counts beside a plain stem. Set by trial on phrases of hands left out; the figures move by a
/// hundredth at most where one of these is halved or doubled.
mod factor {
    /// A stem whose word is a form of a lexicon group: the group counts too.
    pub(super) const GROUPED: f32 = 0.5;
    /// A form of a lexicon group.
    pub(super) const GROUP: f32 = 0.7;
    /// Two neighbours.
    pub(super) const PAIR: f32 = 0.25;
    /// A word such as `only` or `all`.
    pub(super) const QUANTIFIER: f32 = 0.6;
    /// A word with a direction, negation taken into account.
    pub(super) const DIRECTION: f32 = 0.8;
    /// A word that no phrase has.
    pub(super) const UNKNOWN: f32 = 0.6;
}

/// A subject carries over at most this many tokens.
const LEAD_UP: usize = 25;

/// Neighbours are at most this many tokens apart.
const NEIGHBOURS: usize = 3;

/// No claim.
const NONE: u16 = u16::MAX;

/// The posting lists of one question.
#[derive(Debug, Clone)]
pub struct Postings {
    ids: FxHashMap<u64, u32>,
    weights: Vec<f32>,
    in_prompt: Vec<bool>,
    posts: Vec<Vec<Post>>,
    phrases: Vec<Phrase>,
    claims: usize,
    /// For each claim, how many paraphrases it has.
    paraphrases: Vec<usize>,
    /// For each feature, turned or not, and claim: log-odds for the claim, and for its opposite against it.
    odds: Vec<[f32; 2]>,
    unknown: f32,
    /// Identifiers that phrases name: in an answer they are known however they are written.
    names: FxHashSet<Term>,
}

/// A feature of a stretch of text.
#[derive(Debug, Clone, Copy)]
struct Feature {
    key: u64,
    factor: f32,
    turned: bool,
    token: u16,
}

/// The features of an answer, read once for all windows.
#[derive(Debug, Clone, Default)]
pub struct Features {
    list: Vec<Known>,
    directions: Vec<(u16, u8, bool)>,
    numbers: Vec<(u16, Quantity)>,
    names: Vec<(u16, Term)>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    id: u32,
    weight: f32,
    turned: bool,
    token: u16,
}

const UNKNOWN: u32 = u32::MAX;
const GROUP: u64 = 1 << 40;
const PAIR: u64 = 1 << 41;
const DIRECTION: u64 = 1 << 42;

fn pair_key(a: u64, b: u64) -> u64 {
    PAIR | ((a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)) >> 24)
}

fn features(text: &Text, groups: &[GroupSpan], language: &Language) -> Vec<Feature> {
    let mut list = Vec::with_capacity(text.tokens.len() * 2);
    let mut spans = groups.iter().peekable();
    let mut previous: Option<(u64, usize)> = None;
    for (at, token) in text.tokens.iter().enumerate().take(usize::from(u16::MAX)) {
        let turned = token.negated();
        let mut unit = None;
        while let Some(span) = spans.next_if(|s| usize::from(s.start) <= at) {
            let key = GROUP | u64::from(span.group);
            let turned = (usize::from(span.start)..usize::from(span.end)).any(|t| text.tokens[t].negated());
            list.push(Feature { key, factor: factor::GROUP, turned, token: at as u16 });
            unit = unit.or(Some(key));
        }
        let word = text.word(token);
        let quantifier = token.stop && words::is_quantifier(word);
        if token.negator || token.stop && !quantifier {
            continue;
        }
        let factor = if quantifier {
            factor::QUANTIFIER
        } else if language.is_grouped(token.term) {
            factor::GROUPED
        } else {
            1.0
        };
        let key = u64::from(token.term.0);
        list.push(Feature { key, factor, turned, token: at as u16 });
        if let Some((pair, side)) = language.direction(token.term) {
            let key = DIRECTION | u64::from(pair) << 1 | u64::from(side != turned);
            list.push(Feature { key, factor: factor::DIRECTION, turned: false, token: at as u16 });
        }
        let unit = unit.unwrap_or(key);
        if let Some((before, place)) = previous.filter(|(_, place)| at - place <= NEIGHBOURS && !quantifier) {
            let _ = place;
            list.push(Feature { key: pair_key(before, unit), factor: factor::PAIR, turned, token: at as u16 });
        }
        if !quantifier {
            previous = Some((unit, at));
        }
    }
    list
}

fn directions(text: &Text, language: &Language) -> Vec<(u16, u8, bool)> {
    let direction = |(at, token): (usize, &Token)| {
        let (pair, side) = language.direction(token.term)?;
        Some((at as u16, pair, side != token.negated()))
    };
    text.tokens.iter().enumerate().take(usize::from(u16::MAX)).filter_map(direction).collect()
}

fn numbers(text: &Text) -> Vec<(u16, Quantity)> {
    text.tokens
        .iter()
        .enumerate()
        .take(usize::from(u16::MAX))
        .filter_map(|(at, t)| Some((at as u16, t.quantity?)))
        .collect()
}

/// The shortest identifier that tells one subject from another.
const NAME_MIN: usize = 4;

/// The identifiers of a text. A package before its member (`runtime.` of `runtime.Goexit`) is none.
fn names(text: &Text, known: impl Fn(Term) -> bool) -> Vec<(u16, Term)> {
    let qualifies = |at: usize| text.tokens.get(at + 1).is_some_and(|next| next.joined && next.name);
    let named = |(at, token): (usize, &Token)| {
        let long = !token.stop && text.word(token).len() >= NAME_MIN;
        (long && (token.name && !qualifies(at) || known(token.term))).then_some((at as u16, token.term))
    };
    text.tokens.iter().enumerate().take(usize::from(u16::MAX)).filter_map(named).collect()
}

/// Builds the posting lists of one question.
struct Builder<'a> {
    language: &'a Language,
    postings: Postings,
    /// For each phrase, its features.
    read: Vec<Vec<Feature>>,
}

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
            posts: Vec::new(),
            phrases: Vec::with_capacity(entries.len()),
            claims,
            paraphrases: vec![0; claims],
            odds: Vec::new(),
            unknown: 1.0,
            names: FxHashSet::default(),
        };
        let mut builder = Builder { language, postings, read: Vec::with_capacity(entries.len()) };
        for entry in entries {
            builder.add(entry, vocabulary);
        }
        builder.weigh(prompts, vocabulary);
        builder.learn();
        let identifiers = builder.postings.phrases.iter().flat_map(|p| p.names.iter().copied()).collect();
        builder.postings.names = identifiers;
        builder.postings
    }

    /// Reads the features of an answer.
    #[must_use]
    pub fn read(&self, text: &Text, groups: &[GroupSpan], language: &Language) -> Features {
        let known = |f: &Feature| {
            let id = self.ids.get(&f.key).copied();
            let weight = id.map_or(self.unknown, |id| self.weights[id as usize]) * f.factor;
            // A pair of words that no phrase has says nothing: its words are counted already.
            let pair = f.key & PAIR != 0;
            (id.is_some() || !pair).then_some(Known {
                id: id.unwrap_or(UNKNOWN),
                weight,
                turned: f.turned,
                token: f.token,
            })
        };
        Features {
            list: features(text, groups, language).iter().filter_map(known).collect(),
            directions: directions(text, language),
            numbers: numbers(text),
            names: names(text, |term| self.names.contains(&term)),
        }
    }

    /// The number of phrases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether there is no phrase at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }
}

impl Builder<'_> {
    fn add(&mut self, entry: &Entry<'_>, vocabulary: &mut impl Terms) {
        let text = Text::read(entry.text, vocabulary);
        let groups = self.language.groups_in(&text);
        let mut list = features(&text, &groups, self.language);
        list.sort_by_key(|f| (f.key, f.turned));
        list.dedup_by_key(|f| f.key);
        let number = self.postings.phrases.len() as u32;
        for feature in &list {
            let next = self.postings.posts.len() as u32;
            let id = *self.postings.ids.entry(feature.key).or_insert(next);
            if id == next {
                self.postings.posts.push(Vec::new());
            }
            self.postings.posts[id as usize].push(Post { phrase: number, turned: feature.turned });
        }
        let mut sides = [0; 2];
        for (_, pair, side) in directions(&text, self.language) {
            sides[usize::from(side)] |= 1 << pair;
        }
        if let (Some(claim), Label::Paraphrase) = (entry.claim, entry.label) {
            self.postings.paraphrases[claim] += 1;
        }
        self.postings.phrases.push(Phrase {
            claim: entry.claim.map_or(NONE, |c| c as u16),
            label: entry.label,
            statement: entry.statement,
            mass: 0.0,
            novel_mass: 0.0,
            directions: sides,
            numbers: numbers(&text).into_iter().map(|(_, q)| q).collect(),
            names: names(&text, |_| false).into_iter().map(|(_, term)| term).collect(),
        });
        self.read.push(list);
    }

    /// Rare features weigh more.
    fn weigh(&mut self, prompts: &[&str], vocabulary: &mut impl Terms) {
        let p = &mut self.postings;
        let n = p.phrases.len() as f32;
        p.weights = p.posts.iter().map(|posts| ((n + 1.0) / (posts.len() as f32 + 0.5)).ln().max(0.1)).collect();
        p.unknown = (n / 3.0).max(2.0).ln() * factor::UNKNOWN;
        p.in_prompt = vec![false; p.posts.len()];
        for prompt in prompts {
            let text = Text::read(prompt, vocabulary);
            for feature in features(&text, &self.language.groups_in(&text), self.language) {
                if let Some(&id) = p.ids.get(&feature.key) {
                    p.in_prompt[id as usize] = true;
                }
            }
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
    }

    /// Counts in which claims' phrases each feature occurs.
    fn learn(&mut self) {
        let p = &mut self.postings;
        let features = p.posts.len();
        let mut counts = vec![[0.0_f32; 3]; features * 2 * p.claims];
        let mut totals = vec![[0.0_f32; 3]; p.claims];
        for (number, list) in self.read.iter().enumerate() {
            let phrase = &p.phrases[number];
            for claim in 0..p.claims {
                // 0: for the claim, 1: for its opposite, 2: for anything else.
                let (class, share) = match phrase.label {
                    _ if usize::from(phrase.claim) != claim => (2, 1.0),
                    Label::Paraphrase => (0, 1.0),
                    Label::Half => (0, 0.5),
                    Label::Opposite => (1, 1.0),
                    Label::Contrast => (2, 2.0),
                };
                totals[claim][class] += share;
                for feature in list {
                    let id = p.ids[&feature.key] as usize;
                    counts[(id * 2 + usize::from(feature.turned)) * p.claims + claim][class] += share;
                }
            }
        }
        let share = |count: f32, total: f32| (count + 0.3) / (total + 2.0);
        p.odds = counts
            .iter()
            .enumerate()
            .map(|(at, [pro, anti, other])| {
                let [pros, antis, others] = totals[at % p.claims.max(1)];
                let pro_share = share(*pro, pros);
                [(pro_share / share(anti + other, antis + others)).ln(), (share(*anti, antis) / pro_share).ln()]
            })
            .collect();
    }
}

/// What a window and a phrase have in common.
#[derive(Debug, Clone, Copy, Default)]
struct Common {
    /// Weight that both have, alike in negation.
    agree: f32,
    /// Weight that both have, but one of them negates.
    differ: f32,
    /// Weight that agrees and does not stand in the prompt.
    novel: f32,
}

/// Working memory for the windows of an answer.
#[derive(Debug, Default)]
pub struct Scratch {
    common: Vec<Common>,
    distinct: Vec<Known>,
    seen: Vec<u32>,
    epoch: u32,
    odds: Vec<f32>,
    best: Vec<[f32; 3]>,
}

/// A phrase of which a window has less than this share says nothing about it.
const LEAST_RECALL: f32 = 0.12;

impl Postings {
    /// What the phrases say about tokens `tokens` of the answer.
    pub fn window(
        &self,
        features: &Features,
        tokens: &std::ops::Range<usize>,
        scratch: &mut Scratch,
    ) -> WindowEvidence {
        let from = features.list.partition_point(|f| usize::from(f.token) < tokens.start);
        let to = features.list.partition_point(|f| usize::from(f.token) < tokens.end);
        let mut out =
            WindowEvidence { claims: vec![ClaimEvidence::default(); self.claims], ..WindowEvidence::default() };
        let known = self.collect(&features.list[from..to], scratch, &mut out);
        out.familiar = if out.mass > 0.0 { known / out.mass } else { 0.0 };
        self.compare(scratch, &mut out);
        self.add_odds(scratch, &mut out);
        self.add_details(features, tokens, &mut out);
        out
    }

    /// Gathers the window's distinct features and adds them to the phrases that have them; gives the weight that is known.
    fn collect(&self, list: &[Known], s: &mut Scratch, out: &mut WindowEvidence) -> f32 {
        s.common.clear();
        s.common.resize(self.phrases.len(), Common::default());
        s.seen.resize(self.posts.len(), 0);
        s.epoch += 1;
        s.distinct.clear();
        let mut known = 0.0;
        for feature in list {
            if feature.id == UNKNOWN {
                out.mass += feature.weight;
                continue;
            }
            let seen = &mut s.seen[feature.id as usize];
            if *seen == s.epoch {
                continue;
            }
            *seen = s.epoch;
            s.distinct.push(*feature);
            out.mass += feature.weight;
            known += feature.weight;
            let novel = !self.in_prompt[feature.id as usize];
            for post in &self.posts[feature.id as usize] {
                let common = &mut s.common[post.phrase as usize];
                if post.turned == feature.turned {
                    common.agree += feature.weight;
                    common.novel += if novel { feature.weight } else { 0.0 };
                } else {
                    common.differ += feature.weight;
                }
            }
        }
        known
    }

    fn compare(&self, s: &mut Scratch, out: &mut WindowEvidence) {
        s.best.clear();
        s.best.resize(self.claims, [0.0; 3]);
        for (number, (phrase, common)) in self.phrases.iter().zip(&s.common).enumerate() {
            let least = phrase.mass * LEAST_RECALL;
            if common.agree < least && common.differ < least {
                continue;
            }
            let (number, novel) = (number as u32, common.novel);
            let likeness = likeness(number, common.agree, common.differ, phrase.mass, out.mass);
            let turned = || self::likeness(number, common.differ, common.agree, phrase.mass, out.mass).alike;
            if phrase.claim == NONE {
                out.none = out.none.max(likeness.alike);
                continue;
            }
            let claim = &mut out.claims[usize::from(phrase.claim)];
            match phrase.label {
                Label::Paraphrase => {
                    insert(&mut s.best[usize::from(phrase.claim)], likeness.alike);
                    claim.denied = claim.denied.max(turned());
                    if likeness.alike > claim.paraphrase.alike {
                        claim.paraphrase = likeness;
                        claim.novel = if phrase.novel_mass > 0.0 { novel / phrase.novel_mass } else { likeness.recall };
                    }
                    if phrase.statement {
                        claim.claim = likeness.alike;
                    }
                }
                Label::Half => claim.half = claim.half.max(likeness.alike),
                Label::Opposite => {
                    claim.opposite_denied = claim.opposite_denied.max(turned());
                    if likeness.alike > claim.opposite.alike {
                        claim.opposite = likeness;
                    }
                }
                Label::Contrast => claim.contrast = claim.contrast.max(likeness.alike),
            }
        }
        for ((claim, best), count) in out.claims.iter_mut().zip(&s.best).zip(&self.paraphrases) {
            // A claim alone is its own only paraphrase.
            claim.paraphrases = best.iter().sum::<f32>() / (*count).clamp(1, best.len()) as f32;
        }
    }

    fn add_odds(&self, s: &mut Scratch, out: &mut WindowEvidence) {
        let n = s.distinct.len() as f32 + 1.0;
        for (number, claim) in out.claims.iter_mut().enumerate() {
            s.odds.clear();
            let mut opposite = 0.0;
            let mut reverse = [0.0_f32; 4];
            for feature in &s.distinct {
                let at = (feature.id as usize * 2 + usize::from(feature.turned)) * self.claims + number;
                let [pro, anti] = self.odds[at];
                s.odds.push(pro);
                opposite += anti;
                insert(&mut reverse, anti);
            }
            claim.odds = s.odds.iter().sum::<f32>() / n;
            claim.odds_opposite = opposite / n;
            claim.odds_opposite_for = reverse.iter().sum();
            let (mut high, mut low) = ([0.0_f32; 4], [0.0_f32; 3]);
            for &odds in &s.odds {
                insert(&mut high, odds);
                insert(&mut low, -odds);
            }
            claim.odds_for = high.iter().sum();
            claim.odds_against = low.iter().sum();
        }
    }

    fn add_details(&self, features: &Features, tokens: &std::ops::Range<usize>, out: &mut WindowEvidence) {
        let within = |at: u16| tokens.contains(&usize::from(at));
        let mut sides = [0_u64; 2];
        for (_, pair, side) in features.directions.iter().filter(|d| within(d.0)) {
            sides[usize::from(*side)] |= 1 << pair;
        }
        let before = |at: u16| usize::from(at) < tokens.start && usize::from(at) + LEAD_UP >= tokens.start;
        let mut named: Vec<Term> = features.names.iter().filter(|n| within(n.0)).map(|n| n.1).collect();
        if named.is_empty() {
            // "pprof.Do adds labels; when it returns, …": the subject carries over.
            named.extend(features.names.iter().rev().find(|n| before(n.0)).map(|n| n.1));
        }
        for claim in &mut out.claims {
            let Some(number) = claim.paraphrase.phrase else { continue };
            let phrase = &self.phrases[number as usize];
            let theirs = [phrase.directions[0] & !phrase.directions[1], phrase.directions[1] & !phrase.directions[0]];
            let ours = [sides[0] & !sides[1], sides[1] & !sides[0]];
            let against = (theirs[0] & ours[1]).count_ones() + (theirs[1] & ours[0]).count_ones();
            let with = (theirs[0] & ours[0]).count_ones() + (theirs[1] & ours[1]).count_ones();
            claim.against_direction = against as f32 - 0.5 * with as f32;
            if !named.is_empty() && !phrase.names.is_empty() {
                let any = named.iter().any(|name| phrase.names.contains(name));
                claim.name = if any { 1.0 } else { -1.0 };
            }
            let mut values = features.numbers.iter().filter(|n| within(n.0)).map(|n| n.1).peekable();
            if values.peek().is_some() && !phrase.numbers.is_empty() {
                let any = values.any(|v| phrase.numbers.iter().any(|n| n.accepts(&v)));
                claim.number = if any { 1.0 } else { -1.0 };
            }
        }
    }
}

/// Puts `value` into a list that holds the highest values, highest first.
fn insert<const N: usize>(best: &mut [f32; N], value: f32) {
    let Some(at) = best.iter().position(|b| value > *b) else { return };
    best[at..].rotate_right(1);
    best[at] = value;
}

fn likeness(phrase: u32, agree: f32, differ: f32, mass: f32, window: f32) -> Likeness {
    if agree <= 0.0 || mass <= 0.0 {
        return Likeness { phrase: Some(phrase), turned: 1.0, ..Likeness::default() };
    }
    let (recall, precision) = ((agree / mass).min(1.0), (agree / window.max(agree)).min(1.0));
    let turned = differ / (agree + differ);
    let both = 2.0 * recall * precision / (recall + precision);
    let alike = (0.8 * both + 0.2 * recall - 0.3 * turned * recall).max(0.0);
    Likeness { phrase: Some(phrase), alike, recall, precision, turned }
}
