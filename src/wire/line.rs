//! One line of a batch: from bytes to what is asked, or to what is wrong with it.
//!
//! The command line and HTTP read batches alike, so the rules stand here. No message repeats anything of the line
//! but the names of its fields: the rest may be an answer.

use serde_json::Value;

use super::{JudgeWish, LineError, OneOrMany, ProblemCode};

/// The largest answer that a line may hold, in bytes of UTF-8.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The largest line that is read, in bytes. An answer of 64 KiB in JSON's longest spelling fits several times.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// What a line asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A question of a bank.
    Question {
        /// The bank, where the line names one.
        bank: Option<String>,
        /// The question's id.
        id: String,
    },
    /// A question that no bank holds, with its ideal answers, at least one.
    Own {
        /// What is asked.
        prompt: String,
        /// The ideal answers.
        ideals: Vec<String>,
    },
}

impl Asked {
    /// What these fields ask about; else the field that is wrong or missing, and why.
    pub fn new(
        bank: Option<String>,
        question: Option<String>,
        prompt: Option<String>,
        ideal: Option<OneOrMany>,
    ) -> Result<Self, (&'static str, &'static str)> {
        match (question, prompt, ideal) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(("question", "give either `question`, or `prompt` and `ideal` for a question that no bank holds"))
            }
            (Some(id), None, None) => Ok(Self::Question { bank, id }),
            (None, Some(prompt), Some(ideal)) => {
                let ideals = ideals(ideal).map_err(|message| ("ideal", message))?;
                Ok(Self::Own { prompt, ideals })
            }
            (None, Some(_), None) => Err(("ideal", "`ideal` is missing beside `prompt`: the ideal answer, or a list")),
            (None, None, Some(_)) => Err(("prompt", "`prompt` is missing beside `ideal`: what was asked")),
            (None, None, None) => Err(("question", "`question` is missing: the id of the question that was answered")),
        }
    }
}

/// A line that can be graded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Comes back in the grade.
    pub id: Option<String>,
    /// What was asked.
    pub asked: Asked,
    /// What was answered.
    pub answer: String,
    /// When the judge is asked, where the line says so.
    pub judge: Option<JudgeWish>,
}

/// The fields of a line, all of them optional so that what is missing can be named.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Fields {
    id: Option<String>,
    bank: Option<String>,
    question: Option<String>,
    prompt: Option<String>,
    ideal: Option<OneOrMany>,
    answer: Option<String>,
    judge: Option<JudgeWish>,
}

/// Whether a line is to be passed over: nothing but white space.
#[must_use]
pub fn is_blank(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty()
}

/// Reads line number `number` (from 1), without its line break.
pub fn read_line(number: u64, bytes: &[u8]) -> Result<Line, LineError> {
    let text = str::from_utf8(bytes).map_err(|fault| {
        let message = format!("the line is not UTF-8: byte {} is wrong", fault.valid_up_to() + 1);
        LineError::new(number, None, ProblemCode::InvalidJson, message)
    })?;
    // serde would also take a list, as the fields in their order.
    let is_object = text.trim_ascii_start().starts_with('{');
    let fields: Fields = match serde_json::from_str(text) {
        Ok(fields) if is_object => fields,
        _ => return Err(not_read(number, text)),
    };
    let id = fields.id.clone();
    ask(fields).map_err(|(code, message)| LineError::new(number, id, code, message))
}

/// Decides what the fields ask for.
fn ask(fields: Fields) -> Result<Line, (ProblemCode, String)> {
    let invalid = |message: &str| (ProblemCode::InvalidRequest, message.to_owned());
    let Fields { id, bank, question, prompt, ideal, answer, judge } = fields;
    let asked = Asked::new(bank, question, prompt, ideal).map_err(|(_, message)| invalid(message))?;
    let answer = answer.ok_or_else(|| invalid("`answer` is missing: what was answered, as a string"))?;
    if answer.len() > MAX_ANSWER_BYTES {
        return Err((ProblemCode::AnswerTooLarge, too_large(answer.len())));
    }
    Ok(Line { id, asked, answer, judge })
}

fn ideals(ideal: OneOrMany) -> Result<Vec<String>, &'static str> {
    let ideals = ideal.into_vec();
    if ideals.is_empty() || ideals.iter().any(|text| text.trim().is_empty()) {
        return Err("`ideal` is empty: give at least one ideal answer, each with words in it");
    }
    Ok(ideals)
}

/// What is said of an answer of `bytes` bytes, which is too many.
#[must_use]
pub fn too_large(bytes: usize) -> String {
    format!("the answer has {bytes} bytes; at most {MAX_ANSWER_BYTES} (64 KiB) are graded")
}

/// What is wrong with a text that is not a line's fields.
///
/// serde's own messages repeat values (`invalid type: string "…"`), so a line of the wrong shape is read again and
/// its fields are named one by one.
fn not_read(number: u64, text: &str) -> LineError {
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) => value,
        Err(fault) => {
            let message = format!("the line is not valid JSON: column {}", fault.column());
            return LineError::new(number, None, ProblemCode::InvalidJson, message);
        }
    };
    let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
    LineError::new(number, id, ProblemCode::InvalidRequest, wrong_shape(&value))
}

