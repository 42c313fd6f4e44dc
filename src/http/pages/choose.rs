//! `/`: the questions by section, with a search.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::markdown::{Markup, lead_and_rest};
use super::{Frame, page};
use crate::bank::{Bank, Fault, Item};
use crate::http::extract::Query;
use crate::http::state::{App, Shared};
use crate::index::SearchHit;

/// How many questions a search shows.
const MAX_FOUND: usize = 20;

/// What is looked for. Other parameters are let be: links from elsewhere carry all sorts.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: Option<String>,
}

/// The questions of one section.
struct Section<'a> {
    anchor: String,
    title: String,
    /// The bank's title, where there are several.
    bank: Option<&'a str>,
    questions: Vec<Row<'a>>,
}

/// A question in the list.
struct Row<'a> {
    bank: &'a str,
    id: &'a str,
    prompt: Markup,
}

impl<'a> Row<'a> {
    fn new(bank: &'a Bank, item: &'a Item) -> Self {
        let (prompt, _) = lead_and_rest(&item.question.prompt);
        Self { bank: bank.name.as_str(), id: item.question.id.as_str(), prompt }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "choose.html", config = "src/http/pages/askama.toml")]
struct ChoosePage<'a> {
    frame: Frame,
    q: &'a str,
    total: usize,
    sections: Vec<Section<'a>>,
    /// What is wrong with the banks' files; to candidates it is nothing.
    faults: &'a [Fault],
}

/// Shows the questions, or those that a search finds.
pub(super) async fn choose(State(app): State<App>, wanted: Result<Query<Wanted>, crate::http::Fault>) -> Response {
    let q = wanted.ok().and_then(|Query(wanted)| wanted.q).unwrap_or_default();
    let q = q.trim();
    let sections = if q.is_empty() { by_section(&app) } else { found(&app, q) };
    let total = sections.iter().map(|section| section.questions.len()).sum();
    let faults: &[Fault] = if app.config.reviewing() { &app.faults } else { &[] };
    page(StatusCode::OK, &ChoosePage { frame: Frame::new("questions"), q, total, sections, faults })
}

fn by_section(app: &Shared) -> Vec<Section<'_>> {
    let banks = app.grader.banks();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for bank in banks {
        let of_bank = sections.len();
        for item in &bank.items {
            let slug = &item.question.section;
            let title = title(slug);
            let known = sections[of_bank..].iter().position(|section| section.title == title);
            let at = known.map_or(sections.len(), |at| of_bank + at);
            if known.is_none() {
                let name = (banks.len() > 1).then_some(bank.title.as_str());
                let anchor = anchor(name.map(|_| bank.name.as_str()), slug);
                sections.push(Section { anchor, title, bank: name, questions: Vec::new() });
            }
            sections[at].questions.push(Row::new(bank, item));
        }
    }
    sections
}

/// What the search index finds; until it is built, what holds the words.
fn found<'a>(app: &'a Shared, q: &str) -> Vec<Section<'a>> {
    let banks = app.grader.banks();
    let questions: Vec<Row<'a>> = if let Some(index) = app.search() {
        let row =
            |hit: &SearchHit| banks.get(hit.bank).and_then(|bank| Some(Row::new(bank, bank.items.get(hit.item)?)));
        index.search(q, MAX_FOUND).iter().filter_map(row).collect()
    } else {
        let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
        let holds = |item: &Item| {
            let prompt = item.question.prompt.to_lowercase();
            words.iter().all(|word| prompt.contains(word))
        };
        let all = banks.iter().flat_map(|bank| bank.items.iter().map(move |item| (bank, item)));
        all.filter(|(_, item)| holds(item)).map(|(bank, item)| Row::new(bank, item)).take(MAX_FOUND).collect()
    };
    if questions.is_empty() {
        return Vec::new();
    }
    vec![Section { anchor: "found".to_owned(), title: "Nearest questions".to_owned(), bank: None, questions }]
}

fn anchor(bank: Option<&str>, section: &str) -> String {
    bank.map_or_else(|| section.to_owned(), |bank| format!("{bank}-{section}"))
}

/// A section's slug as a heading.
fn title(slug: &str) -> String {
    let mut letters = slug.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_sections_as_headings() {
        assert_eq!(title("junior"), "Junior");
        assert_eq!(title(""), "");
    }
}
