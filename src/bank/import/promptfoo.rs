//! promptfoo's tests, in YAML or JSON: what each test asserts in words becomes the rubric of its question.
//!
//! `llm-rubric` and its like are concepts, `not-…` misconceptions, words that an output must contain patterns, and
//! references ideal answers. What needs promptfoo to run (scripts, files, costs) is left out, each with its line. To
//! know another assertion: its name in [`Meaning::of`].

use std::collections::BTreeSet;

use super::node::{self, Node, Value};
use super::{Collector, Raw};
use crate::bank::draft::{self, list_item};
use crate::bank::exchange::Given;
use crate::domain::id::{ConceptId, QuestionId};
use crate::domain::matcher::Pattern;
use crate::domain::rubric::{Concept, Full, Misconception, Rubric, Status};

/// The variables that hold a question or an ideal answer, in the order in which they are looked for.
const ASKED: [&str; 7] = ["question", "prompt", "query", "input", "message", "task", "topic"];
const IDEAL: [&str; 8] = [
    "ideal",
    "ideal_answer",
    "reference",
    "reference_answer",
    "expected",
    "expected_answer",
    "expected_output",
    "answer",
];
/// What opens a criterion without being part of what an answer has to say.
const SUBJECTS: [&str; 6] = ["the answer ", "the response ", "the output ", "answer ", "response ", "output "];
const MODALS: [&str; 4] = ["should ", "must ", "needs to ", "has to "];
const VERBS: &[&str] = &[
    "mentions ",
    "mention ",
    "states ",
    "state ",
    "explains ",
    "explain ",
    "says ",
    "say ",
    "notes ",
    "note ",
    "describes ",
    "describe ",
    "identifies ",
    "identify ",
    "includes ",
    "include ",
    "covers ",
    "cover ",
    "points out ",
    "point out ",
    "names ",
    "name ",
    "claims ",
    "claim ",
];

/// Reads the tests.
pub(super) fn read(text: &str, collector: &mut Collector<'_>) {
    let root = match node::parse(text) {
        Ok(root) => root,
        Err(((line, column), message)) => {
            collector.report.fault_at(line, column, message);
            return;
        }
    };
    if let Some(title) = root.get("description").and_then(Node::text) {
        title.clone_into(&mut collector.title);
    }
    let tests = match (&root.value, root.get("tests")) {
        (Value::List(tests), _) => tests.as_slice(),
        (_, Some(tests)) => tests.list(),
        _ if root.get("assert").is_some() => std::slice::from_ref(&root),
        _ => {
            collector.report.fault_at(root.line, 1, "there are no tests here: expected a list `tests`");
            return;
        }
    };
    let templates: Vec<&str> =
        root.get("prompts").map(Node::list).unwrap_or_default().iter().filter_map(Node::text).collect();
    let shared = root.get("defaultTest");
    let mut told = BTreeSet::new();
    for test in tests {
        if let Some(file) = test.text() {
            let message = format!("the tests of `{file}` are left out: import that file by itself");
            collector.report.warn_at(test.line, 1, message);
        } else {
            Test { node: test, shared, templates: &templates }.add(&mut told, collector);
        }
    }
}

/// One test, and what it shares with others.
struct Test<'n> {
    node: &'n Node,
    shared: Option<&'n Node>,
    templates: &'n [&'n str],
}

/// What an assertion is to us.
enum Meaning {
    Concept,
    Misconception,
    /// Words that must occur: all of them, or any.
    Words {
        any: bool,
    },
    Ideal,
    Nothing,
}

impl Meaning {
    fn of(kind: &str) -> Self {
        match kind {
            "llm-rubric" | "model-graded-closedqa" | "g-eval" | "search-rubric" | "agent-rubric" | "pi" => {
                Self::Concept
            }
            "not-llm-rubric" | "not-model-graded-closedqa" | "not-g-eval" | "not-contains" | "not-icontains" => {
                Self::Misconception
            }
            "contains" | "icontains" | "contains-all" | "icontains-all" => Self::Words { any: false },
            "contains-any" | "icontains-any" => Self::Words { any: true },
            "factuality" | "model-graded-factuality" | "similar" | "equals" | "answer-relevance" => Self::Ideal,
            _ => Self::Nothing,
        }
    }
}

/// What a test's assertions add up to.
#[derive(Default)]
struct Built {
    concepts: Vec<Concept>,
    misconceptions: Vec<Misconception>,
    ideals: Vec<String>,
    ids: BTreeSet<String>,
}

