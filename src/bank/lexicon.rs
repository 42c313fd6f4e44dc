//! The lexicon's TOML file: words that mean the same, words that point in opposite directions, and words that
//! are spelt right as they stand.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;
use super::tables::{Tables, Text};
use crate::domain::lexicon::{Group, Lexicon, Opposite};

/// A form may stand in this many groups: more, and it says nothing any longer.
const MOST_GROUPS: usize = 2;

/// Reads a lexicon. There is one exactly if none of the faults is fatal.
#[must_use]
pub fn parse(file: &str, text: &str) -> (Option<Lexicon>, Vec<Fault>) {
    let (root, mut tables) = Tables::parse(file, text);
    tables.keys(&root, "the lexicon", &["schema", "groups", "opposite", "spelling"]);
    tables.schema(&root);
    let groups = groups(&mut tables, &root);
    let opposites = opposites(&mut tables, &root);
    let known = known(&mut tables, &root);
    let lexicon = Lexicon { groups, opposites, known };
    (Some(lexicon).filter(|_| !tables.is_fatal()), tables.finish())
}

fn groups(tables: &mut Tables<'_>, root: &DeTable<'_>) -> Vec<Group> {
    let Some(table) = tables.table(root, "groups") else { return Vec::new() };
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut groups = Vec::new();
    let mut memberships: HashMap<String, usize> = HashMap::new();
    for (name, value) in entries {
        group_name(tables, name);
        let mut forms: Vec<String> = Vec::new();
        for form in forms_of(tables, table, name.get_ref(), value) {
            if forms.contains(&form.value) {
                tables.warn(form.span.start, format!("`{}` stands in this group already", form.value));
                continue;
            }
            let count = memberships.entry(form.value.clone()).or_default();
            *count += 1;
            if *count > MOST_GROUPS {
                let message = format!("`{}` stands in {count} groups: expected {MOST_GROUPS} at most", form.value);
                tables.warn(form.span.start, message);
            }
            forms.push(form.value);
        }
        groups.push(Group { name: name.get_ref().to_string(), forms });
    }
    groups
}

fn group_name(tables: &mut Tables<'_>, name: &Spanned<std::borrow::Cow<'_, str>>) {
    let is_name =
        name.get_ref().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if name.get_ref().is_empty() || !is_name {
        let message =
            format!("`{}` is no group's name: expected lower-case letters, digits, `-` or `_`", name.get_ref());
        tables.fault(name.span().start, message);
    }
}

/// The forms under a key, checked: there is one, and each is lower case with single spaces.
fn forms_of(tables: &mut Tables<'_>, table: &DeTable<'_>, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Text> {
    let mut forms = tables.texts(table, key);
    if value.get_ref().as_array().is_some_and(|array| array.is_empty()) {
        tables.fault(value.span().start, format!("`{key}` is empty: expected at least one form"));
    }
    forms.retain(|form| {
        let plain = form.value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if form.value.is_empty() || plain != form.value {
            let message = format!("the form `{}` is not plain: expected lower case and single spaces", form.value);
            tables.fault(form.span.start, message);
        }
        !form.value.is_empty()
    });
    forms
}

fn opposites(tables: &mut Tables<'_>, root: &DeTable<'_>) -> Vec<Opposite> {
    let mut opposites = Vec::new();
    for (table, start) in tables.tables(root, "opposite") {
        tables.keys(table, "an opposite", &["a", "b"]);
        let mut side = |key: &str| {
            if let Some(value) = table.get(key) {
                return forms_of(tables, table, key, value);
            }
            tables.missing(start, format!("`{key}` is missing: expected the words of both directions, `a` and `b`"));
            Vec::new()
        };
        let (a, b) = (side("a"), side("b"));
        for form in &b {
            if a.iter().any(|other| other.value == form.value) {
                tables.fault(form.span.start, format!("`{}` points in both directions: expected one", form.value));
            }
        }
        let words = |side: Vec<Text>| side.into_iter().map(|form| form.value).collect();
        opposites.push(Opposite { a: words(a), b: words(b) });
    }
    opposites
}

fn known(tables: &mut Tables<'_>, root: &DeTable<'_>) -> Vec<String> {
    let Some(table) = tables.table(root, "spelling") else { return Vec::new() };
    tables.keys(table, "the spelling", &["known"]);
    let Some(text) = tables.text(table, "known") else { return Vec::new() };
    if text.value.chars().any(char::is_uppercase) {
        tables.fault(text.span.start, "`known` has capital letters: expected lower case");
    }
    text.value.split_whitespace().map(str::to_owned).collect()
}
