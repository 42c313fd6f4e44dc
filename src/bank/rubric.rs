//! The rubric of one question: its TOML file.
//!
//! The file is walked by hand, so every fault is reported with its place. To add a key: name it in the list
//! of its table here, read it in that table's function, and write it in [`super::canon`].

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, nearest, one_of};
use super::tables::{Tables, Text, offset_in_string};
use crate::domain::id::ConceptId;
use crate::domain::matcher::Pattern;
use crate::domain::rubric::{Concept, Example, Full, Mark, Misconception, Rubric, Status};

/// The keys of a rubric, in the canonical order.
pub(super) const ROOT: [&str; 6] = ["schema", "status", "full", "concept", "misconception", "example"];
/// The keys of a concept, in the canonical order.
pub(super) const CONCEPT: [&str; 9] =
    ["id", "claim", "weight", "bonus", "hint", "note", "turns-on", "patterns", "opposites"];
/// The keys of a misconception, in the canonical order.
pub(super) const MISCONCEPTION: [&str; 4] = ["id", "claim", "note", "patterns"];
/// The keys of an example, in the canonical order.
pub(super) const EXAMPLE: [&str; 5] = ["answer", "hit", "missed", "contradicted", "misconceptions"];

/// What a concept weighs that does not say.
pub const DEFAULT_WEIGHT: u32 = 2;

/// A line and a column, both from 1.
pub type Place = (usize, usize);

/// Where a claim and its patterns stand in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimPlace {
    /// Where its table begins.
    pub table: Place,
    /// Where each of its patterns begins.
    pub patterns: Vec<Place>,
    /// Where each pattern of its reverse begins.
    pub opposites: Vec<Place>,
}

/// Where the parts of a rubric stand in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// A place for each concept.
    pub concepts: Vec<ClaimPlace>,
    /// A place for each misconception.
    pub misconceptions: Vec<ClaimPlace>,
}

/// A rubric with the places of its parts, for messages about it.
#[derive(Debug, Clone)]
pub struct RubricFile {
    /// The rubric, still without phrases.
    pub rubric: Rubric,
    /// Where its parts stand.
    pub places: Places,
}

/// Reads a rubric. There is one exactly if none of the faults is fatal.
#[must_use]
pub fn parse(file: &str, text: &str) -> (Option<RubricFile>, Vec<Fault>) {
    let (root, tables) = Tables::parse(file, text);
    let mut reader = Reader { tables, ids: Vec::new() };
    let read = reader.rubric(&root);
    let complete = !reader.tables.is_fatal();
    (read.filter(|_| complete), reader.tables.finish())
}

/// The ids that the file has defined so far, with the line of each.
struct Reader<'t> {
    tables: Tables<'t>,
    ids: Vec<(ConceptId, usize, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Concept,
    Misconception,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Concept => "concept",
            Self::Misconception => "misconception",
        }
    }
}

