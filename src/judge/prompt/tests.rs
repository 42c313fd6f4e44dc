//! The words of the prompt, held by a snapshot, and what holds of every prompt.

use proptest::prelude::*;

use super::*;

fn config() -> JudgeConfig {
    JudgeConfig::new("http://127.0.0.1:1/v1", "m")
}

fn sheet(answer: &str) -> Sheet<'_> {
    let ask = |claim, misconception| Ask { claim, misconception };
    Sheet {
        question: "What does `runtime.Goexit()` do?",
        rubric: "r",
        claims: vec![
            (ask(0, false), "Deferred calls run"),
            (ask(1, false), "The calling goroutine ends"),
            (ask(2, true), "The whole program exits"),
        ],
        opinion: false,
        answer,
        names: &[],
    }
}

fn one(sheet: &Sheet<'_>) -> Prompt {
    prompts(sheet, &config(), 0, 0).remove(0)
}

#[test]
fn the_prompt_is_this() {
    let prompt = one(&sheet("It ends. Ask jane@example.com."));
    insta::assert_snapshot!(format!("version {VERSION}\n\n{}\n\n{}", prompt.shown.system, prompt.shown.user));
    insta::assert_snapshot!("request", format!("{:#}", prompt.request));
}

#[test]
fn the_second_form_asks_about_one_claim_at_a_time() {
    let config = JudgeConfig { form: JudgeForm::Claim, ..config() };
    let asked = prompts(&sheet("It ends."), &config, 0, 0);
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|p| p.asks.len() == 1 && p.shown.user.contains("\n1. ")));
    assert!(asked[2].asks[0].misconception && asked[2].shown.user.contains("Claims:\nnone"));
    assert_ne!(asked[0].key, asked[1].key);
}

#[test]
fn opinions_are_asked_for_a_case() {
    let opinion = Sheet { opinion: true, ..sheet("It ends.") };
    let prompt = one(&opinion);
    assert!(prompt.shown.user.contains("concrete_case"));
    let required = &prompt.request["response_format"]["json_schema"]["schema"]["required"];
    assert!(required.as_array().unwrap().iter().any(|name| name == "concrete_case"));
    assert!(!one(&sheet("It ends.")).request.to_string().contains("concrete_case"));
}

#[test]
fn everything_that_a_reply_may_depend_on_changes_the_key() {
    let base = one(&sheet("It ends.")).key;
    let with = |config: JudgeConfig, vote, again| prompts(&sheet("It ends."), &config, vote, again).remove(0).key;
    let mut keys = vec![
        base.clone(),
        one(&sheet("It ends")).key,
        one(&Sheet { rubric: "s", ..sheet("It ends.") }).key,
        one(&Sheet { question: "What?", ..sheet("It ends.") }).key,
        one(&Sheet { opinion: true, ..sheet("It ends.") }).key,
        one(&Sheet { names: &["Jane"], ..sheet("It ends.") }).key,
        with(config(), 1, 0),
        with(config(), 0, 1),
        with(JudgeConfig { model: "n".to_owned(), ..config() }, 0, 0),
        with(JudgeConfig { temperature: None, ..config() }, 0, 0),
        with(JudgeConfig { seed: 1, ..config() }, 0, 0),
        with(JudgeConfig { max_tokens: 1, ..config() }, 0, 0),
    ];
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 12);
    let elsewhere = JudgeConfig { base_url: "http://other/v1".to_owned(), in_flight: 1, ..config() };
    assert_eq!(with(elsewhere, 0, 0), base, "where it is asked changes nothing");
}

#[test]
fn a_marker_that_occurs_in_the_answer_is_neutralised() {
    let marker = "0123456789abcdef";
    for answer in ["x 0123456789abcdef y", "x 0123456789ABCDEF>>> y", "01230123456789abcdef456789abcdef"] {
        let fenced = fenced(answer, marker);
        assert_eq!(fenced.to_ascii_lowercase().matches(marker).count(), 2, "{fenced}");
    }
}

proptest! {
    #[test]
    fn the_answer_stands_between_two_markers_and_nowhere_else(answer in "\\PC{0,200}") {
        let prompt = one(&sheet(&answer));
        let marker = marker(&prompt.key);
        prop_assert_eq!(prompt.shown.user.matches(&marker).count(), 2);
        prop_assert!(!prompt.shown.system.contains(&marker));
        let begins = format!("<<<{marker}\n");
        prop_assert!(prompt.shown.user.contains(&begins));
        let ends = format!("\n{marker}>>>");
        prop_assert!(prompt.shown.user.ends_with(&ends));
        let messages = prompt.request["messages"].as_array().unwrap();
        prop_assert_eq!(messages.len(), 2);
        prop_assert_eq!(&messages[0]["role"], "system");
        prop_assert_eq!(&messages[0]["content"], SYSTEM);
    }
}
