//! From a chat completion to a vote.
//!
//! Names Domain for what is said. Servers differ, and some ignore the schema that they are given: what can be understood is,
//! and nothing is guessed. A reply counts only where it says itself that it is complete: a connection that ends cleanly in
//! the middle looks like a success otherwise.

use serde_json::Value;

use super::Failure;
use super::prompt::Ask;
use crate::domain::judged::{Opinion, Said};

/// The longest reason that is kept, in characters.
const REASON_CHARS: usize = 300;
/// The longest quote that is kept, in characters; longer ones prove nothing anyway.
const QUOTE_CHARS: usize = 1000;

/// Tokens that the server says it read and wrote; 0 where it says nothing.
#[must_use]
pub fn tokens(response: &Value) -> (u64, u64) {
    let count = |name: &str| response.pointer(&format!("/usage/{name}")).and_then(Value::as_u64).unwrap_or_default();
    (count("prompt_tokens"), count("completion_tokens"))
}

/// The text that the model wrote.
pub fn content(response: &Value) -> Result<String, Failure> {
    let choice = response.pointer("/choices/0").ok_or(Failure::Unreadable)?;
    let message = choice.get("message").ok_or(Failure::Unreadable)?;
    if message.get("refusal").and_then(Value::as_str).is_some_and(|refusal| !refusal.trim().is_empty()) {
        return Err(Failure::Refused);
    }
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some("stop") => {}
        Some("content_filter") => return Err(Failure::Refused),
        _ => return Err(Failure::Truncated),
    }
    let text = match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            if parts.iter().any(|part| part.get("refusal").is_some_and(|r| !r.is_null())) {
                return Err(Failure::Refused);
            }
            parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect()
        }
        Some(object @ Value::Object(_)) => object.to_string(),
        _ => String::new(),
    };
    if !text.trim().is_empty() {
        return Ok(text);
    }
    // Some servers answer a schema in these fields. `reasoning_content` is not among them: thinking is no answer.
    let parsed = message.get("parsed").filter(|parsed| parsed.is_object()).map(ToString::to_string);
    let called =
        message.pointer("/tool_calls/0/function/arguments").or_else(|| message.pointer("/function_call/arguments"));
    parsed.or_else(|| called.and_then(Value::as_str).map(str::to_owned)).ok_or(Failure::Unreadable)
}

/// What a text says of the claims that were asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spoken {
    /// Its word on claims.
    pub opinions: Vec<Opinion>,
    /// Whether the answer argues from a concrete case, where it says so.
    pub concrete_case: Option<bool>,
}

/// Reads what the model wrote. `asks` are the claims by their short ids, from 1.
pub fn spoken(text: &str, asks: &[Ask]) -> Result<Spoken, Failure> {
    let object = object_in(text).ok_or(Failure::Unreadable)?;
    let mut found =
        Spoken { opinions: Vec::new(), concrete_case: object.get("concrete_case").and_then(Value::as_bool) };
    for list in ["claims", "errors"] {
        for entry in object.get(list).and_then(Value::as_array).into_iter().flatten() {
            let Some(opinion) = opinion(entry, asks, list == "errors") else { continue };
            if found.opinions.iter().all(|o| o.claim != opinion.claim) {
                found.opinions.push(opinion);
            }
        }
    }
    found.opinions.sort_by_key(|o| o.claim);
    if found.opinions.is_empty() && !asks.is_empty() { Err(Failure::Unreadable) } else { Ok(found) }
}

fn opinion(entry: &Value, asks: &[Ask], error: bool) -> Option<Opinion> {
    let id = match entry.get("id")? {
        Value::String(text) => text.trim().parse().ok()?,
        number => usize::try_from(number.as_u64()?).ok()?,
    };
    let ask = id.checked_sub(1).and_then(|at| asks.get(at)).filter(|ask| ask.misconception == error)?;
    let said = if error {
        if entry.get("asserted")?.as_bool()? { Said::Hit } else { Said::Missed }
    } else {
        Said::from_name(&entry.get("verdict")?.as_str()?.trim().to_ascii_lowercase())?
    };
    let text = |name: &str, most: usize| -> String {
        entry.get(name).and_then(Value::as_str).unwrap_or_default().trim().chars().take(most).collect()
    };
    Some(Opinion { claim: ask.claim, said, quote: text("quote", QUOTE_CHARS), reason: text("reason", REASON_CHARS) })
}

