//! Where phrases stand so that a window is compared with eight at a time: those of one claim and label together, light ones
//! first, and no eight of two groups.
//!
//! Names the other parts of Postings. The formula of likeness stands here alone ([`Window::likeness`]).

use std::ops::Range;

use super::{NONE, Phrase};
use crate::domain::rubric::Label;

/// How many phrases are looked at side by side.
const WIDTH: usize = 8;

/// A number for each of eight phrases.
pub(super) type Eight = [f32; WIDTH];

/// A phrase of which a window has less than this share, alike in negation or not, says nothing about it.
const LEAST_RECALL: f32 = 0.12;

/// The phrases of one claim and label.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Its claim, or [`NONE`].
    pub(super) claim: u16,
    pub(super) label: Label,
    eights: Range<usize>,
    /// The place of the claim's own statement.
    statement: Option<u32>,
}

/// Every phrase's place. A place that holds no phrase has no mass.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) groups: Vec<Group>,
    /// The phrase at each place.
    pub(super) phrases: Vec<u32>,
    mass: Vec<Eight>,
    /// One divided by the mass, 0 where there is none.
    per_mass: Vec<Eight>,
    /// The greatest mass of each eight.
    most: Vec<f32>,
}

impl Places {
    /// Gives every phrase its place.
    pub(super) fn new(phrases: &[Phrase]) -> Self {
        let kind = |at: u32| (phrases[at as usize].claim, phrases[at as usize].label);
        let mass = |at: u32| phrases[at as usize].mass;
        let mut order: Vec<u32> = (0..phrases.len() as u32).collect();
        order.sort_by(|a, b| kind(*a).cmp(&kind(*b)).then(mass(*a).total_cmp(&mass(*b))));
        let mut places = Self::default();
        for group in order.chunk_by(|a, b| kind(*a) == kind(*b)) {
            let (claim, label) = kind(group[0]);
            let begin = places.mass.len();
            let stated = group.iter().position(|at| claim != NONE && phrases[*at as usize].statement);
            let statement = stated.map(|at| (begin * WIDTH + at) as u32);
            for eight in group.chunks(WIDTH) {
                let masses = std::array::from_fn(|at| eight.get(at).map_or(0.0, |at| mass(*at)));
                places.mass.push(masses);
                places.per_mass.push(masses.map(|mass| if mass > 0.0 { mass.recip() } else { 0.0 }));
                places.most.push(masses.into_iter().fold(0.0, f32::max));
                places.phrases.extend(eight);
                places.phrases.resize(places.mass.len() * WIDTH, u32::MAX);
            }
            places.groups.push(Group { claim, label, eights: begin..places.mass.len(), statement });
        }
        places
    }

    /// How many eights there are.
    pub(super) fn eights(&self) -> usize {
        self.mass.len()
    }

    /// For each phrase, where it stands.
    pub(super) fn of_phrases(&self) -> Vec<u32> {
        let held = |place: &usize| self.phrases[*place] != u32::MAX;
        let mut pairs: Vec<(u32, u32)> =
            (0..self.phrases.len()).filter(held).map(|place| (self.phrases[place], place as u32)).collect();
        pairs.sort_unstable();
        pairs.into_iter().map(|(_, place)| place).collect()
    }
}

/// What a window has in common with the phrase at each place.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// The weight that both have, alike in negation.
    pub(super) agree: Vec<Eight>,
    /// The weight that both have, but one of them negates.
    pub(super) differ: Vec<Eight>,
    /// The weight that agrees and stands in the prompt.
    pub(super) prompted: Vec<Eight>,
}

impl Common {
    /// Forgets everything.
    pub(super) fn clear(&mut self, eights: usize) {
        for weights in [&mut self.agree, &mut self.differ, &mut self.prompted] {
            weights.clear();
            weights.resize(eights, [0.0; WIDTH]);
        }
    }
}

