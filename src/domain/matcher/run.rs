//! Matching: where a question's atoms occur in an answer, and which patterns they make up.

use std::ops::Range;

use super::MAX_SPAN;
use super::compile::{Compiled, HEAD, Member, Test, head};
use crate::domain::lexicon::GroupSpan;
use crate::domain::text::token::Break;
use crate::domain::text::{Clause, Opening, Stance, Text, Token};

/// Where an atom occurs: tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    start: u16,
    end: u16,
}

/// A pattern that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// First token of the stretch.
    pub start: usize,
    /// One past its last token.
    pub end: usize,
    /// Whether it stands under a negation that the pattern does not name.
    pub opposite: bool,
}

/// Working memory for one pattern after another.
#[derive(Debug, Default)]
struct Room {
    /// Places of all wanted members, and which of them are whose.
    places: Vec<Place>,
    wanted: Vec<(Range<usize>, bool)>,
    banned: Vec<Place>,
    used: Vec<Place>,
    /// What was found, each with its stretch.
    found: Vec<(u16, Found)>,
}

/// Where the atoms of a question occur in one answer.
#[derive(Debug)]
pub struct Matches<'a> {
    text: &'a Text,
    source: &'a str,
    compiled: &'a Compiled,
    /// Places with their atoms, by atom and in order.
    places: Vec<(u16, Place)>,
    /// For each atom where its places begin, and at last where all end.
    starts: Vec<u32>,
    /// For each token, the number of the stretch that a pattern may not leave.
    stretches: Vec<u16>,
}

impl<'a> Matches<'a> {
    /// Looks for every atom of `compiled` in `text`, which was read from `source`.
    #[must_use]
    pub fn new(compiled: &'a Compiled, text: &'a Text, source: &'a str, groups: &[GroupSpan]) -> Self {
        let (places, starts) = (Vec::with_capacity(2 * text.tokens.len()), Vec::new());
        let mut matches = Self { text, source, compiled, places, starts, stretches: stretches(text) };
        matches.look(groups);
        matches.sort();
        matches
    }

    fn sort(&mut self) {
        self.places.sort_unstable_by_key(|(atom, place)| (*atom, place.start, place.end));
        self.places.dedup();
        let mut at = 0;
        let begin = |atom: usize| {
            at += self.places[at..].iter().take_while(|(of, _)| usize::from(*of) < atom).count();
            at as u32
        };
        self.starts = (0..=self.compiled.atoms.len()).map(begin).collect();
    }

    fn of_atom(&self, atom: u16) -> &[(u16, Place)] {
        let atom = usize::from(atom);
        &self.places[self.starts[atom] as usize..self.starts[atom + 1] as usize]
    }

    fn look(&mut self, groups: &[GroupSpan]) {
        let compiled = self.compiled;
        for span in groups {
            if let Some(atom) = compiled.of_group(span.group) {
                self.places.push((atom, Place { start: span.start, end: span.end }));
            }
        }
        for (at, token) in self.text.tokens.iter().enumerate().take(usize::from(u16::MAX)) {
            for &(atom, alone) in compiled.of_term(token.term) {
                if alone {
                    self.places.push((atom, Place { start: at as u16, end: at as u16 + 1 }));
                } else {
                    self.try_at(atom, at);
                }
            }
            let word = self.text.word(token);
            // A prefix may be shorter than a head.
            let lens = 1..=word.len().min(HEAD);
            let by_head = lens.flat_map(|len| compiled.of_head(head(word, len)));
            let numbers = if token.quantity.is_some() { compiled.of_number.as_slice() } else { &[] };
            for &atom in by_head.chain(numbers) {
                self.try_at(atom, at);
            }
        }
    }

    fn try_at(&mut self, atom: u16, at: usize) {
        let (first, last) = self.compiled.atoms[usize::from(atom)];
        let end = at + (last - first) as usize;
        let Some(tokens) = self.text.tokens.get(at..end) else { return };
        let fits = |(word, token)| self.compiled.tests.get(word).iter().any(|test| self.test(*test, token));
        if (first..last).zip(tokens).all(fits) {
            self.places.push((atom, Place { start: at as u16, end: end as u16 }));
        }
    }