impl Test<'_> {
    fn vars(&self) -> impl Iterator<Item = &(String, Node)> {
        let own = self.node.get("vars").map(Node::entries).unwrap_or_default();
        let shared = self.shared.and_then(|shared| shared.get("vars")).map(Node::entries).unwrap_or_default();
        own.iter().chain(shared)
    }

    fn var(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.vars().find(|(known, _)| known == name)?.1.text())
    }

    /// The text with the variables' values for their names.
    fn filled(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, value) in self.vars() {
            if let Some(value) = value.text() {
                for mark in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
                    out = out.replace(&mark, value);
                }
            }
        }
        out
    }

    /// What is asked: a variable that says so, the only prompt, the only variable, or the description.
    fn prompt(&self) -> Option<String> {
        let template = || match self.templates {
            [only] if !only.starts_with("file://") => Some(self.filled(only)),
            _ => None,
        };
        let only_var = || {
            let own = self.node.get("vars").map(Node::entries).unwrap_or_default();
            if let [(_, only)] = own { only.text().map(str::to_owned) } else { None }
        };
        let asked = self.var(&ASKED).map(|text| self.filled(text)).or_else(template).or_else(only_var);
        asked.or_else(|| self.node.get("description")?.text().map(str::to_owned))
    }

    fn add(&self, told: &mut BTreeSet<usize>, collector: &mut Collector<'_>) {
        let line = self.node.line;
        let Some(prompt) = self.prompt() else {
            collector.report.fault_at(line, 1, "this test asks nothing: expected a variable `question`");
            return;
        };
        let mut built = Built::default();
        built.ideals.extend(self.var(&IDEAL).map(str::to_owned));
        let shared = self.shared.and_then(|shared| shared.get("assert"));
        for list in [self.node.get("assert"), shared].into_iter().flatten() {
            self.assertions(list, &mut built, told, collector);
        }
        if built.ideals.is_empty() && !built.concepts.is_empty() {
            let message = "there is no reference answer: the criteria together stand for the ideal answer";
            collector.report.warn_at(line, 1, message);
            let claims: Vec<String> = built.concepts.iter().map(|concept| format!("- {}", concept.claim)).collect();
            built.ideals.push(claims.join("\n"));
        }
        let id = self.node.get("metadata").and_then(|data| data.get("id")).or_else(|| self.node.get("id"));
        let id = id.and_then(Node::text).filter(|id| QuestionId::new(id).is_ok()).map(str::to_owned);
        let ideals = std::mem::take(&mut built.ideals);
        collector.add(Raw { line, id, prompt, ideals, given: built.rubric(), ..Raw::default() });
    }

    /// Takes a list of assertions. `told` holds the lines that were warned of: what tests share is read for each of them.
    fn assertions(&self, list: &Node, built: &mut Built, told: &mut BTreeSet<usize>, collector: &mut Collector<'_>) {
        for assertion in list.list() {
            if assertion.get("type").and_then(Node::text) == Some("assert-set") {
                if let Some(inner) = assertion.get("assert") {
                    self.assertions(inner, built, told, collector);
                }
                continue;
            }
            if let Err(message) = self.assertion(assertion, built)
                && told.insert(assertion.line)
            {
                collector.report.warn_at(assertion.line, 1, format!("{message}: it is left out"));
            }
        }
    }

    fn assertion(&self, assertion: &Node, built: &mut Built) -> Result<(), String> {
        let kind = assertion.get("type").and_then(Node::text).ok_or("an assertion without `type` says nothing")?;
        let values: Vec<String> = assertion
            .get("value")
            .map(Node::list)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::text)
            .map(|text| self.filled(text))
            .collect();
        let meaning = Meaning::of(kind);
        if matches!(meaning, Meaning::Nothing) {
            return Err(format!("the assertion `{kind}` says nothing of what an answer claims"));
        }
        if values.is_empty() {
            return Err(format!("the assertion `{kind}` has no text as its `value`"));
        }
        if let Some(file) = values.iter().find(|value| value.starts_with("file://")) {
            return Err(format!("`{file}` is a file of promptfoo's"));
        }
        let weight = weight(assertion)?;
        match meaning {
            Meaning::Concept => {
                for claim in values.iter().flat_map(|value| criteria(value)) {
                    built.concept(&claim, weight, &[]);
                }
            }
            Meaning::Misconception => {
                for claim in values.iter().flat_map(|value| criteria(value)) {
                    built.misconception(&claim);
                }
            }
            Meaning::Words { any: true } => {
                let step = values.iter().filter_map(|words| step(words)).collect::<Vec<_>>().join("|");
                built.concept(&format!("It names {}", values.join(" or ")), weight, &[step]);
            }
            Meaning::Words { any: false } => {
                for words in &values {
                    built.concept(&format!("It names {words}"), weight, step(words).as_slice());
                }
            }
            Meaning::Ideal => built.ideals.extend(values),
            Meaning::Nothing => {}
        }
        Ok(())
    }
}

