//! The file of a question's weights: its head, its letters, and what is summed up beforehand.

use super::feature::{End, PIECE, hash, pieces};
use super::sums::add;
use super::{Feature, LANES, Part, Which, Wording};

/// The value of a level of a window's weights.
pub const STEP: f64 = 0.04;

/// The same of an answer's weights, which has more words to tell by.
pub const ANSWER_STEP: f64 = 0.02;

/// The highest level: there are as many letters.
pub(super) const HIGHEST: i8 = 26;

/// The first words of the two lines that a file begins with.
pub const CLAIMS: &str = "claims";
/// The other one.
pub const BASE: &str = "base";
/// The line that a second table stands below, of every word and its neighbour ([`Which::Neighbours`]). No feature's line is one word.
pub const EVERY: &str = "every";

/// Why a text holds no weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct WordingError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

/// How a weight is written, in levels of `step`: a full stop where it is nothing, a capital for one, a small letter against.
#[must_use]
pub fn letter(weight: f64, step: f64) -> char {
    let level = (weight / step).round().clamp(f64::from(-HIGHEST), f64::from(HIGHEST)) as i8;
    match level {
        0 => '.',
        1.. => char::from(b'A' + level.unsigned_abs() - 1),
        _ => char::from(b'a' + level.unsigned_abs() - 1),
    }
}

/// The level that a letter stands for; nothing for one that stands for none.
#[must_use]
pub const fn level(letter: u8) -> Option<i8> {
    match letter {
        b'.' => Some(0),
        b'A'..=b'Z' => Some((letter - b'A').cast_signed() + 1),
        b'a'..=b'z' => Some(-(letter - b'a').cast_signed() - 1),
        _ => None,
    }
}

impl Part {
    /// The part and the claim that a column's name stands for.
    fn of(column: &str) -> (Self, &str) {
        let marked = |part: Self| column.strip_prefix(part.mark()).map(|claim| (part, claim));
        [Self::Answer, Self::Reverse, Self::Full, Self::Beside]
            .into_iter()
            .find_map(marked)
            .unwrap_or((Self::Window, column))
    }
}

impl Wording {
    /// Reads a file: comments, `claims` with the names of its columns ([`Part::mark`] and a claim, or none of [`Part::Beside`]), `base` with a number for
    /// each, then a line for each feature with a letter for each column; and below [`EVERY`] the same once more, without columns of
    /// windows. `claims` are the question's, in order.
    pub fn parse(text: &str, claims: &[String]) -> Result<Self, WordingError> {
        let Some((telling, every)) = text.split_once(&format!("\n{EVERY}\n")) else {
            return Self::parse_as(Which::Telling, text, claims);
        };
        let before = telling.matches('\n').count() + 2;
        let below = |fault: WordingError| WordingError { line: fault.line + before, ..fault };
        let every = Self::parse_as(Which::Neighbours, every, claims).map_err(below)?;
        Ok(Self { every: Some(Box::new(every)), ..Self::parse_as(Which::Telling, telling, claims)? })
    }