    fn test(&self, test: Test, token: &Token) -> bool {
        let compiled = self.compiled;
        match test {
            Test::Term(term) => token.term == term,
            Test::Prefix(prefix) => {
                token.quantity.is_none() && self.text.word(token).starts_with(compiled.spelling(prefix))
            }
            Test::Exact(exact) => {
                self.source.get(token.start as usize..token.end as usize) == Some(compiled.spelling(exact))
            }
            Test::Number(number) => token.quantity.is_some_and(|q| compiled.numbers[number as usize].accepts(&q)),
        }
    }

    /// Appends where any atom of this list occurs, in order.
    fn places_of(&self, any: u32, places: &mut Vec<Place>) -> Range<usize> {
        let begin = places.len();
        for &atom in self.compiled.any.get(any) {
            places.extend(self.of_atom(atom).iter().map(|(_, place)| *place));
        }
        places[begin..].sort_unstable_by_key(|p| (p.start, p.end));
        begin..places.len()
    }

    /// Tells of each pattern where it occurs: at most one place a stretch of the answer, the tightest.
    pub fn each(&self, mut tell: impl FnMut(usize, Found)) {
        let mut room = Room::default();
        let occurring = self.occurring();
        for number in 0..self.compiled.patterns.len() {
            let members = self.compiled.patterns.get(number);
            let wanted = members.iter().filter(|m| !m.forbidden);
            if wanted.fold(!0, |stretches, m| stretches & occurring[m.any as usize]) != 0 {
                self.find(members, &mut room);
                room.found.iter().for_each(|(_, hit)| tell(number as usize, *hit));
            }
        }
    }

    /// For each list of atoms, the stretches in which one of them occurs, as bits: those of which none is shared by all members
    /// of a pattern cannot hold it. Stretches that are 64 apart have one bit.
    fn occurring(&self) -> Vec<u64> {
        let mut occurring = vec![0; self.compiled.any.len() as usize];
        for places in self.places.chunk_by(|(a, _), (b, _)| a == b) {
            let stretch = |place: &Place| 1_u64 << (self.stretches[usize::from(place.start)] % 64);
            let stretches = places.iter().fold(0, |bits, (_, place)| bits | stretch(place));
            for list in self.compiled.lists_of.get(u32::from(places[0].0)) {
                occurring[*list as usize] |= stretches;
            }
        }
        occurring
    }

    fn find(&self, members: &[Member], room: &mut Room) {
        let Room { places, wanted, banned, used, found } = room;
        places.clear();
        wanted.clear();
        banned.clear();
        found.clear();
        for member in members {
            if member.forbidden {
                self.places_of(member.any, banned);
            } else {
                wanted.push((self.places_of(member.any, places), member.after));
            }
        }
        let Some(((anchors, _), rest)) = wanted.split_first() else { return };
        for &anchor in &places[anchors.clone()] {
            let rest = rest.iter().map(|(range, after)| (&places[range.clone()], *after));
            let Some(hit) = self.around(anchor, rest, banned, used) else { continue };
            let stretch = self.stretches[usize::from(anchor.start)];
            // Where a sentence holds several negators, the nearest reading counts.
            let rank = |hit: &Found| (hit.end - hit.start, hit.opposite);
            match found.iter_mut().find(|(s, _)| *s == stretch) {
                Some((_, best)) if rank(best) > rank(&hit) => *best = hit,
                Some(_) => {}
                None => found.push((stretch, hit)),
            }
        }
    }