/// promptfoo's weight is 1 by default, ours 2; a weight of 0 is a measurement alone.
fn weight(assertion: &Node) -> Result<u32, String> {
    let Some(text) = assertion.get("weight").and_then(Node::text) else { return Ok(2) };
    let weight = text.parse::<f64>().ok().filter(|weight| *weight >= 0.0);
    match weight.ok_or_else(|| format!("`{text}` is no weight"))? {
        0.0 => Err("an assertion of weight 0 counts for nothing".to_owned()),
        // Twice the weight, within a rubric's 1 to 10.
        weight => Ok((1..=9).find(|known| f64::from(*known) + 0.5 > 2.0 * weight).unwrap_or(10)),
    }
}

/// The criteria of a text: its list items, else the whole of it; without words about the answer.
fn criteria(text: &str) -> Vec<String> {
    let items: Vec<&str> = text.lines().filter_map(list_item).collect();
    let whole = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    let texts = if items.is_empty() { vec![whole()] } else { items.into_iter().map(str::to_owned).collect() };
    texts.iter().map(|text| claim(text)).collect()
}

/// What an answer has to say, of a criterion such as "The answer should mention that …".
fn claim(criterion: &str) -> String {
    let strip = |text: &str, words: &[&str]| {
        let lower = text.to_ascii_lowercase();
        words.iter().find(|word| lower.starts_with(*word)).map(|word| text[word.len()..].to_owned())
    };
    let mut rest = criterion.to_owned();
    for words in [&SUBJECTS[..], &MODALS[..]] {
        rest = strip(&rest, words).unwrap_or(rest);
    }
    let said = strip(&rest, VERBS).map(|said| strip(&said, &["that "]).unwrap_or(said));
    let claim = said.unwrap_or_else(|| criterion.to_owned());
    capitalised(claim.trim().trim_end_matches('.'))
}

/// The text with a capital in front, where that is an ordinary word and no identifier.
fn capitalised(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let is_plain = word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, ',' | '-'));
    let first = text.chars().next().filter(|_| is_plain);
    first
        .map_or_else(|| text.to_owned(), |first| format!("{}{}", first.to_ascii_uppercase(), &text[first.len_utf8()..]))
}

/// Words that must stand side by side, as a pattern writes them.
fn step(words: &str) -> Option<String> {
    let plain: String = words.chars().map(|c| if "|\"{}\\=!>*".contains(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words[..] {
        [] => None,
        [word] => Some(word.to_owned()),
        _ => Some(format!("\"{}\"", words.join(" "))),
    }
}

impl Built {
    fn id(&mut self, claim: &str) -> ConceptId {
        let slug = draft::slug(claim);
        let numbered = (2..).map(|number| format!("{slug}-{number}"));
        let mut names = std::iter::once(slug.clone()).chain(numbered);
        let free = names.find(|name| !self.ids.contains(name)).unwrap_or_default();
        self.ids.insert(free.clone());
        ConceptId::new(&free).expect("a slug is letters, digits and hyphens")
    }

    fn concept(&mut self, claim: &str, weight: u32, patterns: &[String]) {
        let patterns = patterns.iter().filter_map(|source| Pattern::parse(source).ok()).collect();
        let (id, claim) = (self.id(claim), claim.to_owned());
        self.concepts.push(Concept {
            id,
            claim,
            weight,
            bonus: false,
            hint: None,
            note: None,
            turns_on: Vec::new(),
            patterns,
            opposites: Vec::new(),
        });
    }

    fn misconception(&mut self, claim: &str) {
        let (id, claim) = (self.id(claim), claim.to_owned());
        self.misconceptions.push(Misconception { id, claim, note: None, patterns: Vec::new() });
    }

    /// A draft, for nobody has looked at it as a rubric yet; nothing where no criterion was found.
    fn rubric(self) -> Option<Given> {
        let Self { concepts, misconceptions, .. } = self;
        let rubric = Rubric {
            status: Status::Draft,
            full: Full::All,
            concepts,
            misconceptions,
            examples: Vec::new(),
            phrases: Vec::new(),
        };
        Some(Given { rubric, phrases: String::new() }).filter(|given| !given.rubric.concepts.is_empty())
    }
}
