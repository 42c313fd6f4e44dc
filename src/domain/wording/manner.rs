//! What an answer makes of its own words, whatever the question: whether it takes all of them back, and whether it speaks to the
//! grader.
//!
//! Cues ([`cue`](crate::domain::text::cue)) know set phrases; here all words tell, the small ones most, what a sentence begins with,
//! and what the first and the last sentence say. To add a manner: its flag in [`FLAGS`], how sure its value makes in
//! [`Manners::of`], and what follows from it in `grader`; then `viva fit --manner`.

use std::ops::Range;

use super::feature::{End, of_end, sentence_at};
use super::file::WordingError;
use super::{Feature, Part, Which, Wording, of_tokens};
use crate::domain::grade::FlagId;
use crate::domain::text::Text;

/// The flags that a file has columns for.
pub const FLAGS: [FlagId; 2] = [FlagId::Retracted, FlagId::Injection];

/// For each of [`FLAGS`] the value from which a manner is likelier than not. Hardly an answer that stands has as much in the files that
/// the verdict model is fitted on; where it is less a person is asked the sooner.
const EVEN: [f32; FLAGS.len()] = [0.49, 0.35];
/// How fast the odds grow with the value.
const STEEP: f32 = 14.0;

/// What an answer makes of its words.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Manner {
    /// For each of [`FLAGS`] the probability.
    pub likely: [f32; FLAGS.len()],
}

impl Manner {
    /// The probability of a flag; 0 for one without a column.
    #[must_use]
    pub fn of(&self, flag: FlagId) -> f32 {
        FLAGS.iter().position(|known| *known == flag).map_or(0.0, |at| self.likely[at])
    }
}

/// The weights of manners.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manners(Wording);

impl Manners {
    /// Reads a file as [`Wording::parse`] does, whose claims are the names of [`FLAGS`].
    pub fn parse(text: &str) -> Result<Self, WordingError> {
        let names = FLAGS.map(|flag| flag.as_str().to_owned());
        Ok(Self(Wording::parse_as(Which::Every, text, &names)?))
    }

    /// What an answer makes of its words.
    #[must_use]
    pub fn of(&self, text: &Text) -> Manner {
        if self.0.levels.is_empty() || text.tokens.is_empty() {
            return Manner::default();
        }
        let claims = self.0.of(text, &[], &[]).claims;
        let likely = |at: usize| 1.0 / (1.0 + (-STEEP * (claims[at].whole.answer - EVEN[at])).exp());
        Manner { likely: std::array::from_fn(likely) }
    }

    /// The tokens of the sentence that speaks for a flag most.
    #[must_use]
    pub fn evidence(&self, text: &Text, flag: FlagId) -> Option<Range<usize>> {
        let column = self.0.column(Part::Answer, FLAGS.iter().position(|known| *known == flag)?);
        let mut most: Option<(f32, Range<usize>)> = None;
        for sentence in text.clauses.chunk_by(|a, b| a.sentence == b.sentence) {
            let tokens = sentence[0].tokens.start..sentence[sentence.len() - 1].tokens.end;
            let mut sum = 0.0;
            let mut hear = |feature: Feature<'_>| {
                sum += self.0.row(feature.key()).map_or(0.0, |row| f32::from(row.as_flattened()[column]));
            };
            of_tokens(text, Which::Every, &tokens, &mut hear);
            let at_end = |end: &End| sentence_at(text, *end) == tokens;
            End::ALL.into_iter().filter(at_end).flat_map(|end| of_end(text, Which::Every, end)).for_each(&mut hear);
            if most.as_ref().is_none_or(|(before, _)| sum > *before) {
                most = Some((sum, tokens));
            }
        }
        most.map(|(_, tokens)| tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::vocabulary::{Base, Vocabulary};
    use rstest::rstest;
    use std::sync::Arc;

    const FILE: &str = "claims +retracted +injection\nbase 0 0\ni Z.\nthat Z.\ni that Z.\n. i Z.\n$i that Z.\nyou .Z\nplease .Z\nyou please .Z\n^you please .Z\n";

    fn read(text: &str) -> Text {
        Text::read(text, &mut &Vocabulary::new(Arc::new(Base::default())))
    }

    #[rstest]
    #[case::small_words_tell("Ends. I that.", [true, false], Some("I that"))]
    #[case::others("You please!", [false, true], None)]
    #[case::neither("It ends.", [false, false], None)]
    #[case::nothing("", [false, false], None)]
    fn an_answer_has_the_manners_that_its_words_tell(
        #[case] answer: &str,
        #[case] likely: [bool; 2],
        #[case] by: Option<&str>,
    ) {
        let (manners, text) = (Manners::parse(FILE).unwrap(), read(answer));
        let manner = manners.of(&text);
        assert_eq!(FLAGS.map(|flag| manner.of(flag) >= 0.5), likely, "{manner:?}");
        assert_eq!(manner.of(FlagId::Echo).to_bits(), 0, "there is no column");
        if let Some(by) = by {
            let (start, end) = text.span(&manners.evidence(&text, FlagId::Retracted).unwrap());
            assert_eq!(&answer[start..end], by);
        }
    }

    #[rstest]
    #[case::a_sentence("It ends. No.", true)]
    #[case::a_line("It ends\nno", true)]
    #[case::the_first("No", true)]
    #[case::within_one("It ends just there and no.", false)]
    #[case::behind_another_mark("It ends just about there, no.", false)]
    fn what_a_sentence_begins_with_tells(#[case] answer: &str, #[case] tells: bool) {
        let manners = Manners::parse("claims +retracted +injection\nbase 0 0\n. no Z.\n").unwrap();
        let (has, no_word) = (manners.of(&read(answer)), manners.of(&read("")));
        let nothing = manners.of(&read("It ends."));
        assert_eq!(no_word, Manner::default());
        assert_eq!(has.of(FlagId::Retracted) > nothing.of(FlagId::Retracted), tells, "{has:?} {nothing:?}");
    }

    #[rstest]
    #[case::the_last_sentence("It ends. It runs on and no.", true)]
    #[case::the_only_one("It ends and no.", true)]
    #[case::the_first_of_two("It runs on and no. It ends.", false)]
    fn what_the_last_sentence_says_tells(#[case] answer: &str, #[case] tells: bool) {
        let manners = Manners::parse("claims +retracted +injection\nbase 0 0\n$no Z.\n$and no Z.\n").unwrap();
        let of = |answer: &str| manners.of(&read(answer)).of(FlagId::Retracted);
        assert_eq!(of(answer) > of("It ends. It runs on."), tells);
    }

    #[test]
    fn without_a_file_no_answer_has_any() {
        assert_eq!(Manners::default().of(&read("I take that back.")), Manner::default());
        assert!(Manners::parse("claims +modest\nbase 0\n").is_err());
    }
}