    /// The tightest choice of places around `anchor`, one for each further member.
    fn around<'p>(
        &self,
        anchor: Place,
        rest: impl Iterator<Item = (&'p [Place], bool)>,
        banned: &[Place],
        used: &mut Vec<Place>,
    ) -> Option<Found> {
        let stretch = self.stretches[usize::from(anchor.start)];
        used.clear();
        used.push(anchor);
        for (places, after) in rest {
            let previous = *used.last()?;
            let (low, high) = bounds(used);
            // Places stand in order, and so do stretches: what lies in others is not looked at.
            let first = places.partition_point(|p| self.stretches[usize::from(p.start)] < stretch);
            let best = places[first..]
                .iter()
                .take_while(|p| self.stretches[usize::from(p.start)] == stretch)
                .filter(|p| self.stretches[usize::from(p.end) - 1] == stretch)
                .filter(|p| !after || p.start >= previous.end)
                .filter(|p| used.iter().all(|u| p.start >= u.end || p.end <= u.start))
                .min_by_key(|p| (high.max(p.end) - low.min(p.start), p.start))?;
            used.push(*best);
        }
        let (start, end) = bounds(used);
        let (start, end) = (usize::from(start), usize::from(end));
        let clear = |b: &Place| usize::from(b.end) <= start.saturating_sub(2) || usize::from(b.start) >= end + 2;
        if end - start > MAX_SPAN || !banned.iter().all(|b| self.stretches[usize::from(b.start)] != stretch || clear(b))
        {
            return None;
        }
        self.is_claim(used).then(|| Found { start, end, opposite: self.is_opposite(used) })
    }

    fn is_claim(&self, used: &[Place]) -> bool {
        let asserted =
            |place: &Place| self.clause_of(usize::from(place.start)).is_some_and(|c| c.stance == Stance::Asserted);
        used.iter().all(asserted)
    }

    fn clause_of(&self, token: usize) -> Option<&Clause> {
        self.text.clauses.get(self.text.clauses.partition_point(|c| c.tokens.end <= token))
    }

    /// Whether a negator says something else of what was matched: "`NumCPU` is not a setting, it counts processors" holds
    /// "`NumCPU` counts processors". What it denies stands between it and the end of its clause, the match goes on after that.
    fn passes(&self, by: usize, used: &[Place]) -> bool {
        let Some(clause) = self.clause_of(by) else { return false };
        let goes_on = used.iter().any(|p| usize::from(p.start) >= clause.tokens.end);
        let denied = by + 1..clause.tokens.end;
        let turned = |t: usize| self.text.tokens[t].negated_by.iter().any(|n| usize::from(*n) == by);
        let matched = |p: &Place| usize::from(p.start) > by && turned(usize::from(p.start));
        goes_on && self.text.tokens[denied].iter().any(Token::is_content) && !used.iter().any(matched)
    }

    /// Whether a matched word stands under an odd number of negators that the pattern does not name.
    fn is_opposite(&self, used: &[Place]) -> bool {
        let tokens = || used.iter().flat_map(|p| usize::from(p.start)..usize::from(p.end));
        let named = |by: u16| tokens().any(|t| t == usize::from(by));
        let turned = |t: usize| {
            let turns = |by: u16| by != Token::NOBODY && !named(by) && !self.passes(usize::from(by), used);
            self.text.tokens[t].negated_by.iter().filter(|&&by| turns(by)).count() % 2 == 1
        };
        // The "not" of "it is not true that" turns nothing by itself; a pattern that names it has reckoned with it.
        let turns_others =
            |by: usize| tokens().any(|t| self.text.tokens[t].negated_by.iter().any(|&n| usize::from(n) == by));
        let names_denial = tokens().any(|t| {
            let token = &self.text.tokens[t];
            token.negator && token.denied && !turns_others(t)
        });
        let denied = tokens().any(|t| self.text.tokens[t].denied);
        tokens().any(turned) != (denied && !names_denial)
    }
}

fn bounds(used: &[Place]) -> (u16, u16) {
    let start = used.iter().map(|p| p.start).min().unwrap_or_default();
    (start, used.iter().map(|p| p.end).max().unwrap_or_default())
}