    /// Reads one table.
    pub(super) fn parse_as(which: Which, text: &str, claims: &[String]) -> Result<Self, WordingError> {
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
        let mut head = |name: &str| {
            let (line, text) = lines.next().unwrap_or((1, ""));
            let rest = text.strip_prefix(name).filter(|rest| rest.starts_with(' '));
            let message = || format!("expected a line that begins with `{name}`, found `{text}`");
            rest.map(|rest| (line, rest)).ok_or_else(|| WordingError { line, message: message() })
        };
        let (line, names) = head(CLAIMS)?;
        let mut wording = Self::of_claims(claims.len(), which);
        let place = |name: &str| {
            let (part, claim) = Part::of(name);
            let claim = match part {
                Part::Beside if claim.is_empty() => Ok(0),
                Part::Window if which == Which::Neighbours => {
                    Err(format!("there is no column for windows below `{EVERY}`"))
                }
                _ => place(claims, claim),
            };
            claim.map(|claim| wording.column(part, claim)).map_err(|message| WordingError { line, message })
        };
        let columns = names.split_whitespace().map(place).collect::<Result<Vec<usize>, _>>()?;
        let (line, values) = head(BASE)?;
        let values: Vec<f32> = values.split_whitespace().filter_map(|value| value.parse().ok()).collect();
        if values.len() != columns.len() || values.iter().any(|value| !value.is_finite()) {
            return Err(WordingError { line, message: format!("expected {} numbers", columns.len()) });
        }
        for (column, value) in columns.iter().zip(values) {
            wording.base[*column] = Some(value);
        }
        let mut words = Vec::new();
        for (line, text) in lines {
            words.extend(wording.take(text, &columns, claims).map_err(|message| WordingError { line, message })?);
        }
        wording.sum(&words);
        wording.levels.shrink_to_fit();
        wording.sums.shrink_to_fit();
        Ok(wording)
    }

    /// Sums up each of these words with its pieces.
    fn sum(&mut self, words: &[&str]) {
        for word in words {
            let key = hash(word.as_bytes());
            let begin = self.sums.len();
            self.words.insert(key, begin as u32);
            self.sums.resize(begin + self.lanes, [0_i16; LANES]);
            for key in std::iter::once(key).chain(pieces(word, self.which).map(|piece| piece.key())) {
                if let Some(&row) = self.rows.get(&key) {
                    add(&mut self.sums[begin..], &self.levels[row as usize..]);
                }
            }
        }
    }

    /// Takes in the line of a feature; a word is given back.
    fn take<'t>(&mut self, line: &'t str, columns: &[usize], claims: &[String]) -> Result<Option<&'t str>, String> {
        let (feature, letters) = line.rsplit_once(' ').ok_or("expected a feature, a space and letters")?;
        let levels = letters.bytes().filter_map(level);
        if levels.clone().count() != columns.len() || letters.len() != columns.len() {
            return Err(format!("expected {} letters or full stops, found `{letters}`", columns.len()));
        }
        let begin = self.levels.len() as u32;
        let word = match feature_of(feature)? {
            Feature::Pattern(part, claim) => {
                self.patterns[place(claims, claim)?][usize::from(part == Part::Reverse)] = Some(begin);
                None
            }
            read => {
                self.rows.insert(read.key(), begin);
                if let Feature::Word(word) = read { Some(word) } else { None }
            }
        };
        self.levels.resize(begin as usize + self.lanes, [0; LANES]);
        let row = self.levels[begin as usize..].as_flattened_mut();
        columns.iter().zip(levels).for_each(|(column, level)| row[*column] = level);
        Ok(word)
    }
}

fn place(claims: &[String], name: &str) -> Result<usize, String> {
    let unknown = || format!("there is no claim `{name}` in the rubric");
    claims.iter().position(|known| known == name).ok_or_else(unknown)
}

fn feature_of(text: &str) -> Result<Feature<'_>, String> {
    if let Some(piece) = text.strip_prefix('~') {
        let long = |_| format!("expected {PIECE} letters after `~`, found `{text}`");
        return piece.as_bytes().try_into().map(Feature::Piece).map_err(long);
    }
    if let Some(claim) = text.strip_prefix('=') {
        let (part, claim) = Part::of(claim);
        return match part {
            Part::Window | Part::Full | Part::Beside => Err(format!("expected `+` or `-` after `=`, found `{text}`")),
            Part::Answer | Part::Reverse => Ok(Feature::Pattern(part, claim)),
        };
    }
    for end in End::ALL {
        if let Some(text) = text.strip_prefix(end.mark()) {
            return Ok(text
                .split_once(' ')
                .map_or(Feature::At(end, None, text), |(before, word)| Feature::At(end, Some(before), word)));
        }
    }
    Ok(text.split_once(' ').map_or(Feature::Word(text), |(first, second)| Feature::Pair(first, second)))
}