impl Reader<'_> {
    fn rubric(&mut self, root: &DeTable<'_>) -> Option<RubricFile> {
        self.tables.keys(root, "a rubric", &ROOT);
        self.tables.schema(root);
        let status = self.status(root);
        let tables = self.tables.tables(root, "concept");
        let count = tables.len();
        let (concepts, concept_places): (Vec<_>, Vec<_>) =
            tables.into_iter().filter_map(|(table, start)| self.concept(table, start)).unzip();
        let core = concepts.iter().filter(|concept| !concept.bonus).count();
        // With a concept that could not be read, nobody knows how many there are.
        let full = self.full(root, Some(core).filter(|_| concepts.len() == count));
        let (misconceptions, misconception_places): (Vec<_>, Vec<_>) = self
            .tables
            .tables(root, "misconception")
            .into_iter()
            .filter_map(|(table, start)| self.misconception(table, start))
            .unzip();
        let examples = self
            .tables
            .tables(root, "example")
            .into_iter()
            .filter_map(|(table, start)| self.example(table, start))
            .collect();
        let rubric = Rubric { status: status?, full: full?, concepts, misconceptions, examples, phrases: Vec::new() };
        let places = Places { concepts: concept_places, misconceptions: misconception_places };
        Some(RubricFile { rubric, places })
    }

    fn status(&mut self, root: &DeTable<'_>) -> Option<Status> {
        if !root.contains_key("status") {
            return Some(Status::Ready);
        }
        let text = self.tables.text(root, "status")?;
        match text.value.as_str() {
            "ready" => Some(Status::Ready),
            "draft" => Some(Status::Draft),
            other => {
                self.tables
                    .fault(text.span.start, format!("`status` is `{other}`: expected {}", one_of(&["ready", "draft"])));
                None
            }
        }
    }

    /// How much is full marks; `core` is the number of concepts that are no bonus, if it is known.
    fn full(&mut self, root: &DeTable<'_>, core: Option<usize>) -> Option<Full> {
        if core == Some(0) {
            let what = if root.contains_key("concept") { "concept that is no bonus" } else { "concept" };
            self.tables
                .missing(0, format!("there is no {what}: expected at least one `[[concept]]` to reach full marks"));
        }
        let Some(value) = root.get("full") else { return Some(Full::All) };
        let start = value.span().start;
        match value.get_ref() {
            DeValue::String(text) if text == "all" => Some(Full::All),
            DeValue::Table(table) => self.any(table, start, core),
            _ => {
                self.tables.fault(start, "`full` is neither: expected `\"all\"` or `{ any = N }`");
                None
            }
        }
    }

    fn any(&mut self, table: &DeTable<'_>, start: usize, core: Option<usize>) -> Option<Full> {
        self.tables.keys(table, "`full`", &["any"]);
        if !table.contains_key("any") {
            self.tables.missing(start, "`any` is missing: expected `{ any = N }`");
        }
        let n = self.tables.integer(table, "any", 1..1001)? as usize;
        if let Some(core) = core.filter(|core| (1..n).contains(core)) {
            let message =
                format!("`any` is {n}, but the core has {core} (concepts that are no bonus): expected {core} at most");
            self.tables.fault(start, message);
        }
        Some(Full::Any(n))
    }

    fn concept(&mut self, table: &DeTable<'_>, start: usize) -> Option<(Concept, ClaimPlace)> {
        self.tables.keys(table, "a concept", &CONCEPT);
        let id = self.id(table, start, Kind::Concept);
        let claim = self.claim(table, start);
        let weight = self.tables.integer(table, "weight", 1..11).unwrap_or(DEFAULT_WEIGHT);
        let bonus = self.tables.boolean(table, "bonus").unwrap_or(false);
        let hint = self.tables.filled_text(table, "hint").map(|text| text.value);
        let note = self.tables.filled_text(table, "note").map(|text| text.value);
        let (patterns, places) = self.patterns(table, "patterns");
        let (opposites, reversed) = self.patterns(table, "opposites");
        let place = ClaimPlace { table: self.tables.place(start), patterns: places, opposites: reversed };
        let turns_on = self.marks(table);
        Some((Concept { id: id?, claim: claim?, weight, bonus, hint, note, turns_on, patterns, opposites }, place))
    }

    fn marks(&mut self, table: &DeTable<'_>) -> Vec<Mark> {
        let mut marks = Vec::new();
        for text in self.tables.texts(table, "turns-on") {
            match Mark::parse(&text.value) {
                Some(mark) => marks.push(mark),
                None => self.tables.fault(
                    text.span.start,
                    format!("`{}` is no mark of a claim: expected one number or one identifier", text.value),
                ),
            }
        }
        marks
    }

    fn misconception(&mut self, table: &DeTable<'_>, start: usize) -> Option<(Misconception, ClaimPlace)> {
        self.tables.keys(table, "a misconception", &MISCONCEPTION);
        let id = self.id(table, start, Kind::Misconception);
        let claim = self.claim(table, start);
        let note = self.tables.filled_text(table, "note").map(|text| text.value);
        let (patterns, places) = self.patterns(table, "patterns");
        let place = ClaimPlace { table: self.tables.place(start), patterns: places, opposites: Vec::new() };
        Some((Misconception { id: id?, claim: claim?, note, patterns }, place))
    }

    fn id(&mut self, table: &DeTable<'_>, start: usize, kind: Kind) -> Option<ConceptId> {
        if !table.contains_key("id") {
            self.tables.missing(start, format!("`id` is missing: expected one in every {}", kind.name()));
        }
        let text = self.tables.text(table, "id")?;
        let id = match ConceptId::new(&text.value) {
            Ok(id) => id,
            Err(error) => {
                self.tables.fault(text.span.start, error.to_string());
                return None;
            }
        };
        if let Some((_, line, other)) = self.ids.iter().find(|(known, ..)| *known == id) {
            let message = format!("the id `{id}` is taken by the {} in line {line}: expected another", other.name());
            self.tables.fault(text.span.start, message);
        } else {
            let line = self.tables.place(text.span.start).0;
            self.ids.push((id.clone(), line, kind));
        }
        Some(id)
    }

    fn claim(&mut self, table: &DeTable<'_>, start: usize) -> Option<String> {
        if !table.contains_key("claim") {
            self.tables.missing(start, "`claim` is missing: expected a sentence that a good answer would state");
        }
        self.tables.filled_text(table, "claim").map(|text| text.value)
    }

    fn patterns(&mut self, table: &DeTable<'_>, key: &str) -> (Vec<Pattern>, Vec<Place>) {
        let (mut patterns, mut places) = (Vec::new(), Vec::new());
        for Text { value, span } in self.tables.texts(table, key) {
            match Pattern::parse(&value) {
                Ok(pattern) => {
                    places.push(self.tables.place(span.start));
                    patterns.push(pattern);
                }
                Err(error) => {
                    let within = offset_in_string(self.tables.source(&span), error.column.saturating_sub(1));
                    self.tables.fault(span.start + within, format!("the pattern is wrong: {error}"));
                }
            }
        }
        (patterns, places)
    }

    fn example(&mut self, table: &DeTable<'_>, start: usize) -> Option<Example> {
        self.tables.keys(table, "an example", &EXAMPLE);
        if !table.contains_key("answer") {
            self.tables.missing(start, "`answer` is missing: expected the text that is graded");
        }
        let answer = self.tables.text(table, "answer").map(|text| text.value);
        let hit = self.expected_ids(table, "hit", Kind::Concept);
        let missed = self.expected_ids(table, "missed", Kind::Concept);
        let contradicted = self.expected_ids(table, "contradicted", Kind::Concept);
        let misconceptions = self.expected_ids(table, "misconceptions", Kind::Misconception);
        if [&hit, &missed, &contradicted, &misconceptions].iter().all(|ids| ids.is_empty()) {
            self.tables.warn(start, "this example expects nothing, so it tests nothing");
        }
        if let Some(id) = hit.iter().find(|id| missed.contains(id) || contradicted.contains(id)) {
            self.tables
                .fault(start, format!("`{id}` is expected to be credited and not to be: expected one of the two"));
        }
        let line = self.tables.place(start).0;
        Some(Example { answer: answer?, hit, missed, contradicted, misconceptions, line })
    }

    fn expected_ids(&mut self, table: &DeTable<'_>, key: &str, kind: Kind) -> Vec<ConceptId> {
        let mut ids = Vec::new();
        for Text { value, span } in self.tables.texts(table, key) {
            let known = self.ids.iter().filter(|(_, _, k)| *k == kind).map(|(id, ..)| id);
            if let Some(id) = known.clone().find(|id| id.as_str() == value) {
                ids.push(id.clone());
            } else {
                let hint = nearest(&value, known.map(ConceptId::as_str))
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                self.tables.fault(span.start, format!("there is no {} `{value}` in this rubric{hint}", kind.name()));
            }
        }
        ids
    }
}

