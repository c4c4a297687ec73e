//! Words and punctuation, each read once.

use super::{Span, Vocabulary, vocabulary::WordId};

/// A word, a number or one piece of punctuation.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// Which word of the document's [`Vocabulary`] it is (punctuation counts as a word of its own).
    pub word: WordId,
    /// How it is written.
    pub shape: Shape,
}

/// How a token is written: a set of properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape(u8);

impl Shape {
    /// Letters or digits, not punctuation.
    pub const WORD: Shape = Shape(1);
    /// Begins with a capital letter.
    pub const CAPITALISED: Shape = Shape(1 << 1);
    /// Two letters or more, all of them capitals.
    pub const ALL_CAPITALS: Shape = Shape(1 << 2);
    /// Holds a digit.
    pub const NUMERIC: Shape = Shape(1 << 3);
    /// White space stands before it, or nothing does.
    pub const AFTER_SPACE: Shape = Shape(1 << 4);

    /// Whether it has all of `properties`.
    #[must_use]
    pub const fn is(self, properties: Shape) -> bool {
        self.0 & properties.0 == properties.0
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, properties: Shape) -> Shape {
        Shape(self.0 | properties.0)
    }
}

/// Reads the tokens of `span` into `tokens`, and their words into `vocabulary`.
///
/// A word is a run of letters, digits, marks and underscores; an apostrophe, a full stop or a comma between two of them
/// does not part it where it joins ("don't", "U.S", "3.5"). Any other character that is not white space is a token of
/// its own.
pub fn tokenize(text: &str, span: Span, vocabulary: &mut Vocabulary, tokens: &mut Vec<Token>) {
    let base = span.begin as usize;
    let content = span.of(text);
    let mut chars = content.char_indices().peekable();
    let mut after_space = true;
    while let Some((at, first)) = chars.next() {
        if first.is_whitespace() {
            after_space = true;
            continue;
        }
        let mut end = at + first.len_utf8();
        let mut shape = Shape::default();
        if is_word_char(first) {
            shape = shape.with(Shape::WORD);
            while let Some(&(next_at, next)) = chars.peek() {
                let joins = || content[next_at + next.len_utf8()..].chars().next().is_some_and(is_word_char);
                if !(is_word_char(next) || matches!(next, '\'' | '’' | '.') && joins()) {
                    break;
                }
                end = next_at + next.len_utf8();
                chars.next();
            }
        }
        if after_space {
            shape = shape.with(Shape::AFTER_SPACE);
        }
        let word = &content[at..end];
        if first.is_uppercase() {
            shape = shape.with(Shape::CAPITALISED);
            if word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase) {
                shape = shape.with(Shape::ALL_CAPITALS);
            }
        }
        if word.chars().any(|c| c.is_ascii_digit()) {
            shape = shape.with(Shape::NUMERIC);
        }
        tokens.push(Token { span: Span::new(base + at, base + end), word: vocabulary.intern(word), shape });
        after_space = false;
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || ('\u{300}'..'\u{370}').contains(&c)
}
