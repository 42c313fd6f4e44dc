//! Where phrases stand so that a window is compared with eight at a time: those of one claim and label together, light ones
//! first as the nearest of equal ones is the first, and no eight of two groups.
//!
//! Names the other parts of Postings. The formula of likeness stands here alone ([`Window::blend`]).

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
    /// The eights with a phrase that shares what one of them negates.
    differing: Vec<bool>,
}

impl Common {
    /// Forgets everything.
    pub(super) fn clear(&mut self, eights: usize) {
        for weights in [&mut self.agree, &mut self.differ, &mut self.prompted] {
            weights.clear();
            weights.resize(eights, [0.0; WIDTH]);
        }
        self.differing.clear();
        self.differing.resize(eights, false);
    }

    /// Adds the weight of a feature to the phrases at these places, which have it alike in negation.
    pub(super) fn agree(&mut self, places: &[u32], weight: f32) {
        add(&mut self.agree, places, weight);
    }

    /// The same for what the prompt has too.
    pub(super) fn prompted(&mut self, places: &[u32], weight: f32) {
        add(&mut self.prompted, places, weight);
    }

    /// Adds the weight of a feature to the phrases at these places, which negate it where the window does not, or the other
    /// way round.
    pub(super) fn differ(&mut self, places: &[u32], weight: f32) {
        add(&mut self.differ, places, weight);
        for place in places {
            self.differing[*place as usize / WIDTH] = true;
        }
    }
}

fn add(weights: &mut [Eight], places: &[u32], weight: f32) {
    let weights = weights.as_flattened_mut();
    for place in places {
        weights[*place as usize] += weight;
    }
}

/// How near a window is to the phrases of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Nearest {
    /// The place of the nearest phrase.
    pub(super) place: Option<u32>,
    /// The highest likenesses, highest first; of a group that makes no claim, the highest alone.
    pub(super) alike: [f32; KEPT],
    /// The highest likeness with the window's negations turned.
    pub(super) turned: f32,
    /// Likeness to the claim's own statement.
    pub(super) statement: f32,
}

/// How many of the nearest paraphrases are kept.
const KEPT: usize = 3;

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
        // Only what claims assert can be denied, and only paraphrases are counted beyond the nearest.
        match group.label {
            _ if self.mass <= 0.0 => Nearest::default(),
            Label::Paraphrase => self.highest::<KEPT, true>(group),
            Label::Opposite => self.highest::<1, true>(group),
            Label::Half | Label::Contrast => self.highest::<1, false>(group),
        }
    }

    fn highest<const N: usize, const DENIABLE: bool>(&self, group: &Group) -> Nearest {
        let (mut highest, mut turned) = (Highest::<N>::default(), [0.0; WIDTH]);
        let eights = group.eights.clone();
        let masses = self.places.mass[eights.clone()].iter().zip(&self.places.per_mass[eights.clone()]);
        let common = self.common.agree[eights.clone()].iter().zip(&self.common.differ[eights.clone()]);
        let differing = &self.common.differing[eights];
        for (at, ((masses, (agree, differ)), differs)) in (0..).zip(masses.zip(common).zip(differing)) {
            // Most eights share too little with the window.
            if !differs {
                if shares_enough(agree, masses.1) {
                    highest.take(at, self.alike_in_all(masses, agree));
                }
                continue;
            }
            if !shares_enough(&std::array::from_fn(|at| greater(agree[at], differ[at])), masses.1) {
                continue;
            }
            highest.take(at, self.likeness(masses, agree, differ));
            if DENIABLE {
                let alike = self.likeness(masses, differ, agree);
                turned.iter_mut().zip(alike).for_each(|(held, alike)| *held = greater(alike, *held));
            }
        }
        let mut nearest = highest.nearest(group.eights.start);
        nearest.turned = self::highest(&turned);
        nearest.statement = group.statement.map_or(0.0, |place| self.statement(place as usize));
        nearest
    }

    fn statement(&self, place: usize) -> f32 {
        let of = |weights: &[Eight]| weights.as_flattened()[place];
        let (agree, differ) = (of(&self.common.agree), of(&self.common.differ));
        self.alike(agree, differ, of(&self.places.mass), of(&self.places.per_mass))
    }

    /// The likenesses of eight phrases that negate what the window does; `masses` are theirs and one divided by them.
    fn alike_in_all(&self, (mass, per_mass): (&Eight, &Eight), agree: &Eight) -> Eight {
        std::array::from_fn(|at| {
            let recall = agree[at] * per_mass[at];
            let alike = self.blend(agree[at], mass[at], recall, 0.0);
            if recall >= LEAST_RECALL { alike } else { 0.0 }
        })
    }

    /// The likenesses of eight phrases.
    fn likeness(&self, (mass, per_mass): (&Eight, &Eight), agree: &Eight, differ: &Eight) -> Eight {
        std::array::from_fn(|at| self.alike(agree[at], differ[at], mass[at], per_mass[at]))
    }

    fn alike(&self, agree: f32, differ: f32, mass: f32, per_mass: f32) -> f32 {
        let (recall, other) = (agree * per_mass, differ * per_mass);
        // The tiny number keeps nothing from being divided by nothing.
        let turned = differ / (agree + differ + f32::MIN_POSITIVE);
        let alike = self.blend(agree, mass, recall, turned);
        let shared = greater(other, recall);
        if shared >= LEAST_RECALL && alike > 0.0 { alike } else { 0.0 }
    }

    /// The likeness of a phrase, 0 to 1: the F-measure of what window and phrase share with a little more for the phrase's
    /// part, less what one of them negates.
    fn blend(&self, agree: f32, mass: f32, recall: f32, turned: f32) -> f32 {
        1.6 * agree / (mass + self.mass) + (0.2 - 0.3 * turned) * recall
    }
}

