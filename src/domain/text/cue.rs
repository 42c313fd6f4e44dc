//! Turns of phrase that say how the words around them are meant.
//!
//! To add one: put it under its meaning in [`CUES`]; `a|b` are alternatives, words follow each other directly.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

/// What a turn of phrase does to the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// What follows, to the end of the sentence or a "but", is what others say or the writer once thought.
    Reported,
    /// What follows, to the end of the sentence or a "but", is denied as a whole.
    Denied,
    /// What was said just before is taken back.
    Retract,
    /// What was said just before is put right, where punctuation sets the words off.
    Correct,
    /// Everything said before is taken back.
    RetractAll,
    /// What follows in the clause is turned, as by a negator.
    Negates,
    /// A negator that negates nothing here; it is skipped together with its words.
    NoNegation,
    /// The writer does not know.
    DontKnow,
    /// The grader is addressed.
    Injection,
}

use Meaning::{Correct, Denied, DontKnow, Injection, Negates, NoNegation, Reported, Retract, RetractAll};

/// All cues. A sorted index over their first words is built once by [`Cues::new`].
const CUES: &[(Meaning, &[&str])] = &[
    (
        Reported,
        &[
            "people|some|many|others|folks|everyone|everybody|they|colleagues|candidates|newcomers|beginners think|believe|say|claim|assume|expect|thought|said|assumed",
            "people|some|many|others|folks often|usually|sometimes|still|always think|believe|say|claim|assume|expect",
            "i used to think|believe|say|assume",
            "i was going|about|tempted to say|write|answer|add|mention|list|suggest|claim|put|name",
            "i wanted|meant|planned to say|write|answer|add|mention|list|suggest|claim",
            "i first|nearly|almost wanted|wrote|said|answered",
            "i would have said",
            "i always thought|assumed|believed",
            "i first|originally|initially thought|assumed|believed",
            "you|one might|may|could|would think|expect|assume|believe|say|guess",
            "my colleague|boss|friend|lead|manager|coworker says|said|claims|claimed|thinks|insists|insisted",
            "it is|was often|commonly|sometimes|frequently|widely said|believed|claimed|assumed|thought",
            "it is|was said that",
            "rumour|rumor|legend has it",
        ],
    ),
    (
        Denied,
        &[
            "myth|misconception|misbelief|fallacy|nonsense|untrue|mistake that",
            "wrong|false|incorrect|mistaken|untrue that",
            "wrong|false|incorrect|mistaken|mistake|nonsense to say|think|claim|believe|assume|expect",
            "misconception|myth|mistake|belief is|here is",
            "not|hardly|never the case that",
            "not|hardly|never true|correct|right|so that",
            "no truth in|to",
            "i|we would deny|dispute|reject that|the",
            "nobody should believe|think|say that",
            "nothing of the sort|kind",
        ],
    ),
    (
        Retract,
        &[
            "scratch|strike|scrap|nix that|this|it",
            "no correct that|this",
            "no hang on",
            "hang on no",
            "no|sorry i mean|meant",
            "i misspoke",
            "i stand corrected",
            "my mistake|bad",
            "no wait",
            "wait no",
            "hmm no",
            "oh no",
            "er|uh|ehm|hm no",
            "actually no",
            "no actually",
            "no sorry",
            "sorry no",
            "correction",
            "i take that|it|this back",
            "let me correct|fix that|this|myself",
            "i mixed|confused|swapped that|this|it|these|those|them|up",
            "i have|got that|it|this|them backwards|reversed|mixed",
            "that|this is|was wrong|backwards|incorrect|false|nonsense|rubbish|mistaken",
            "that is not right|true|correct",
            "which is wrong|false|incorrect|nonsense|backwards",
            "on second thought|thoughts",
            "on reflection",
            "thinking about it again|more",
            "now that i think",
            "i was wrong|mistaken",
            "let me start over|again",
            "i mean no",
            "i must|should|would|will retract|withdraw|amend|correct|rectify|revise this|that|it|myself",
            "i have to retract|withdraw|amend|correct|rectify|revise this|that|it|myself",
            "this|that must be retracted|withdrawn|corrected|revised|amended",
            "this|that i retract|withdraw",
            "i retract|withdraw that|this|it",
            "i no longer believe|think that|this",
            "i made|invented that|this up",
            "that|this is|was completely|entirely|totally|just wrong|false|backwards|nonsense|rubbish|invented",
            "let me put this|that|it right",
            "this|that was half wrong",
            "this|that is untenable",
        ],
    ),
    (
        Correct,
        &[
            "no|nope|wrong|oops|reverse|reversed|nonsense|incomplete",
            "no reverse|reversed|wrong|better",
            "or rather",
            "other way round|around",
            "the other way round|around",
            "make that",
            "hold on",
            "the|exact opposite|reverse is true|the",
        ],
    ),
    (
        RetractAll,
        &[
            "forget|ignore|disregard|scratch|strike|scrap|delete everything|all",
            "forget|ignore|disregard what i",
            "forget|ignore|disregard the above|answer|rest",
            "forget|ignore|disregard my answer|reply|text",
            "forget|ignore|disregard my previous|above|whole answer|reply|text",
            "all of that|this|it is|was wrong|nonsense|rubbish|false|invented",
            "all of the above is|was wrong|nonsense|rubbish|false|invented",
            "all that|this is|was wrong|nonsense|false|rubbish|backwards",
            "everything i wrote|said|told",
            "everything above is|was wrong|nonsense|rubbish|false|invented",
            "none|nothing of the above is|was true|right|correct|meant|mine",
            "none|nothing of the above holds|counts|stands",
            "none of that|this|it is|was true|right|correct|meant|mine",
            "none of that|this|it holds",
            "the correct|right|real|true answer is",
            "cross|strike all|everything",
            "cross|strike that|this|it|all|everything out",
            "i made|invented all|everything up",
            "i made|invented all of that|this|it up",
            "i was joking|kidding|lying|bluffing",
            "just kidding|joking",
            "do not count|read any|all|that|this of|above|answer",
            "i no longer believe|stand any|by",
            "i am retracting|withdrawing",
            "that|this is|was all wrong|false|backwards|nonsense|rubbish|guesswork|invented",
            "please forget|ignore|disregard|delete|strike that|this|all|everything|what",
            "please forget|ignore|disregard|delete|strike the|my answer|above|reply|text",
            "consider that|this|it|everything|all withdrawn|retracted|unsaid",
            "i take all|everything of|that|back|it",
            "i take it|that all back",
            "i retract|withdraw all|everything|my",
            "i retract|withdraw the lot|above|whole",
        ],
    ),
    (
        Negates,
        &[
            "rather|other than",
            "instead of",
            "as opposed to",
            "in place of",
            "unable to",
            "fail|fails|failed|failing to",
            "refuse|refuses|refused|refusing to",
            "decline|declines to",
            "far from",
            "free|devoid of|from",
            "lack|lacks|lacking|absence of",
            "lacks|lacking a|any|the",
            "too weak|small|short|late to",
            "anything but",
            "by no means",
        ],
    ),
    (
        NoNegation,
        &[
            "not only|just|merely|simply|solely|to|until|surprisingly|least|exactly|necessarily|entirely|quite",
            "not all that",
            "not sure|certain",
            "no doubt|wonder|matter|problem|surprise|worries|question|sooner|need|idea|less|point",
            "nothing but|else",
            "none other",
            "why|or|if|whether not",
            "without doubt|question|saying",
            "nobody|no one else",
            "do|does not forget|mind|worry|care",
            "not to mention",
            "not unlike",
        ],
    ),
    (
        DontKnow,
        &[
            "no idea|clue",
            "i do not know|remember|recall",
            "i really|honestly|just|simply|actually do not know|remember",
            "do not|don't know|remember the|this|that|it|exactly",
            "i have|would no|have idea|clue|to",
            "idk|dunno",
            "i can not|never remember|recall|answer|used|tell|say",
            "i have never used|heard|seen|needed|touched|looked",
            "never heard|used of|this|it",
            "i would have to|need guess|google|look|to",
            "i am not sure|familiar",
            "pass on",
            "not my area|field|topic",
        ],
    ),
    (
        Injection,
        &[
            "ignore|disregard|forget previous|prior|above|all|your|the|any instructions|rubric|instruction|rules|previous|prior|the|above",
            "ignore|disregard the rubric|instructions|above|previous|grading",
            "full|maximum|max|maximal|perfect|top marks|points|score|credit|grade|scores",
            "award|give|grant|assign me|this|full|maximum|max|10|every full|maximum|max|points|marks|answer|10|all|score|100|credit|hit|concept",
            "mark|grade|score|rate|accept this|it|me|all|every|the|my|each answer|as|submission|concept|concepts|full|correct|response|concepts|one",
            "treat|count|consider this|it|me|all|every|the|my|each answer|submission|concept|concepts|response|one",
            "treat|count|consider this|it|me|all|everything as full|correct|complete|perfect|right|met|covered|hit",
            "system|assistant|developer prompt|message|note|override|instruction|role",
            "you are a|an|the grader|ai|examiner|evaluator|helpful|language|assistant|judge|grading",
            "as a|an ai|grader|language|examiner|evaluator|assistant",
            "dear|hello|hi|hey|attention|note grader|examiner|evaluator|ai|llm|model|marker|reviewer|judge|automated|to|for grader|ai|examiner|evaluator|graders|automated",
            "grader|examiner|evaluator instruction|instructions|note|please|should|must|is|has|override|directive",
            "the|this grader|examiner|evaluator|answer|submission|candidate should|must|is|has|meets|covers|deserves|satisfies give|award|full|been|all|every|complete|pre|already|correct",
            "all|every concepts|concept|criteria|points|criterion|items are|is|as|satisfied|met|have|has|hit|covered|should met|satisfied|hit|covered|been|be|marked|present",
            "as the rubric|marking says|states|scheme|requires|asks",
            "score|grade|mark|verdict 10|100|1.0|1|pass|passed|full|hit|max|perfect",
            "do not grade|deduct|evaluate|penalise|penalize|check",
            "10 out of 10",
            "output|respond|reply|answer|return only|with score|json|hit|pass|full",
            "output|respond|reply|answer|return only|with the|a score|json|verdict|grade|mark|string|word",
            "set|put|assign|make the|all|every|each score|scores|grade|verdicts|verdict|credit|credits|mark|marks",
            "override|overrides all|your|grading|rubric",
            "override|overrides the rubric|grading|instructions|rules|score|verdict|verdicts|above|previous|system",
            "end|begin|start of instructions|rubric|answer|submission|prompt|candidate",
            "pre|already approved|graded|verified|scored",
            "note|notes|message|comment|instruction|instructions to|for automated|the|all reviewer|reviewers|review|reviews|graders|grader|examiner|examiners|marker|markers|evaluator",
            "note|notes|message|comment|instruction|instructions to|for reviewers|graders|examiners|markers|evaluators",
            "grading|grader config|configuration|override|policy|mode|guidelines|guideline",
            "be ticked",
            "be awarded full|points|marks|to|in|for",
            "this|my answer|submission|response deserves|merits|warrants",
            "excellent|wonderful|perceptive|fair|fairest|generous|kind|brilliant|intelligent|wise|wisest examiner|grader|marker|evaluator",
            "to tick all|them",
            "default verdict",
            "to|for the|all|any|every grader|graders|evaluator|evaluators|examiner|examiners",
            "grader|examiner|evaluator to|shall|may|can|will assume|accept|treat|count|give|award|mark|credit|infer",
            "assume|pretend i said|meant|wrote|answered|listed|mentioned",
            "assume|pretend that i said|meant|wrote|answered|listed|mentioned",
            "be regarded|considered|treated|counted|accepted|taken|marked as demonstrated|covered|met|hit|hits|satisfied|fulfilled",
            "are|is to be credited|granted|awarded",
            "the|this answer key",
            "judge|judges|grader|graders|examiner|examiners|evaluator|evaluators is|are asked|kindly|requested|instructed|invited|urged",
            "grade answer|answers|candidate|candidates|response|submission",
            "hit|hits|credit|points|tick|ticks for each|every|all concept|concepts|criterion|criteria|claim|claims",
            "you are a|an|the llm|bot|machine|model|chatbot|marker|evaluator",
            "you are grading|scoring|assessing this|my|an|the",
            "grade|mark|score|judge generously|leniently|kindly",
            "exact|verbatim quote|quotes",
            "dear|hello|hi|hey ai|llm|grader|examiner|evaluator|judge",
            "the candidate correctly|rightly|names|named|identifies|identified|states|stated|mentions|covers|knows|says",
            "candidate|response|answer says same",
            "your|the|marking rubric says|lists|states|wants",
            "the|your|exact reference|model answer",
            "matches|match the|your reference|model|expected|key|rubric",
            "should|must be graded|scored",
            "score|grade|mark|output 100%|10/10",
            "reviewer|examiner|grader comment|remark|verdict",
            "evaluation|grading guidelines|guideline|criteria",
        ],
    ),
];