fn wrong_shape(value: &Value) -> String {
    let Value::Object(fields) = value else {
        return r#"the line is not an object: write {"id": …, "question": …, "answer": …}"#.to_owned();
    };
    let text = |value: &Value| value.is_string() || value.is_null();
    let list = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    for name in ["id", "bank", "question", "prompt", "answer"] {
        if fields.get(name).is_some_and(|value| !text(value)) {
            return format!("`{name}` is not a string");
        }
    }
    let wishes = [JudgeWish::Never, JudgeWish::Auto, JudgeWish::Always].map(JudgeWish::as_str);
    if fields.get("judge").is_some_and(|value| !value.is_null() && value.as_str().is_none_or(|w| !wishes.contains(&w)))
    {
        return "`judge` is none of never, auto, always".to_owned();
    }
    if fields.get("ideal").is_some_and(|value| !text(value) && !list(value)) {
        return "`ideal` is neither a string nor a list of strings".to_owned();
    }
    "a field stands twice in the line".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[track_caller]
    fn check(line: &str, id: Option<&str>, code: ProblemCode, part: &str) {
        let error = read_line(7, line.as_bytes()).expect_err("the line cannot be graded");
        assert_eq!((error.line, error.id.as_deref(), error.error.code), (7, id, code), "{}", error.error.message);
        assert!(error.error.message.contains(part), "{}", error.error.message);
        assert!(!error.error.message.contains("secret"), "a message repeats the line: {}", error.error.message);
    }

    #[test]
    fn reads_a_question_of_a_bank() {
        let line = read_line(1, "{\"id\":\"a\",\"question\":\"Q4\",\"answer\":\"It ends.\",\"more\":[1]}\r".as_bytes());
        let asked = Asked::Question { bank: None, id: "Q4".to_owned() };
        assert_eq!(line, Ok(Line { id: Some("a".to_owned()), asked, answer: "It ends.".to_owned(), judge: None }));
    }

    #[rstest]
    #[case::one(r#""x""#, &["x"])]
    #[case::several(r#"["x","y"]"#, &["x", "y"])]
    fn reads_a_question_that_no_bank_holds(#[case] ideal: &str, #[case] expected: &[&str]) {
        let line = read_line(1, format!(r#"{{"prompt":"Why?","ideal":{ideal},"answer":""}}"#).as_bytes()).unwrap();
        let ideals = expected.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(line.asked, Asked::Own { prompt: "Why?".to_owned(), ideals });
    }

    #[rstest]
    #[case::no_json("{secret", None, ProblemCode::InvalidJson, "column 2")]
    #[case::half(r#"{"id":"a","answer":"secret"#, None, ProblemCode::InvalidJson, "not valid JSON")]
    #[case::text(r#""secret""#, None, ProblemCode::InvalidRequest, "not an object")]
    #[case::list(r#"["secret"]"#, None, ProblemCode::InvalidRequest, "not an object")]
    #[case::number_as_id(r#"{"id":5,"question":"Q4","answer":"secret"}"#, None, ProblemCode::InvalidRequest, "`id`")]
    #[case::list_as_answer(
        r#"{"id":"a","question":"Q4","answer":["secret"]}"#,
        Some("a"),
        ProblemCode::InvalidRequest,
        "`answer`"
    )]
    #[case::twice(
        r#"{"id":"a","question":"Q4","answer":"secret","answer":"secret"}"#,
        Some("a"),
        ProblemCode::InvalidRequest,
        "twice"
    )]
    #[case::other_judge(
        r#"{"question":"Q4","answer":"x","judge":"secret"}"#,
        None,
        ProblemCode::InvalidRequest,
        "`judge`"
    )]
    #[case::no_question(r#"{"id":"a","answer":"secret"}"#, Some("a"), ProblemCode::InvalidRequest, "`question`")]
    #[case::null_question(r#"{"question":null,"answer":"secret"}"#, None, ProblemCode::InvalidRequest, "`question`")]
    #[case::no_answer(r#"{"id":"a","question":"Q4"}"#, Some("a"), ProblemCode::InvalidRequest, "`answer`")]
    #[case::no_ideal(r#"{"prompt":"secret","answer":"x"}"#, None, ProblemCode::InvalidRequest, "`ideal`")]
    #[case::empty_ideal(r#"{"prompt":"p","ideal":[],"answer":"x"}"#, None, ProblemCode::InvalidRequest, "empty")]
    #[case::wrong_ideal(r#"{"prompt":"p","ideal":[5],"answer":"x"}"#, None, ProblemCode::InvalidRequest, "`ideal`")]
    #[case::both(r#"{"question":"Q4","prompt":"p","answer":"x"}"#, None, ProblemCode::InvalidRequest, "either")]
    fn says_what_is_wrong(#[case] line: &str, #[case] id: Option<&str>, #[case] code: ProblemCode, #[case] part: &str) {
        check(line, id, code, part);
    }

    #[test]
    fn says_where_a_line_is_not_utf8() {
        let error = read_line(3, b"{\"answer\":\"\xff\"}").expect_err("no UTF-8");
        assert_eq!(error.error.code, ProblemCode::InvalidJson);
        assert_eq!(error.error.message, "the line is not UTF-8: byte 12 is wrong");
    }

    #[test]
    fn an_answer_of_64_kib_is_read_and_one_byte_more_is_not() {
        let line = |n: usize| format!(r#"{{"id":"a","question":"Q4","answer":"{}"}}"#, "x".repeat(n));
        assert!(read_line(1, line(MAX_ANSWER_BYTES).as_bytes()).is_ok());
        check(&line(MAX_ANSWER_BYTES + 1), Some("a"), ProblemCode::AnswerTooLarge, "65537 bytes");
    }

    #[test]
    fn blank_lines_are_told_from_others() {
        assert!(is_blank(b"") && is_blank(b" \t\r") && !is_blank(b"\0"));
    }
}