/// The object that a text is, or that stands in it: between fences, after a preamble.
fn object_in(text: &str) -> Option<Value> {
    const PLACES: usize = 16;
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
        return Some(value);
    }
    let starts = text.match_indices('{').map(|(at, _)| at).take(PLACES);
    let objects = starts.filter_map(|at| {
        let first = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>().next();
        first.and_then(Result::ok)
    });
    objects.into_iter().find(|value| value.get("claims").is_some() || value.get("errors").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::scripted::completion;
    use rstest::rstest;
    use serde_json::json;

    fn asks() -> Vec<Ask> {
        vec![Ask { claim: 3, misconception: false }, Ask { claim: 5, misconception: true }]
    }

    fn with(choice: &Value) -> Value {
        json!({"choices": [choice]})
    }

    #[rstest]
    #[case::text(json!({"finish_reason": "stop", "message": {"content": "a"}}), Ok("a"))]
    #[case::no_role_and_extras(json!({"finish_reason": "stop", "message": {"content": "a", "x": 1}, "y": 2}), Ok("a"))]
    #[case::parts(json!({"finish_reason": "stop", "message": {"content": [{"type": "text", "text": "a"}]}}), Ok("a"))]
    #[case::object(json!({"finish_reason": "stop", "message": {"content": {"a": 1}}}), Ok("{\"a\":1}"))]
    #[case::parsed(json!({"finish_reason": "stop", "message": {"content": null, "parsed": {"a": 1}}}), Ok("{\"a\":1}"))]
    #[case::called(
        json!({"finish_reason": "stop", "message": {"tool_calls": [{"function": {"arguments": "{}"}}]}}),
        Ok("{}")
    )]
    #[case::thinking(
        json!({"finish_reason": "stop", "message": {"content": "", "reasoning_content": "{}"}}),
        Err(Failure::Unreadable)
    )]
    #[case::refusal(json!({"finish_reason": "stop", "message": {"content": null, "refusal": "no"}}), Err(Failure::Refused))]
    #[case::empty_refusal(json!({"finish_reason": "stop", "message": {"content": "a", "refusal": ""}}), Ok("a"))]
    #[case::filtered(json!({"finish_reason": "content_filter", "message": {"content": "a"}}), Err(Failure::Refused))]
    #[case::cut_off(json!({"finish_reason": "length", "message": {"content": "{}"}}), Err(Failure::Truncated))]
    #[case::does_not_say_why_it_ends(json!({"message": {"content": "{}"}}), Err(Failure::Truncated))]
    #[case::null_reason(json!({"finish_reason": null, "message": {"content": "{}"}}), Err(Failure::Truncated))]
    #[case::no_message(json!({"finish_reason": "stop"}), Err(Failure::Unreadable))]
    fn finds_the_content(#[case] choice: Value, #[case] expected: Result<&str, Failure>) {
        assert_eq!(content(&with(&choice)), expected.map(str::to_owned));
    }

    #[rstest]
    #[case::no_choice(json!({"choices": []}))]
    #[case::no_choices(json!({"error": {"message": "x"}}))]
    #[case::no_object(json!("ok"))]
    fn a_reply_without_a_choice_is_unreadable(#[case] response: Value) {
        assert_eq!(content(&response), Err(Failure::Unreadable));
    }

    const PLAIN: &str = r#"{"claims": [{"id": 1, "quote": "a b", "verdict": "hit", "reason": "r"}], "errors": []}"#;

    #[rstest]
    #[case::plain(PLAIN.to_owned())]
    #[case::fenced(format!("```json\n{PLAIN}\n```"))]
    #[case::talkative(format!("Sure {{ here }} it is: {PLAIN} Anything else?"))]
    #[case::loose(r#"{"claims": [{"id": "1", "verdict": " HIT ", "quote": "a b", "reason": "r", "more": 1}]}"#.to_owned())]
    #[case::twice(PLAIN.replace("}],", r#"}, {"id": 1, "verdict": "missed"}],"#))]
    #[case::unknown_ids(PLAIN.replace("}],", r#"}, {"id": 9, "verdict": "hit"}, {"id": 2, "verdict": "hit"}],"#))]
    fn reads_what_can_be_understood(#[case] text: String) {
        let opinion = Opinion { claim: 3, said: Said::Hit, quote: "a b".to_owned(), reason: "r".to_owned() };
        assert_eq!(spoken(&text, &asks()), Ok(Spoken { opinions: vec![opinion], concrete_case: None }), "{text}");
    }

    #[rstest]
    #[case::prose("The answer is correct.")]
    #[case::other_json(r#"{"score": 10}"#)]
    #[case::list(r#"[{"id": 1, "verdict": "hit"}]"#)]
    #[case::cut_off(&PLAIN[..40])]
    #[case::no_verdict(r#"{"claims": [{"id": 1}]}"#)]
    #[case::unknown_verdict(r#"{"claims": [{"id": 1, "verdict": "excellent"}]}"#)]
    fn guesses_nothing(#[case] text: &str) {
        assert_eq!(spoken(text, &asks()), Err(Failure::Unreadable), "{text}");
    }

    #[test]
    fn reads_errors_and_cases() {
        let text = r#"{"claims": [], "errors": [{"id": 2, "asserted": true, "quote": "q"}], "concrete_case": true}"#;
        let found = spoken(text, &asks()).unwrap();
        assert_eq!((found.opinions[0].claim, found.opinions[0].said, found.concrete_case), (5, Said::Hit, Some(true)));
    }

    #[test]
    fn counts_tokens_where_they_are_told() {
        assert_eq!(tokens(&completion("x")), (100, 20));
        assert_eq!(tokens(&json!({"usage": null})), (0, 0));
    }
}
