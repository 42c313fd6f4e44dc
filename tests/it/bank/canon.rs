//! The canonical form of rubrics and phrases.

use viva::bank::canonical;

use super::GOOD;

#[test]
fn the_canonical_form_orders_keys_and_keeps_comments() {
    let text = r#"# About this rubric.
full = "all"      # everything
schema = 1
[[misconception]]
claim = 'He said "no"'
id = "m"
[[concept]] # the first
weight = 2 # why 2
opposites = ["d"]
patterns = [
  # in brief
  "a#b",
  'c',
]
turns-on = ['1.19', "GOGC"]
note = """
Two
lines"""
claim = "It's \"so\""
bonus = false
id = "c" 
# at the end
"#;
    let expected = r#"schema = 1
status = "ready"
# About this rubric.
# everything
full = "all"

# the first
[[concept]]
id = "c"
claim = "It's \"so\""
# why 2
weight = 2
note = """
Two
lines"""
turns-on = ["1.19", "GOGC"]
patterns = [
  # in brief
  'a#b',
  'c',
]
opposites = ['d']

[[misconception]]
id = "m"
claim = 'He said "no"'
# at the end
"#;
    assert_eq!(canonical("Q1.toml", text).unwrap(), expected);
    assert_eq!(canonical("Q1.toml", expected).unwrap(), expected);
    assert_eq!(canonical("Q1.toml", GOOD).unwrap(), GOOD);
}

#[test]
fn the_canonical_form_gathers_phrases() {
    let text = "= b\n! m\n+ wrong\n# two\n- c\n+ a\n= a\n# one\n+ z\n= b\n# two\n+ b\n+ a\n";
    let expected = "= b\n\n# two\n+ a\n+ b\n- c\n\n! m\n+ wrong\n\n= a\n\n# one\n+ z\n";
    assert_eq!(canonical("Q1.phrases", text).unwrap(), expected);
    assert_eq!(canonical("Q1.phrases", expected).unwrap(), expected);
}

#[test]
fn text_with_faults_has_no_canonical_form() {
    assert!(canonical("Q1.toml", "schema = 1").is_err());
    assert!(canonical("Q1.phrases", "+ stray").is_err());
    assert_eq!(canonical("cats.md", "as it is").unwrap(), "as it is");
}