/// How near a window is to the phrases of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nearest {
    /// The place of the nearest phrase.
    pub(super) place: Option<u32>,
    /// The highest likenesses, highest first.
    pub(super) alike: [f32; 3],
    /// The highest likeness with the window's negations turned.
    pub(super) turned: f32,
    /// Likeness to the claim's own statement.
    pub(super) statement: f32,
}

/// A window of some weight, against every phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) places: &'a Places,
    pub(super) common: &'a Common,
    pub(super) mass: f32,
}

impl Window<'_> {
    /// Looks for the phrases of `group` that are nearest.
    pub(super) fn nearest(&self, group: &Group) -> Nearest {
        let mut nearest = Nearest::default();
        // Only claims have more than a nearest phrase, and only what they assert can be denied.
        let kept = if group.label == Label::Paraphrase { nearest.alike.len() - 1 } else { 0 };
        let deniable = matches!(group.label, Label::Paraphrase | Label::Opposite);
        let eights = group.eights.clone();
        let common = self.common.agree[eights.clone()].iter().zip(&self.common.differ[eights.clone()]);
        let masses = self.places.per_mass[eights.clone()].iter().zip(&self.places.most[eights.clone()]);
        for (eight, ((agree, differ), (per_mass, most))) in eights.zip(common.zip(masses)) {
            // A likeness is at most this share of the recall: most phrases need no closer look.
            let most = (most + self.mass) / (1.8 * most + 0.2 * self.mass);
            let negated = reaches(differ, per_mass, LEAST_RECALL);
            let least = (nearest.alike[kept] * most).max(if negated { 0.0 } else { LEAST_RECALL });
            if reaches(agree, per_mass, least) {
                for (at, alike) in self.likeness(eight, agree, differ).into_iter().enumerate() {
                    if alike > nearest.alike[kept] {
                        if alike > nearest.alike[0] {
                            nearest.place = Some((eight * WIDTH + at) as u32);
                        }
                        insert(&mut nearest.alike, alike);
                    }
                }
            }
            let shared = negated || reaches(agree, per_mass, LEAST_RECALL);
            if deniable && shared && reaches(differ, per_mass, nearest.turned * most) {
                nearest.turned = self.likeness(eight, differ, agree).into_iter().fold(nearest.turned, f32::max);
            }
        }
        nearest.statement = group.statement.map_or(0.0, |place| {
            let (eight, at) = (place as usize / WIDTH, place as usize % WIDTH);
            self.likeness(eight, &self.common.agree[eight], &self.common.differ[eight])[at]
        });
        nearest
    }

    /// The likenesses of eight phrases, 0 to 1: the F-measure of what window and phrase share with a little more for the
    /// phrase's part, less what one of them negates.
    fn likeness(&self, eight: usize, agree: &Eight, differ: &Eight) -> Eight {
        let (mass, per_mass) = (&self.places.mass[eight], &self.places.per_mass[eight]);
        std::array::from_fn(|at| {
            let (agree, differ) = (agree[at], differ[at]);
            let recall = agree * per_mass[at];
            // The tiny number keeps nothing from being divided by nothing.
            let turned = differ / (agree + differ + f32::MIN_POSITIVE);
            let alike = 1.6 * agree / (mass[at] + self.mass + f32::MIN_POSITIVE) + (0.2 - 0.3 * turned) * recall;
            let shared = recall.max(differ * per_mass[at]);
            if shared >= LEAST_RECALL && alike > 0.0 { alike } else { 0.0 }
        })
    }
}

/// Whether a window has at least this share of one of eight phrases.
fn reaches(common: &Eight, per_mass: &Eight, least: f32) -> bool {
    let reached: [bool; WIDTH] = std::array::from_fn(|at| common[at] * per_mass[at] >= least);
    reached != [false; WIDTH]
}

/// Puts `value` into a list that holds the highest values, highest first.
fn insert<const N: usize>(best: &mut [f32; N], mut value: f32) {
    for held in best {
        if value > *held {
            std::mem::swap(held, &mut value);
        }
    }
}
