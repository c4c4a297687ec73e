//! Conversations as transcripts print them: each turn a paragraph, its speaker before a colon.

use std::ops::Range;

use super::{
    mention::{self, Kind, Mention},
    words::{Words, range},
};
use crate::{document::Role, text::token::Shape};

/// The most tokens of what names the speaker at the head of a turn, its colon too.
const MAX_LABEL: usize = 7;
/// The fewest words of a turn under a label that is not in capitals: what is shorter is an entry of a list.
const MIN_WORDS: usize = 3;

/// "PENCE:" at the head of a turn: the tokens of a name in capitals.
pub(super) fn label(words: &Words, turn: Range<usize>) -> Option<Range<usize>> {
    let limit = turn.end.min(turn.start + MAX_LABEL);
    let colon = (turn.start..limit).find(|&at| words.byte(at) == b':')?;
    let is_loud = |at: usize| words.is(at, Shape::ALL_CAPITALS) || !words.is(at, Shape::WORD);
    let is_name = |at: usize| words.is(at, Shape::ALL_CAPITALS) && words.token(at).span.len_bytes() > 1;
    let label = turn.start..colon;
    (colon + 1 < turn.end && label.clone().any(is_name) && label.clone().all(is_loud)).then_some(label)
}

/// "Q:", "A." and the like at the head of a turn, which name nobody.
pub(super) struct Lettered {
    pub(super) is_answer: bool,
    /// The first token of what is said.
    pub(super) begin: usize,
}

impl Lettered {
    pub(super) fn of(words: &Words, turn: &Range<usize>) -> Option<Self> {
        let is_answer = match words.text(turn.start) {
            "Q" | "Q." | "QUESTION" | "Question" => false,
            "A" | "A." | "ANSWER" | "Answer" => true,
            _ => return None,
        };
        let is_pointed = words.text(turn.start).ends_with('.');
        let begin = turn.start + if is_pointed { 1 } else { 2 };
        let is_label = is_pointed || begin < turn.end && matches!(words.text(begin - 1), ":" | ".");
        (begin < turn.end && is_label).then_some(Self { is_answer, begin })
    }
}

/// What is said in each turn, where the document prints at least two of two speakers; turns that hold marks are left out,
/// since what stands in these may be said by others.
pub(super) fn turns(words: &Words, mentions: &[Mention]) -> Vec<Range<usize>> {
    let marks = &words.document.marks;
    let mut turns = Vec::new();
    let mut speakers: Vec<u32> = Vec::new();
    for (at, paragraph) in words.document.paragraphs.iter().enumerate() {
        let sentences = &words.document.sentences[range(&paragraph.sentences)];
        let bounds = words.paragraph_tokens(at);
        if bounds.is_empty() || sentences.iter().any(|sentence| sentence.role == Role::Boilerplate) {
            continue;
        }
        let lettered = Lettered::of(words, &bounds);
        let (named, said) = match (&lettered, speaker(words, mentions, &bounds)) {
            (Some(lettered), _) => (bounds.start, lettered.begin..bounds.end),
            (None, Some(speaker)) => (speaker.core.end - 1, speaker.tokens.end + 1..bounds.end),
            (None, None) => continue,
        };
        let count = said.clone().filter(|&at| words.is(at, Shape::WORD)).count();
        let is_shouted = lettered.is_some() || label(words, bounds.clone()).is_some();
        let ends = said.clone().last().is_some_and(|at| matches!(words.text(at), "." | "?" | "!" | "…"));
        let is_turn = count > 0 && (is_shouted || ends && count >= MIN_WORDS);
        if !is_turn {
            continue;
        }
        speakers.push(words.print(named));
        let mark = marks.partition_point(|mark| mark.open.begin < paragraph.span.begin);
        if marks.get(mark).is_none_or(|mark| mark.open.begin >= paragraph.span.end) {
            turns.push(said);
        }
    }
    let is_conversation = speakers.iter().any(|&speaker| speaker != speakers[0]);
    if is_conversation { turns } else { Vec::new() }
}

/// The mention that a turn's paragraph begins with, right before its colon.
fn speaker<'m>(words: &Words, mentions: &'m [Mention], bounds: &Range<usize>) -> Option<&'m Mention> {
    let mention = &mentions[mention::beginning_at(mentions, bounds.start)?];
    let is_name = matches!(mention.kind, Kind::Name | Kind::Nominal);
    (is_name && mention.tokens.end < bounds.end && words.text(mention.tokens.end) == ":").then_some(mention)
}

/// Lays `turns` over the stretches that are reported: what is said in a turn is one stretch.
pub(super) fn lay_over(mut stretches: Vec<Range<usize>>, turns: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if turns.is_empty() {
        return stretches;
    }
    stretches.retain(|stretch| {
        let at = turns.partition_point(|turn| turn.end <= stretch.start);
        turns.get(at).is_none_or(|turn| turn.start >= stretch.end)
    });
    stretches.extend(turns);
    stretches.sort_by_key(|stretch| stretch.start);
    stretches
}
