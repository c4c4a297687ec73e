//! The words of a line as the furniture rules see them: hashes.

use super::{
    line::{Case, Piece},
    phrase::Lists,
};
use crate::text::{
    script::{ascii, is_written_mark},
    vocabulary::key::{Key, Letters},
};

/// The hash all numbers share.
pub(in crate::document) const NUMBER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The pieces of a phrase of the lists, as a line's are read.
pub(in crate::document) fn hash_of(piece: &str) -> u64 {
    let first = piece.chars().next().unwrap_or_default();
    if !is_word_char(first) || is_ideograph(first) {
        return u64::from(if matches!(first, '–' | '—') { '-' } else { first });
    }
    hash_word(piece).0
}

/// The word at `begin` of a line's `bytes`, which stands at `place` of `text`, and where it ends, before the line does: where
/// it is ASCII letters alone.
#[inline]
pub(super) fn letters(text: &str, place: usize, bytes: &[u8], begin: usize, lists: &Lists) -> Option<(Piece, usize)> {
    let letters = Letters::at(text.as_bytes(), place)?;
    let end = begin + letters.len();
    let kind = ascii::KIND[*bytes.get(end)? as usize];
    let ends = kind & (ascii::WORD | ascii::BEYOND | ascii::INNER) == 0
        || bytes[end] == b'.' && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    if !ends || letters.len() == 0 {
        return None;
    }
    let case = match letters.opens_high() {
        true if letters.are_all_capitals() => Case::Capitals,
        true => Case::Capitalised,
        false => Case::Lower,
    };
    let hash = letters.key.hash();
    Some((Piece { hash, class: lists.class_of(hash), case }, end))
}

/// The word at `begin`, and where it ends.
pub(super) fn word(content: &str, begin: usize, lists: &Lists) -> (Piece, usize) {
    let bytes = content.as_bytes();
    let mut end = begin;
    let mut kinds = 0;
    // Most words are ASCII letters up to a space.
    while let Some(&byte) = bytes.get(end)
        && ascii::KIND[byte as usize] & ascii::WORD != 0
    {
        kinds |= ascii::KIND[byte as usize];
        end += 1;
    }
    let may_go_on = bytes.get(end).is_some_and(|&byte| !byte.is_ascii() || matches!(byte, b'\'' | b'.'));
    if may_go_on || kinds & ascii::JOINER != 0 {
        let ascii_end = end;
        end = word_end(content, end);
        if end > ascii_end || kinds & ascii::JOINER != 0 {
            let (hash, case) = hash_word(&content[begin..end]);
            return (Piece { hash, class: lists.class_of(hash), case }, end);
        }
    }
    let key = Key::of_short_ascii(bytes, begin, end - begin);
    let (hash, case) = match key {
        Some(_) if kinds & !ascii::DIGIT == 0 => (NUMBER, Case::Number),
        Some(key) => (key.hash(), case_of_ascii(&bytes[begin..end], kinds)),
        None => hash_word(&content[begin..end]),
    };
    (Piece { hash, class: lists.class_of(hash), case }, end)
}

/// How an ASCII word is written that holds letters.
fn case_of_ascii(word: &[u8], kinds: u8) -> Case {
    if kinds & ascii::UPPER == 0 {
        return Case::Lower;
    }
    let is_all_capitals = || word.iter().filter(|byte| byte.is_ascii_uppercase()).nth(1).is_some();
    match word.first() {
        _ if kinds & ascii::LOWER == 0 && is_all_capitals() => Case::Capitals,
        Some(first) if first.is_ascii_uppercase() => Case::Capitalised,
        _ => Case::Lower,
    }
}

/// Where the word ends that has gone on to `end`.
fn word_end(content: &str, mut end: usize) -> usize {
    while end < content.len() {
        let (c, width) = char_at(content, end);
        let inside =
            is_word_char(c) && !is_ideograph(c) || matches!(c, '\'' | '’' | '.') && joins(content, end + width, c);
        if !inside {
            break;
        }
        end += width;
    }
    end
}

/// Whether a full stop or an apostrophe before `at` stands between two letters of one word.
fn joins(content: &str, at: usize, mark: char) -> bool {
    if at >= content.len() {
        return false;
    }
    let (c, _) = char_at(content, at);
    if mark == '.' { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

/// A word's case-folded letters, hashed, and how it is written.
fn hash_word(word: &str) -> (u64, Case) {
    let mut folded = String::with_capacity(word.len());
    let (mut upper, mut lower) = (0u32, 0u32);
    for c in word.chars() {
        if c.is_ascii() {
            upper += u32::from(c.is_ascii_uppercase());
            lower += u32::from(c.is_ascii_lowercase());
            if c.is_ascii_alphanumeric() || c == '\'' {
                folded.push(c.to_ascii_lowercase());
            }
        } else if c == '’' {
            folded.push('\'');
        } else {
            upper += u32::from(c.is_uppercase());
            lower += u32::from(!c.is_uppercase());
            folded.extend(c.to_lowercase());
        }
    }
    let case = match (upper, lower) {
        (0, 0) => return (NUMBER, Case::Number),
        (2.., 0) => Case::Capitals,
        _ if word.starts_with(char::is_uppercase) => Case::Capitalised,
        _ => Case::Lower,
    };
    (Key::of(folded.as_bytes()).hash(), case)
}

#[inline]
pub(super) fn char_at(content: &str, at: usize) -> (char, usize) {
    let byte = content.as_bytes()[at];
    if byte.is_ascii() {
        return (char::from(byte), 1);
    }
    let c = content[at..].chars().next().unwrap_or_default();
    (c, c.len_utf8())
}

pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '_'
    } else {
        !is_written_mark(c) && (c.is_alphanumeric() || ('\u{300}'..'\u{370}').contains(&c))
    }
}

pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}
