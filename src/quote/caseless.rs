//! Who speaks in Chinese and Japanese, whose scripts have no capitals to know names by: the words right beside the marks,
//! up to a particle or a verb of speech.

use std::ops::Range;

use super::{
    attribution::{Candidate, Scene},
    content::Piece,
    mention::{Kind, Mention},
    words::Words,
};
use crate::text::{Class, Language, token::Shape};

/// The most tokens of a name with its title.
const MAX_NAME: usize = 8;
/// The most tokens of a name and what stands between it and its verb.
const MAX_CLAUSE: usize = 16;
/// The most tokens of a Japanese verb with its endings.
const MAX_VERB: usize = 5;

/// Whether a text in that language is read by these rules.
#[must_use]
pub fn is_caseless(language: Language) -> bool {
    matches!(language, Language::Chinese | Language::Japanese)
}

/// The mentions of a sentence that stand beside marks, in reading order.
#[must_use]
pub fn mentions(words: &Words, bounds: &Range<usize>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for at in bounds.clone() {
        let mention = match words.document.language {
            Language::Japanese => topic(words, bounds, at),
            _ => named_before(words, bounds, at).or_else(|| named_behind(words, bounds, at)),
        };
        found.extend(mention.filter(|mention| found.last().is_none_or(|last| last.tokens.end <= mention.tokens.start)));
    }
    found
}

/// The source of a piece, and its cue.
pub(super) fn source(scene: &Scene, piece: &Piece) -> Option<Candidate> {
    let words = scene.words;
    if !is_caseless(words.document.language) {
        return None;
    }
    let begin = piece.tokens.start;
    let next = scene.mentions.partition_point(|mention| mention.tokens.start < begin);
    let is_clause = |gap: &Range<usize>| {
        gap.len() <= MAX_CLAUSE && gap.clone().all(|at| words.is(at, Shape::WORD) || is_link(words.text(at)))
    };
    let before = next.checked_sub(1).filter(|&at| {
        let gap = scene.mentions[at].tokens.end..begin;
        scene.mentions[at].tokens.end <= begin && is_clause(&gap)
    });
    if words.document.language == Language::Japanese {
        return before.map(|mention| Candidate::Source { mention, cue: verb_behind(words, piece.tokens.end) });
    }
    let cue_in = |range: Range<usize>| range.into_iter().find(|&at| words.on(at, Class::CUE)).map(|at| at..at + 1);
    if let Some(mention) = before {
        return Some(Candidate::Source { mention, cue: cue_in(scene.mentions[mention].tokens.end..begin) });
    }
    let behind = scene.mentions.get(next).filter(|mention| mention.tokens.start == piece.tokens.end)?;
    let end = words.sentence_tokens(behind.tokens.start).end.min(behind.tokens.end + MAX_CLAUSE);
    cue_in(behind.tokens.end..end).map(|cue| Candidate::Source { mention: next, cue: Some(cue) })
}

/// What may stand between a source and its quote.
fn is_link(text: &str) -> bool {
    matches!(text, "、" | "，" | "：" | "," | ":" | "(" | "（" | ")" | "）")
}

fn opens(text: &str) -> bool {
    matches!(text, "「" | "『" | "“" | "\"" | "‘" | "﹁")
}

fn closes(text: &str) -> bool {
    matches!(text, "」" | "』" | "”" | "\"" | "’" | "﹂")
}

/// Japanese: `校長の田所さんは「`: the words before the particle, without the office that "の" joins to them.
fn topic(words: &Words, bounds: &Range<usize>, at: usize) -> Option<Mention> {
    let is_topic = matches!(words.text(at), "は" | "が" | "も");
    let mut next = at + 1;
    next += usize::from(next < bounds.end && words.text(next) == "、");
    if !is_topic || next >= bounds.end || !opens(words.text(next)) {
        return None;
    }
    let mut end = at;
    // "(80)"
    let is_closing = |text: &str| matches!(text, ")" | "）");
    if end > bounds.start && is_closing(words.text(end - 1)) {
        end = (bounds.start..end).rev().take(MAX_NAME).find(|&at| matches!(words.text(at), "(" | "（"))?;
    }
    let ends = |at: usize| {
        !words.is(at, Shape::WORD)
            || matches!(
                words.text(at),
                "の" | "は" | "が" | "も" | "を" | "に" | "で" | "と" | "や" | "から" | "する" | "した"
            )
    };
    let begin = (bounds.start..end).rev().find(|&at| ends(at)).map_or(bounds.start, |at| at + 1);
    mention(words, begin..end)
}

/// Chinese: `李明昨天表示：“`: the clause's first words, up to the verb or to what says when and where. Before a colon no verb is
/// asked for.
fn named_before(words: &Words, bounds: &Range<usize>, at: usize) -> Option<Mention> {
    let link = at.checked_sub(1).filter(|&link| link >= bounds.start && opens(words.text(at)))?;
    let clause = bounds.start.max(at.saturating_sub(MAX_CLAUSE))..if is_link(words.text(link)) { link } else { at };
    let cue = clause.clone().rev().find(|&at| words.on(at, Class::CUE));
    let verb = cue.or_else(|| matches!(words.text(link), "：" | ":").then_some(clause.end))?;
    let breaks = |at: usize| !words.is(at, Shape::WORD) || words.text(at) == "的";
    let begin = (clause.start..verb).rev().find(|&at| breaks(at)).map_or(clause.start, |at| at + 1);
    let end = (begin..verb).find(|&at| words.on(at, Class::PREPOSITION.or(Class::TIME))).unwrap_or(verb);
    mention(words, begin..end)
}

/// Chinese: `”李明说`.
fn named_behind(words: &Words, bounds: &Range<usize>, at: usize) -> Option<Mention> {
    let begin = at.checked_sub(1).filter(|&mark| closes(words.text(mark))).map(|_| at)?;
    let limit = bounds.end.min(begin + MAX_NAME + 1);
    let cue = (begin..limit).take_while(|&at| words.is(at, Shape::WORD)).find(|&at| words.on(at, Class::CUE))?;
    let end = (begin..cue).find(|&at| words.on(at, Class::PREPOSITION.or(Class::TIME))).unwrap_or(cue);
    mention(words, begin..end)
}

/// A name, and the courtesy behind it.
fn mention(words: &Words, tokens: Range<usize>) -> Option<Mention> {
    if tokens.is_empty() || tokens.len() > MAX_NAME {
        return None;
    }
    let courtesy = (tokens.start + 1..tokens.end).rev().take_while(|&at| words.on(at, Class::TITLE)).count();
    let core = tokens.start..tokens.end - courtesy;
    Some(Mention { tokens, core, kind: Kind::Name })
}

/// Japanese: `」と話した`: the verb behind the particle.
fn verb_behind(words: &Words, end: usize) -> Option<Range<usize>> {
    let to = Some(end).filter(|&to| to < words.len() && words.text(to) == "と")?;
    let bounds = words.sentence_tokens(to);
    let verb = to + 1..bounds.end.min(to + 1 + MAX_VERB);
    let stop = verb.clone().find(|&at| !words.is(at, Shape::WORD)).unwrap_or(verb.end);
    (stop > verb.start).then_some(verb.start..stop)
}