/// The highest likenesses in each of eight lanes, without a branch.
#[derive(Debug, Clone, Copy)]
struct Highest<const N: usize> {
    /// The highest ones, highest first.
    alike: [Eight; N],
    /// Which eight has the highest one first.
    eights: Eight,
}

impl<const N: usize> Default for Highest<N> {
    fn default() -> Self {
        Self { alike: [[0.0; WIDTH]; N], eights: [0.0; WIDTH] }
    }
}

impl<const N: usize> Highest<N> {
    fn take(&mut self, eight: u32, mut alike: Eight) {
        let eight = eight as f32;
        let places = self.eights.iter_mut().zip(alike.iter().zip(&self.alike[0]));
        places.for_each(|(held, (alike, highest))| *held = if alike > highest { eight } else { *held });
        keep(&mut self.alike, &mut alike);
    }

    /// The highest of all lanes, and the first place that has the very highest, where the first of the eights is `from`.
    #[expect(clippy::cast_sign_loss, reason = "places are not negative")]
    fn nearest(&self, from: usize) -> Nearest {
        let mut nearest = Nearest::default();
        let highest = highest(&self.alike[0]);
        if highest <= 0.0 {
            return nearest;
        }
        let mut first = f32::MAX;
        for at in 0..WIDTH {
            let place = self.eights[at] * WIDTH as f32 + at as f32;
            first = if self.alike[0][at] >= highest && place < first { place } else { first };
        }
        nearest.place = Some((from * WIDTH) as u32 + first as u32);
        nearest.alike[0] = highest;
        if N > 1 {
            // Half as many lanes, before they are looked at one by one.
            let mut half: [[f32; WIDTH / 2]; N] = self.alike.map(|row| std::array::from_fn(|at| row[at]));
            for row in &self.alike {
                keep(&mut half, &mut std::array::from_fn(|at| row[at + WIDTH / 2]));
            }
            nearest.alike = [0.0; KEPT];
            half.as_flattened().iter().for_each(|alike| insert(&mut nearest.alike, *alike));
        }
        nearest
    }
}

/// Whether a window has enough of any of eight phrases, of which it shares these weights.
fn shares_enough(shared: &Eight, per_mass: &Eight) -> bool {
    let enough: [bool; WIDTH] = std::array::from_fn(|at| shared[at] * per_mass[at] >= LEAST_RECALL);
    enough.into_iter().fold(false, |any, enough| any | enough)
}

fn highest(values: &Eight) -> f32 {
    let half: [f32; WIDTH / 2] = std::array::from_fn(|at| greater(values[at], values[at + WIDTH / 2]));
    greater(greater(half[0], half[1]), greater(half[2], half[3]))
}

fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Puts values into lists that hold the highest ones, highest first.
fn keep<const N: usize, const W: usize>(lists: &mut [[f32; W]; N], values: &mut [f32; W]) {
    for held in lists {
        for (held, value) in held.iter_mut().zip(&mut *values) {
            (*held, *value) = if *value > *held { (*value, *held) } else { (*held, *value) };
        }
    }
}

/// Puts `value` into a list that holds the highest values, highest first.
fn insert(best: &mut [f32; KEPT], mut value: f32) {
    if value <= best[KEPT - 1] {
        return;
    }
    for held in best {
        if value > *held {
            std::mem::swap(held, &mut value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept<const N: usize>(eights: &[Eight]) -> Nearest {
        let mut highest = Highest::<N>::default();
        (0..).zip(eights).for_each(|(at, alike)| highest.take(at, *alike));
        highest.nearest(2)
    }

    #[test]
    fn the_highest_are_kept_across_lanes_and_the_first_of_equal_ones() {
        let eights = [[0.1, 0.2, 0.0, 0.3, 0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.0, 0.5, 0.4, 0.0, 0.1]];
        let nearest = kept::<KEPT>(&eights);
        assert_eq!((nearest.place, nearest.alike), (Some(2 * 8 + 5), [0.5, 0.5, 0.5]));
        let nearest = kept::<1>(&eights);
        assert_eq!((nearest.place, nearest.alike), (Some(2 * 8 + 5), [0.5, 0.0, 0.0]));
        assert_eq!(kept::<KEPT>(&eights[1..]).place, Some(2 * 8 + 2));
    }

    #[test]
    fn what_is_like_nothing_has_no_place() {
        let nearest = kept::<KEPT>(&[[0.0; WIDTH]; 3]);
        assert_eq!((nearest.place, nearest.alike), (None, [0.0; KEPT]));
    }
}
