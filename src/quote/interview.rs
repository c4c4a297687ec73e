//! Interviews: questions that stand without marks and name nobody, and answers inside marks; questions and answers under
//! "Q:" and "A:".

use super::{
    attribution::{Candidate, Choice, Scene},
    mention::Kind,
    transcript::Lettered,
};
use crate::{
    document::Role,
    text::{Class, token::Shape},
};

/// The most tokens of a question.
const MAX_QUESTION: usize = 80;
/// The fewest answers of an interview.
const MIN_ANSWERS: usize = 2;
/// How likely it is that who answers one question answers another.
const LIKELY: f32 = 0.8;

/// Gives the answers that name nobody to whom another names; a question that speaks of somebody tells nothing of that.
pub(super) fn answer(scene: &Scene, choices: &mut [Choice]) {
    let words = scene.words;
    let answers: Vec<usize> = (0..scene.pieces.len()).filter(|&piece| is_answer(scene, piece)).collect();
    if answers.len() < MIN_ANSWERS {
        return;
    }
    let named = answers.iter().find_map(|&piece| {
        choices[piece].mention().filter(|&mention| {
            let begin = scene.mentions[mention].tokens.start;
            words.paragraph(begin) == scene.pieces[piece].paragraph && !scene.is_marked(begin)
        })
    });
    for piece in answers {
        let of = &scene.pieces[piece];
        let rest = of.tokens.end..words.paragraph_tokens(of.paragraph).end;
        if rest.into_iter().any(|at| words.is(at, Shape::WORD)) {
            continue;
        }
        let candidate = named.map_or(Candidate::Nobody, |mention| Candidate::Source { mention, cue: None });
        choices[piece] = Choice { candidate, probability: LIKELY };
    }
}

/// Gives what stands under "A:" to whom the text names in full last before the first question, and what stands under "Q:" to
/// nobody.
pub(super) fn answer_lettered(scene: &Scene, choices: &mut [Choice]) {
    let words = scene.words;
    let lettered = |paragraph: usize| {
        let turn = words.paragraph_tokens(paragraph);
        if turn.is_empty() { None } else { Lettered::of(words, &turn) }
    };
    let Some(first) = (0..words.document.paragraphs.len()).find(|&paragraph| lettered(paragraph).is_some()) else {
        return;
    };
    let before = scene.mentions.iter().take_while(|mention| words.paragraph(mention.tokens.start) < first);
    let in_full = before.enumerate().filter(|(_, mention)| {
        mention.kind == Kind::Name && mention.core.len() > 1 && !words.on(mention.core.end - 1, Class::BODY)
    });
    let answering = in_full.last().map(|(mention, _)| mention);
    for (piece, choice) in scene.pieces.iter().zip(choices) {
        let Some(lettered) = lettered(piece.paragraph).filter(|lettered| lettered.begin == piece.tokens.start) else {
            continue;
        };
        let candidate = answering
            .filter(|_| lettered.is_answer)
            .map_or(Candidate::Nobody, |mention| Candidate::Source { mention, cue: None });
        *choice = Choice { candidate, probability: LIKELY };
    }
}

/// Whether the piece opens its paragraph, behind a question to the one who is interviewed.
fn is_answer(scene: &Scene, piece: usize) -> bool {
    let words = scene.words;
    let of = &scene.pieces[piece];
    let Some(before) = of.paragraph.checked_sub(1).filter(|_| of.is_marked) else { return false };
    let question = words.paragraph_tokens(before);
    let is_asked = question.len() <= MAX_QUESTION
        && words.text(question.end.saturating_sub(1).min(words.len() - 1)).ends_with(['?', '.'])
        && words.sentence(question.start.min(words.len() - 1)).role == Role::Body
        && !question.clone().any(|at| scene.is_marked(at));
    let is_open = |at: usize| matches!(words.text(at), "?" | "you" | "You" | "your" | "Your");
    is_asked && question.into_iter().any(is_open) && words.paragraph_tokens(of.paragraph).start == of.tokens.start
}
