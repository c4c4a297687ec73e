//! What a reader is after.

use std::collections::HashMap;

use crate::{
    cancel::{Cancel, Cancelled},
    document::Document,
    text::{Class, Span, Token, Vocabulary, token, token::Shape},
};

use super::term::{Terms, to_f32};

/// How much of the query each sentence has, from 0 to 1, rare words weighing more; nothing if none has any.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub(super) fn shares(
    document: &Document,
    terms: &Terms,
    query: &str,
    cancel: Cancel<'_>,
) -> Result<Vec<f32>, Cancelled> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let mut vocabulary = Vocabulary::new(document.language);
    let mut tokens: Vec<Token> = Vec::new();
    token::tokenize(query, Span::new(0, query.len()), &mut vocabulary, &mut tokens);
    let rarity = terms.rarity();
    let mut weights = vec![0.0f32; terms.statistics.len()];
    let mut total = 0.0;
    let mut is_seen = vec![false; vocabulary.term_count()];
    let mut accented = None;
    for token in tokens.iter().filter(|token| token.shape.is(Shape::WORD)) {
        let word = vocabulary.word(token.word);
        if word.classes.any(Class::STOP) || std::mem::replace(&mut is_seen[word.term as usize], true) {
            continue;
        }
        let own = document.vocabulary.find_term(vocabulary.stem(word.term)).and_then(|term| terms.number(term));
        let mut found: Vec<usize> = own.into_iter().collect();
        if found.is_empty() {
            let stem = vocabulary.plain_stem(token.word);
            let plain = document.vocabulary.find_term(&stem).and_then(|term| terms.number(term));
            let accented = match &mut accented {
                Some(accented) => accented,
                None => accented.insert(accented_terms(document, terms, cancel)?),
            };
            found.extend(plain.into_iter().chain(accented.get(&stem).into_iter().flatten().copied()));
        }
        for &term in &found {
            weights[term] = rarity[term];
        }
        total += found.iter().map(|&term| rarity[term]).fold(0.0, f32::max);
    }
    if total <= 0.0 {
        return Ok(Vec::new());
    }
    let share = |sentence: usize| {
        let entries = terms.of(sentence);
        let found: f32 = entries.iter().map(|entry| weights[entry.term as usize]).sum();
        // Of sentences with as much of it, the one that says little else is the more about it.
        (found / total * (0.9 + 0.1 * found / (found + to_f32(entries.len().max(1))))).min(1.0)
    };
    Ok((0..terms.sentences.len()).map(share).collect())
}

/// The numbers of the terms of words with accents, by their stems without them: a reader may type "Nunez" for "Núñez".
fn accented_terms(
    document: &Document,
    terms: &Terms,
    cancel: Cancel<'_>,
) -> Result<HashMap<String, Vec<usize>>, Cancelled> {
    let vocabulary = &document.vocabulary;
    let mut numbers: HashMap<String, Vec<usize>> = HashMap::new();
    for (id, at) in (0u32..).zip(0..vocabulary.word_count()) {
        if at % 1024 == 0 {
            cancel.check()?;
        }
        if let Some(number) = terms.number(vocabulary.word(id).term)
            && !vocabulary.folded(id).is_ascii()
        {
            numbers.entry(vocabulary.plain_stem(id)).or_default().push(number);
        }
    }
    Ok(numbers)
}