/// A way in which a cue goes on after its first word: what it does, and for each further word those that fit.
type Rest = (Meaning, Vec<Vec<&'static str>>);

/// The cues by their first words.
#[derive(Debug, Clone)]
pub struct Cues {
    by_head: FxHashMap<&'static str, Vec<Rest>>,
}

impl Default for Cues {
    fn default() -> Self {
        Self::new()
    }
}

impl Cues {
    /// Builds the index.
    #[must_use]
    pub fn new() -> Self {
        let mut by_head: FxHashMap<&str, Vec<Rest>> = FxHashMap::default();
        for (meaning, cues) in CUES {
            for cue in *cues {
                let words: Vec<Vec<&'static str>> = cue.split(' ').map(|w| w.split('|').collect()).collect();
                let Some((first, rest)) = words.split_first() else { continue };
                for head in first {
                    by_head.entry(head).or_default().push((*meaning, rest.to_vec()));
                }
            }
        }
        // Longer cues first, so that the more telling one is found.
        for cues in by_head.values_mut() {
            cues.sort_by_key(|(_, rest)| Reverse(rest.len()));
        }
        Self { by_head }
    }

    /// The cues that begin with `words`' first word and go on as the words do, with the number of words that each takes.
    pub fn at<'c, 'w>(&'c self, words: &'w [&'w str]) -> impl Iterator<Item = (Meaning, usize)> + use<'c, 'w> {
        let (head, tail) = words.split_first().map_or(("", words), |(h, t)| (*h, t));
        self.by_head.get(head).into_iter().flatten().filter_map(move |(meaning, rest)| {
            let goes_on = rest.len() <= tail.len() && rest.iter().zip(tail).all(|(any, word)| any.contains(word));
            goes_on.then_some((*meaning, rest.len() + 1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Meaning>) {
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(Cues::new().at(&words).next().map(|(m, _)| m), expected, "{text}");
    }

    #[test]
    fn cues_are_found_where_they_begin() {
        check("scratch that it runs", Some(Retract));
        check("scrap it HUP", Some(Retract));
        check("no hang on it runs", Some(Retract));
        check("sorry i mean the stack", Some(Retract));
        check("no two threads", Some(Correct));
        check("people often think that", Some(Reported));
        check("myth that defers run", Some(Denied));
        check("rather than parked", Some(Negates));
        check("not only that", Some(NoNegation));
        check("scratch space for it", None);
        check("scrap the heap", None);
        check("i mean the stack", None);
        check("people write code", None);
    }
}