fn stretches(text: &Text) -> Vec<u16> {
    let mut numbers = vec![0; text.tokens.len()];
    let mut now = 0_u16;
    for (at, clause) in text.clauses.iter().enumerate() {
        if at > 0 && (clause.before >= Break::Sentence || clause.opening == Opening::Contrast) {
            now = now.saturating_add(1);
        }
        numbers[clause.tokens.clone()].fill(now);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::{Compiler, Pattern};
    use super::*;
    use crate::domain::lexicon::{Group, Language, Lexicon};
    use crate::domain::text::vocabulary::Vocabulary;
    use rstest::rstest;

    /// `None` where the pattern does not match, else whether it is evidence of the opposite.
    fn run(pattern: &str, answer: &str) -> Option<bool> {
        let groups =
            vec![Group { name: "stw".into(), forms: vec!["stw".into(), "stop the world".into(), "world stop".into()] }];
        let lexicon = Lexicon { groups, known: vec!["block".into(), "work".into()], ..Lexicon::default() };
        let language = Language::new(&lexicon);
        let mut vocabulary = Vocabulary::new(language.base());
        let mut patterns = Compiler::new(&language, &mut vocabulary);
        patterns.add(&Pattern::parse(pattern).unwrap());
        let compiled = patterns.finish();
        let text = Text::read(answer, &mut &vocabulary);
        let spans = language.groups_in(&text);
        let mut found = Vec::new();
        Matches::new(&compiled, &text, answer, &spans).each(|_, hit| found.push(hit.opposite));
        found.first().copied()
    }

    #[rstest]
    #[case::any_order("run|execute defer*", "All the deferred calls are executed first.", Some(false))]
    #[case::inflection("terminate goroutine", "It terminates the goroutines", Some(false))]
    #[case::slip("terminate goroutine", "It terminats the gorotuine", Some(false))]
    #[case::known_word_is_no_slip("lock", "It blocks", None)]
    #[case::other_sentence("run defer*", "It runs. Defers too.", None)]
    #[case::across_but("end process", "It ends the goroutine but the process goes on.", None)]
    #[case::negated("run defer*", "Deferred calls are not run.", Some(true))]
    #[case::never("run defer*", "It never runs its defers.", Some(true))]
    #[case::negator_named("not|never affect other*", "Others are not affected.", Some(false))]
    #[case::without("run defer*", "It ends without running the defers.", Some(true))]
    #[case::twice_negated("run defer*", "It never fails to run the defers.", Some(false))]
    #[case::and_including("1.25 read quota", "No release up to and including 1.25 reads the quota.", Some(true))]
    #[case::and_more("1.25 read quota", "It has no limit of its own, and 1.25 reads the quota.", Some(false))]
    #[case::alternative("flush buffer*", "It does not run the defers or flush the open buffers.", Some(true))]
    #[case::alternatives("run hook*", "It does not flush buffers, run hooks, or close the open files.", Some(true))]
    #[case::said_anew("flush buffer*", "It does not run the defers, or it does flush the buffers.", Some(false))]
    #[case::no_list("run hook*", "It does not flush buffers, it runs hooks, or so they say.", Some(false))]
    #[case::said_of_the_next("run defer*", "Deferred calls are not skipped, they run.", Some(false))]
    #[case::denied_and_more("run defer* end", "Deferred calls do not run, they end.", Some(true))]
    #[case::nothing_else_denied("run defer*", "Deferred calls do not, as I recall, run.", Some(true))]
    #[case::of_the_one_before("run defer*", "Deferred calls exist, they do not run.", Some(true))]
    #[case::myth("run defer*", "It is a myth that it runs the defers.", Some(true))]
    #[case::not_true("run defer*", "It is not true that it runs the defers.", Some(true))]
    #[case::denial_named("no|not >> defer* >> skipped", "It is not true that defers are skipped.", Some(false))]
    #[case::denied_negation("nothing >> run|runs", "It is not true that nothing runs.", Some(true))]
    #[case::not_only("run defer*", "It not only runs the defers, it ends.", Some(false))]
    #[case::reported("run defer*", "Some people think it runs the defers.", None)]
    #[case::retracted("run defer*", "It runs the defers. Scratch that.", None)]
    #[case::corrected_at_once("1.19", "I'd go with 1.18, no, wait, 1.19.", Some(false))]
    #[case::what_was_corrected("1.18", "I'd go with 1.18, no, wait, 1.19.", None)]
    #[case::not_the_one_before("1.21", "They came with 1.21. I'd go with 1.18, no, wait, 1.19.", Some(false))]
    #[case::the_one_before("1.21", "They came with 1.21. Um, no, wait, 1.19.", None)]
    #[case::guess("run defer*", "It runs the defers?", Some(false))]
    #[case::before_the_question("run defer*", "It runs the defers, and what else does it do?", Some(false))]
    #[case::asks_after_and("run defer*", "It ends, and when does it run the defers?", None)]
    #[case::exit_status("run defer*", "defers run, echo $? prints 2", Some(false))]
    #[case::no_longer("run defer*", "Defers run. Only when they wait no longer do they end.", Some(false))]
    #[case::strikes_a_line("run defer*", "Defers run. I would strike that line.", Some(false))]
    #[case::struck("run defer*", "Defers run. Strike that, they do not.", None)]
    #[case::told("run defer*", "They say how to run the defers.", Some(false))]
    #[case::quotes_a_question("run defer*", "Defers: they run → \"what is left to do?\"", Some(false))]
    #[case::is_quoted("run defer*", "They ask → \"does it run the defers?\"", None)]
    #[case::asks_quoting("run defer*", "Does it run the \"defers\"?", None)]
    #[case::asked("run defer*", "Does it run the defers?", None)]
    #[case::quoted("\"side by side\"", "They stand side by side", Some(false))]
    #[case::quoted_apart("\"deferred call\"", "calls that are deferred", None)]
    #[case::ordered("begin >> end", "it begins and then ends", Some(false))]
    #[case::wrong_order("begin >> end", "it ends and then begins", None)]
    #[case::forbidden("exit !os", "call os.Exit", None)]
    #[case::forbidden_absent("exit !os", "the goroutine exits", Some(false))]
    #[case::exact("=SIGQUIT", "send SIGQUIT", Some(false))]
    #[case::exact_case("=SIGQUIT", "send sigquit", None)]
    #[case::identifier("goexit", "runtime.Goexit() ends it", Some(false))]
    #[case::path("/sched/latencies", "watch /sched/latencies:seconds", Some(false))]
    #[case::share("85..95%", "about ninety percent", Some(false))]
    #[case::other_share("85..95%", "about half, 50 %", None)]
    #[case::version("1.19", "since Go 1.19", Some(false))]
    #[case::other_version("1.19", "since go1.21", None)]
    #[case::thousand("10k", "10,000 threads", Some(false))]
    #[case::sign("-1", "pass -1", Some(false))]
    #[case::no_sign("-1", "pass 1", None)]
    #[case::group("{stw} brief*", "The world is stopped briefly", Some(false))]
    #[case::too_far(
        "begin end",
        "it begins one two three four five six seven eight nine ten eleven twelve a b c d e f g end",
        None
    )]
    fn matches(#[case] pattern: &str, #[case] answer: &str, #[case] expected: Option<bool>) {
        assert_eq!(run(pattern, answer), expected, "{pattern} in {answer}");
    }

    #[rstest]
    #[case::a_sentence_64_further_on(63, None)]
    #[case::next_to_it(0, None)]
    fn words_of_different_sentences_make_no_match(#[case] between: usize, #[case] expected: Option<bool>) {
        let answer = format!("It begins. {}It ends.", "Something else. ".repeat(between));
        assert_eq!(run("begin end", &answer), expected);
        assert_eq!(run("begin end", &format!("{answer} It begins and ends.")), Some(false), "in the last sentence");
    }
}