/// What the bytes of a rubric's text are, as far as comments have to know.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Everything that a comment can stand before, as offset and path, in the file's order: paths such as
    /// `full`, `concept.2`, `concept.2.weight` and `concept.2.patterns.0`.
    pub(super) starts: Vec<(usize, String)>,
    /// The strings: a `#` within one opens no comment.
    pub(super) strings: Vec<Range<usize>>,
}

impl Anchors {
    /// Finds them in a text without faults.
    pub(super) fn of(text: &str) -> Self {
        let root = DeTable::parse_recoverable(text).0.into_inner();
        let mut anchors = Self::default();
        anchors.table(&root, "");
        anchors.starts.sort();
        anchors
    }

    fn table(&mut self, table: &DeTable<'_>, path: &str) {
        for (key, value) in table {
            let path = format!("{path}{}", key.get_ref());
            // `[[concept]]` has a place for each table and none for all of them.
            if !matches!(value.get_ref(), DeValue::Array(items) if items.iter().any(|i| i.get_ref().is_table())) {
                self.starts.push((key.span().start, path.clone()));
            }
            self.value(value, &path);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &str) {
        match value.get_ref() {
            DeValue::String(_) => self.strings.push(value.span()),
            DeValue::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let path = format!("{path}.{i}");
                    self.starts.push((item.span().start, path.clone()));
                    match item.get_ref() {
                        DeValue::Table(table) => self.table(table, &format!("{path}.")),
                        _ => self.value(item, &path),
                    }
                }
            }
            _ => {}
        }
    }
}
