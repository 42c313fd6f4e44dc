//! A whole bank as one JSON document: the shapes, and the way between them and the bank's files.
//!
//! Names Domain only. `viva export` writes it and `viva import` reads it. A rubric has the keys of its TOML file, and
//! phrases stand in groups as in theirs; so reading what was written gives the same bank. To add a key to a rubric:
//! its field in the shape here, and in both directions below.

use serde::{Deserialize, Serialize};

use super::canon::{canonical_phrases, canonical_rubric};
use super::phrases::{self, Group, Hand, Heading, Line, PhrasesFile};
use super::rubric;
use crate::domain::id::ConceptId;
use crate::domain::matcher::Pattern;
use crate::domain::rubric::{Concept, Example, Full, Label, Mark, Misconception, Rubric, Status};

/// The version of these shapes.
pub const SCHEMA: u32 = 1;

/// The line between the ideal answers of one question where a format has room for one text alone.
pub(super) const ALTERNATIVE: &str = "**Or**";

/// A rubric that came with its question, and the text of its phrases file, empty where it has none.
#[derive(Debug, Clone)]
pub struct Given {
    /// The rubric, still without phrases.
    pub rubric: Rubric,
    /// Its phrases as their file has them.
    pub phrases: String,
}

/// A bank. The questions are texts of their own while it is read, so that a fault can name their line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BankShape<Q> {
    pub(super) schema: u32,
    pub(super) bank: String,
    pub(super) title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) intro: String,
    #[serde(default)]
    pub(super) sections: Vec<SectionShape>,
    pub(super) questions: Vec<Q>,
}

/// A section's title.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionShape {
    pub(super) id: String,
    pub(super) title: String,
}

/// A question with its rubric.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionShape {
    pub(super) id: String,
    pub(super) section: String,
    pub(super) kind: String,
    pub(super) prompt: String,
    pub(super) ideals: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rubric: Option<RubricShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) phrases: Vec<GroupShape>,
}

/// A rubric.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RubricShape {
    status: StatusShape,
    full: FullShape,
    concepts: Vec<ConceptShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    misconceptions: Vec<MisconceptionShape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    examples: Vec<ExampleShape>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StatusShape {
    Ready,
    Draft,
}

/// `"all"` or `{"any": 3}`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FullShape {
    All,
    Any(usize),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConceptShape {
    id: String,
    claim: String,
    #[serde(default = "default_weight")]
    weight: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bonus: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(rename = "turns-on", default, skip_serializing_if = "Vec::is_empty")]
    turns_on: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opposites: Vec<String>,
}

