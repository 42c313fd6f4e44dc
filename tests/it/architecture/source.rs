//! What a source file names: its paths, with comments, strings and characters out of the way.
//!
//! No parser: words, braces and `::` are enough for paths, for the modules that a line stands in, and for attributes.

use std::mem::take;

/// A path such as `crate::domain::id`, groups spread out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UsedPath {
    /// Its words; `*` for all of a module.
    pub(super) parts: Vec<String>,
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// How many modules deep it stands, the file's own counted.
    depth: usize,
}

impl UsedPath {
    /// What it names directly below `root`, if it begins there.
    pub(super) fn names(&self, root: &str) -> Option<&str> {
        let mut parts = self.parts.iter().map(String::as_str);
        (parts.next()? == root).then(|| parts.next()).flatten()
    }

    /// Whether its `super`s go up to the root or beyond.
    pub(super) fn leaves_its_layer(&self) -> bool {
        let parts = self.parts.iter().skip_while(|part| *part == "self");
        let ups = parts.take_while(|part| *part == "super").count();
        ups > 0 && ups >= self.depth
    }
}

/// A file as the rules see it.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) path: String,
    /// The modules it is: `["domain", "text"]` for `src/domain/text/mod.rs`; none for the crate's roots.
    pub(super) modules: Vec<String>,
    pub(super) paths: Vec<UsedPath>,
    /// Lines that call `unwrap` outside tests.
    pub(super) unwraps: Vec<usize>,
    /// Lines that allow a lint.
    pub(super) allows: Vec<usize>,
}

impl Source {
    pub(super) fn read(path: &str, text: &str) -> Self {
        let modules = modules(path);
        let mut source = Self { path: path.to_owned(), ..Self::default() };
        let tokens = tokens(&code(text));
        let is = |at: usize, words: &[&str]| {
            words.iter().enumerate().all(|(i, word)| tokens.get(at + i).is_some_and(|token| token.text == *word))
        };
        let test_file = modules.last().is_some_and(|name| name == "tests");
        // What each open brace is: the body of a module, of a test.
        let mut braces: Vec<(bool, bool)> = Vec::new();
        let (mut opens_module, mut opens_test) = (false, false);
        for (at, token) in tokens.iter().enumerate() {
            match token.text.as_str() {
                "#" if is(at, &["#", "[", "cfg", "(", "test", ")", "]"]) => opens_test = true,
                "#" if is(at, &["#", "[", "allow", "("]) || is(at, &["#", "!", "[", "allow", "("]) => {
                    source.allows.push(token.line);
                }
                "mod" => opens_module = true,
                "{" => braces.push((take(&mut opens_module), take(&mut opens_test))),
                "}" => drop(braces.pop()),
                ";" => (opens_module, opens_test) = (false, false),
                "unwrap" if at > 0 && is(at - 1, &[".", "unwrap", "("]) => {
                    let tested = test_file || braces.iter().any(|brace| brace.1);
                    source.unwraps.extend((!tested).then_some(token.line));
                }
                _ => {}
            }
            let begins = at == 0 || !matches!(tokens[at - 1].text.as_str(), "::" | "." | "(") || is(at + 1, &["::"]);
            let inside = at > 0 && matches!(tokens[at - 1].text.as_str(), "::" | ".");
            if token.is_word() && begins && !inside {
                let depth = modules.len() + braces.iter().filter(|brace| brace.0).count();
                let mut found = Vec::new();
                spread(&tokens, at, &mut Vec::new(), &mut found);
                source.paths.extend(found.into_iter().map(|parts| UsedPath { parts, line: token.line, depth }));
            }
        }
        source.modules = modules;
        source
    }
}

fn modules(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    let mut modules: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if modules.last().is_some_and(|last| last == "mod") || inner == "lib" || inner == "main" {
        modules.pop();
    }
    modules
}

/// Collects the paths that begin at token `at`, and gives the token after them.
fn spread(tokens: &[Token], mut at: usize, parts: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let before = parts.len();
    let word = |at: usize| tokens.get(at).filter(|token| token.is_word() || token.text == "*");
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    let mut grouped = false;
    while let Some(token) = word(at) {
        parts.push(token.text.clone());
        at += 1;
        if !is(at, "::") {
            break;
        }
        at += 1;
        if is(at, "{") {
            grouped = true;
            at += 1;
            while at < tokens.len() && !is(at, "}") {
                // Whatever stands between two parts of a group (a comma, `as x`) is passed over.
                at = if word(at).is_some() { spread(tokens, at, parts, found) } else { at + 1 };
            }
            at += 1;
            break;
        }
    }
    if !grouped && parts.len() > before {
        found.push(parts.clone());
    }
    parts.truncate(before);
    at
}

#[derive(Debug)]
struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let length = match word {
                0 if rest.starts_with("::") => 2,
                0 => first.len_utf8(),
                word => word,
            };
            tokens.push(Token { text: rest[..length].to_owned(), line: number });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// The text with comments, strings and characters as blanks, line for line.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let within_word = previous.is_alphanumeric() || previous == '_';
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => quoted(rest, '"'),
            'r' | 'b' | 'c' if !within_word => literal(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            out.push(first);
            previous = first;
            rest = &rest[first.len_utf8()..];
        } else {
            out.push(' ');
            out.extend(rest[..length].chars().filter(|c| *c == '\n'));
            previous = ' ';
            rest = &rest[length..];
        }
    }
    out
}

/// The length of a block comment with those inside it.
fn comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of what stands between two of `mark`, where a backslash takes the next character as it is.
fn quoted(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of a string with a prefix (`r#"…"#`, `b"…"`, `c"…"`, `b'…'`), 0 if it is none.
fn literal(text: &str) -> usize {
    let prefix = text.find(|c| !matches!(c, 'r' | 'b' | 'c')).unwrap_or(text.len());
    let body = &text[prefix..];
    let is_raw = text[..prefix].contains('r');
    let hashes = if is_raw { body.len() - body.trim_start_matches('#').len() } else { 0 };
    match body[hashes..].chars().next() {
        Some('"') if is_raw => {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 1;
            body[start..].find(&end).map_or(text.len(), |at| prefix + start + at + end.len())
        }
        Some(mark @ ('"' | '\'')) if prefix == 1 => prefix + quoted(body, mark),
        _ => 0,
    }
}

/// The length of a character, 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text.chars().skip(1);
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(text, '\''),
        _ => 0,
    }
}