const fn default_weight() -> u32 {
    rubric::DEFAULT_WEIGHT
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MisconceptionShape {
    id: String,
    claim: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleShape {
    answer: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hit: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missed: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contradicted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    misconceptions: Vec<String>,
}

/// A group of phrases: of a concept, of a misconception, or of neither.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupShape {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    hand: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    concept: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    misconception: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paraphrase: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    half: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opposite: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contrast: Vec<String>,
}

impl RubricShape {
    pub(super) fn new(rubric: &Rubric) -> Self {
        let sources = |patterns: &[Pattern]| patterns.iter().map(|p| p.source().to_owned()).collect();
        let ids = |ids: &[ConceptId]| ids.iter().map(ToString::to_string).collect();
        let concepts = rubric.concepts.iter().map(|c| ConceptShape {
            id: c.id.to_string(),
            claim: c.claim.clone(),
            weight: c.weight,
            bonus: c.bonus,
            hint: c.hint.clone(),
            note: c.note.clone(),
            turns_on: c.turns_on.iter().map(|mark| mark.source().to_owned()).collect(),
            patterns: sources(&c.patterns),
            opposites: sources(&c.opposites),
        });
        let misconceptions = rubric.misconceptions.iter().map(|m| MisconceptionShape {
            id: m.id.to_string(),
            claim: m.claim.clone(),
            note: m.note.clone(),
            patterns: sources(&m.patterns),
        });
        let examples = rubric.examples.iter().map(|e| ExampleShape {
            answer: e.answer.clone(),
            hit: ids(&e.hit),
            missed: ids(&e.missed),
            contradicted: ids(&e.contradicted),
            misconceptions: ids(&e.misconceptions),
        });
        Self {
            status: if rubric.status == Status::Ready { StatusShape::Ready } else { StatusShape::Draft },
            full: match rubric.full {
                Full::All => FullShape::All,
                Full::Any(n) => FullShape::Any(n),
            },
            concepts: concepts.collect(),
            misconceptions: misconceptions.collect(),
            examples: examples.collect(),
        }
    }

    /// The rubric, or what is wrong with it. It goes through its file's text, so that the file's rules hold.
    pub(super) fn rubric(self) -> Result<Rubric, String> {
        let Self { status, full, concepts, misconceptions, examples } = self;
        let concept = |c: ConceptShape| {
            let (patterns, opposites) = (patterns(&c.id, &c.patterns)?, patterns(&c.id, &c.opposites)?);
            let mark = |text: &String| Mark::parse(text).ok_or_else(|| format!("`{text}` is no number or identifier"));
            let turns_on = c.turns_on.iter().map(mark).collect::<Result<_, _>>()?;
            let ConceptShape { claim, weight, bonus, hint, note, .. } = c;
            Ok(Concept { id: id(&c.id)?, claim, weight, bonus, hint, note, turns_on, patterns, opposites })
        };
        let misconception = |m: MisconceptionShape| {
            let patterns = patterns(&m.id, &m.patterns)?;
            Ok(Misconception { id: id(&m.id)?, claim: m.claim, note: m.note, patterns })
        };
        let example = |e: ExampleShape| {
            let (hit, missed) = (ids(&e.hit)?, ids(&e.missed)?);
            let (contradicted, misconceptions) = (ids(&e.contradicted)?, ids(&e.misconceptions)?);
            Ok(Example { answer: e.answer, hit, missed, contradicted, misconceptions, line: 0 })
        };
        let rubric = Rubric {
            status: match status {
                StatusShape::Ready => Status::Ready,
                StatusShape::Draft => Status::Draft,
            },
            full: match full {
                FullShape::All => Full::All,
                FullShape::Any(n) => Full::Any(n),
            },
            concepts: concepts.into_iter().map(concept).collect::<Result<_, String>>()?,
            misconceptions: misconceptions.into_iter().map(misconception).collect::<Result<_, String>>()?,
            examples: examples.into_iter().map(example).collect::<Result<_, String>>()?,
            phrases: Vec::new(),
        };
        let (read, faults) = rubric::parse("rubric", &canonical_rubric(&rubric));
        let fault = faults.iter().find(|fault| fault.is_fatal()).map_or("it cannot be read", |fault| &fault.message);
        read.map(|read| read.rubric).ok_or_else(|| fault.to_owned())
    }
}

fn patterns(id: &str, patterns: &[String]) -> Result<Vec<Pattern>, String> {
    let parse = |source: &String| {
        let fault = |error| format!("the pattern `{source}` of `{id}` cannot be read: {error}");
        Pattern::parse(source).map_err(fault)
    };
    patterns.iter().map(parse).collect()
}

fn id(id: &str) -> Result<ConceptId, String> {
    ConceptId::new(id).map_err(|error| error.to_string())
}

fn ids(ids: &[String]) -> Result<Vec<ConceptId>, String> {
    ids.iter().map(|text| id(text)).collect()
}

impl GroupShape {
    /// The groups of a phrases file.
    pub(super) fn all(file: &PhrasesFile<'_>) -> Vec<Self> {
        let groups = file.hands.iter().flat_map(|hand| hand.groups.iter().map(|group| (hand.name, group)));
        groups.map(|(hand, group)| Self::new(hand, group)).collect()
    }

    fn new(hand: &str, group: &Group<'_>) -> Self {
        let of = |label: Label| {
            let lines = group.phrases.iter().filter(|line| line.label == label);
            lines.map(|line| line.text.to_owned()).collect()
        };
        let (concept, misconception) = match group.heading {
            Heading::Concept(id) => (Some(id.to_owned()), None),
            Heading::Misconception(id) => (None, Some(id.to_owned())),
            Heading::None => (None, None),
        };
        Self {
            hand: hand.to_owned(),
            concept,
            misconception,
            paraphrase: of(Label::Paraphrase),
            half: of(Label::Half),
            opposite: of(Label::Opposite),
            contrast: of(Label::Contrast),
        }
    }

    fn group(&self) -> Result<Group<'_>, String> {
        let heading = match (&self.concept, &self.misconception) {
            (Some(id), None) => Heading::Concept(id),
            (None, Some(id)) => Heading::Misconception(id),
            (None, None) => Heading::None,
            (Some(_), Some(_)) => return Err("a group of phrases has a concept and a misconception".to_owned()),
        };
        let labelled = [
            (Label::Paraphrase, &self.paraphrase),
            (Label::Half, &self.half),
            (Label::Opposite, &self.opposite),
            (Label::Contrast, &self.contrast),
        ];
        let lines = labelled.into_iter().flat_map(|(label, texts)| texts.iter().map(move |text| (label, text)));
        let phrases = lines.map(|(label, text)| Line { label, text, number: 0 }).collect();
        Ok(Group { heading, line: 0, phrases })
    }

    /// The text of the phrases file with these groups, or why they are none of this rubric.
    pub(super) fn text(groups: &[Self], rubric: &Rubric) -> Result<String, String> {
        let mut hands: Vec<Hand<'_>> = vec![Hand::default()];
        for shape in groups {
            let at = hands.iter().position(|hand| hand.name == shape.hand).unwrap_or_else(|| {
                hands.push(Hand { name: &shape.hand, groups: Vec::new() });
                hands.len() - 1
            });
            hands[at].groups.push(shape.group()?);
        }
        let count = |file: &PhrasesFile<'_>| -> usize {
            file.hands.iter().flat_map(|hand| &hand.groups).map(|group| group.phrases.len()).sum()
        };
        let file = PhrasesFile { hands };
        let text = canonical_phrases(&file);
        let (read, mut faults) = phrases::parse("phrases", &text);
        faults.extend(read.resolve("phrases", rubric, phrases::owned).1);
        match faults.iter().find(|fault| fault.is_fatal()) {
            Some(fault) => Err(fault.message.clone()),
            // A phrase with a line end in it would read back as something else.
            None if count(&read) != count(&file) => Err("a phrase stands there twice, or holds a line end".to_owned()),
            None => Ok(text),
        }
    }
}
