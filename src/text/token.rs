//! Words and punctuation, each read once.

mod word_end;

use std::sync::LazyLock;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use super::{
    Span, Vocabulary,
    script::{ascii, char_at, char_before, is_space, is_unspaced, is_word},
    vocabulary::{WordId, key::Letters},
};

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
    /// White space stands before it, or its sentence begins with it.
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

/// Splits the words of scripts that write no spaces, by dictionary. Its data is part of the binary.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

/// The longest stretch given to the segmenter at once, in bytes: its time is not linear.
const SEGMENT_BYTES: usize = 600;

/// Reads the tokens of `span` into `tokens`, and their words into `vocabulary`. Every character that is not white space
/// is in one of them.
///
/// A word is a run of letters, digits, their marks and underscores. What stands between two of them joins them or not:
///
/// - an apostrophe joins ("don’t", "O'Brien"), but a possessive or contracted *’s* is a word of its own ("Gil" "’s"), and
///   so is an elided article in French or Italian ("l’" "homme");
/// - a full stop joins ("3.5", "example.com"), and the one at the end of letters that each have one belongs to
///   them ("U.S.", "a.m."; but "Mr" ".");
/// - a comma joins digits ("1,000"); `@` and `&` join ("jane.doe@example.com", "AT&T"); a hyphen does not ("U.S." "-" "led");
/// - `://` joins all that follows without white space, but for closing punctuation;
/// - `@` and `#` belong to the word they stand before, where white space stands before them ("@handle").
///
/// In scripts that write no spaces between words, words are those of a dictionary. Any other character is a token of
/// its own.
pub fn tokenize(text: &str, span: Span, vocabulary: &mut Vocabulary, tokens: &mut Vec<Token>) {
    let bytes = &text.as_bytes()[..span.end as usize];
    let mut at = span.begin as usize;
    let mut spacing = Shape::AFTER_SPACE;
    loop {
        // Most words are ASCII letters up to a space: where the next one begins depends on nothing but where this one ends.
        while let Some(letters) = Letters::at(text.as_bytes(), at)
            && word_end::ends_after_letters(bytes, at, letters.len())
        {
            let begin = at;
            at += letters.len();
            let word = vocabulary.intern_whole(letters.key);
            tokens.push(Token { span: Span::new(begin, at), word, shape: shape_of(&letters).with(spacing) });
            spacing = Shape::default();
            if bytes[at] != b' ' {
                break;
            }
            at += 1;
            spacing = Shape::AFTER_SPACE;
        }
        let begin = at;
        let Some(&first) = bytes.get(at) else { break };
        let kind = ascii::KIND[first as usize];
        if kind & ascii::SPACE != 0 {
            spacing = Shape::AFTER_SPACE;
            at += 1;
            continue;
        }
        if kind & ascii::WORD != 0 {
            at = push_word(text, bytes, begin, spacing, vocabulary, tokens);
        } else if kind & ascii::BEYOND != 0 {
            let c = char_at(text, begin);
            if is_unspaced(c) {
                at = push_unspaced(text, bytes.len(), begin, spacing, vocabulary, tokens);
            } else if is_word(c) {
                at = push_word(text, bytes, begin, spacing, vocabulary, tokens);
            } else if is_space(c) {
                at += c.len_utf8();
                spacing = Shape::AFTER_SPACE;
                continue;
            } else if c == '’' && is_detached_s(text, bytes, begin) {
                at += c.len_utf8() + 1;
                push(text, begin..at, Shape::WORD.with(spacing), vocabulary, tokens);
            } else {
                at += c.len_utf8();
                push(text, begin..at, spacing, vocabulary, tokens);
            }
        } else if first == b'\'' && is_detached_s(text, bytes, begin) {
            at += 2;
            push(text, begin..at, Shape::WORD.with(spacing), vocabulary, tokens);
        } else if matches!(first, b'@' | b'#') && spacing == Shape::AFTER_SPACE && starts_word(bytes, at + 1) {
            at = word_end::find(text, bytes, at + 1, vocabulary.language());
            push(text, begin..at, Shape::WORD.with(spacing), vocabulary, tokens);
        } else {
            at += 1;
            tokens.push(Token {
                span: Span::new(begin, at),
                word: vocabulary.intern_ascii(text, begin, 1),
                shape: spacing,
            });
        }
        spacing = Shape::default();
    }
}

/// How a word is written that is these letters.
#[inline]
fn shape_of(letters: &Letters) -> Shape {
    if !letters.opens_high() {
        return Shape::WORD;
    }
    let capitalised = Shape::WORD.with(Shape::CAPITALISED);
    if letters.are_all_capitals() { capitalised.with(Shape::ALL_CAPITALS) } else { capitalised }
}

/// Reads the word at `begin`; answers where it ends.
fn push_word(
    text: &str,
    bytes: &[u8],
    begin: usize,
    spacing: Shape,
    vocabulary: &mut Vocabulary,
    tokens: &mut Vec<Token>,
) -> usize {
    let mut kinds = 0;
    let mut end = begin;
    while let Some(&byte) = bytes.get(end)
        && ascii::KIND[byte as usize] & ascii::WORD != 0
    {
        kinds |= ascii::KIND[byte as usize];
        end += 1;
    }
    if bytes.get(end).is_some_and(|&byte| word_end::may_join(byte)) {
        end = word_end::find(text, bytes, begin, vocabulary.language());
        push(text, begin..end, Shape::WORD.with(spacing), vocabulary, tokens);
        return end;
    }
    let mut shape = Shape::WORD.with(spacing);
    if kinds & ascii::UPPER != 0 && bytes[begin].is_ascii_uppercase() {
        shape = shape.with(Shape::CAPITALISED);
        if kinds & ascii::LOWER == 0 && bytes[begin + 1..end].iter().any(u8::is_ascii_uppercase) {
            shape = shape.with(Shape::ALL_CAPITALS);
        }
    }
    if kinds & ascii::DIGIT != 0 {
        shape = shape.with(Shape::NUMERIC);
    }
    tokens.push(Token { span: Span::new(begin, end), word: vocabulary.intern_ascii(text, begin, end - begin), shape });
    end
}

/// Reads a token of any characters.
fn push(
    text: &str,
    range: std::ops::Range<usize>,
    mut shape: Shape,
    vocabulary: &mut Vocabulary,
    tokens: &mut Vec<Token>,
) {
    let word = &text[range.clone()];
    if shape.is(Shape::WORD) {
        if word.starts_with(char::is_uppercase) {
            shape = shape.with(Shape::CAPITALISED);
            if !word.contains(char::is_lowercase) && word.chars().filter(|c| c.is_alphabetic()).nth(1).is_some() {
                shape = shape.with(Shape::ALL_CAPITALS);
            }
        }
        if word.contains(char::is_numeric) {
            shape = shape.with(Shape::NUMERIC);
        }
    }
    let id =
        if word.is_ascii() { vocabulary.intern_ascii(text, range.start, range.len()) } else { vocabulary.intern(word) };
    tokens.push(Token { span: Span::new(range.start, range.end), word: id, shape });
}

/// Reads a run of a script that writes no spaces between words; answers where it ends.
fn push_unspaced(
    text: &str,
    limit: usize,
    begin: usize,
    mut spacing: Shape,
    vocabulary: &mut Vocabulary,
    tokens: &mut Vec<Token>,
) -> usize {
    let run = &text[begin..limit];
    let run = &run[..run.find(|c| !is_unspaced(c)).unwrap_or(run.len())];
    let run = &run[..run.floor_char_boundary(SEGMENT_BYTES)];
    let mut from = 0;
    for to in SEGMENTER.segment_str(run).skip(1) {
        push(text, begin + from..begin + to, Shape::WORD.with(spacing), vocabulary, tokens);
        spacing = Shape::default();
        from = to;
    }
    begin + run.len()
}

/// Whether a word begins at `at`.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|&byte| ascii::KIND[byte as usize] & ascii::WORD != 0)
}

/// Whether the apostrophe at `at` and the *s* after it are what remains of a possessive or of *is*.
fn is_detached_s(text: &str, bytes: &[u8], at: usize) -> bool {
    let after = at + char_at(text, at).len_utf8();
    matches!(bytes.get(after), Some(b's' | b'S'))
        && (after + 1 >= bytes.len() || !is_word(char_at(text, after + 1)))
        && at > 0
        && is_word(char_before(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn words(text: &str, language: Language) -> Vec<String> {
        let (mut vocabulary, mut tokens) = (Vocabulary::new(language), Vec::new());
        tokenize(text, Span::new(0, text.len()), &mut vocabulary, &mut tokens);
        tokens.iter().map(|token| token.span.of(text).to_owned()).collect()
    }

    #[test]
    fn parts_words() {
        let check = |language, text: &str, expected: &str| {
            assert_eq!(words(text, language).join("|"), expected, "{text}");
        };
        let english = Language::English;
        check(english, "", "");
        check(english, " \u{a0}\u{200b}\n", "");
        check(english, "Warned, he said.", "Warned|,|he|said|.");
        check(english, "Washington’s U.S.-led bloc", "Washington|’s|U.S.|-|led|bloc");
        check(english, "don't O’Brien's it’s the '90s", "don't|O’Brien|'s|it|’s|the|'|90s");
        check(english, "the soldiers’ stay, ’s", "the|soldiers|’|stay|,|’|s");
        check(english, "$3.5 million, 1,000 or 4-5.", "$|3.5|million|,|1,000|or|4|-|5|.");
        check(english, "at 5 a.m. Mr. J. K. Roe (Ph.D.)", "at|5|a.m.|Mr|.|J|.|K|.|Roe|(|Ph.D|.|)");
        check(english, "in the U.S. It U.S.A", "in|the|U.S.|It|U.S.A");
        check(english, "AT&T; R&D & co", "AT&T|;|R&D|&|co");
        check(english, "jane.doe@example.com, @handle #tag C# a@", "jane.doe@example.com|,|@handle|#tag|C|#|a|@");
        check(
            english,
            "See https://example.com/a_b?c=d#e. (http://x.org/y), x",
            "See|https://example.com/a_b?c=d#e|.|(|http://x.org/y|)|,|x",
        );
        check(english, "example.com/x “hi”…", "example.com|/|x|“|hi|”|…");
        check(english, "Chávez naïve co\u{ad}operate e\u{301}t", "Chávez|naïve|co\u{ad}operate|e\u{301}t");
        check(Language::French, "L’homme qu'il aujourd’hui d’État", "L’|homme|qu'|il|aujourd’hui|d’|État");
        check(Language::Italian, "dell'Unione c’è", "dell'|Unione|c’|è");
        check(Language::German, "„Größe“ 3,5 Mio.", "„|Größe|“|3,5|Mio|.");
        check(Language::Japanese, "東京都に住む。", "東京|都|に|住む|。");
        check(Language::Thai, "ภาษาไทย", "ภาษา|ไทย");
        check(Language::Other, "नमस्ते दुनिया।", "नमस्ते|दुनिया|।");
        check(Language::Other, "3개 한국어", "3개|한국어");
    }

    #[test]
    fn tells_shapes() {
        let check = |word: &str, expected: &[Shape]| {
            let (mut vocabulary, mut tokens) = (Vocabulary::new(Language::English), Vec::new());
            tokenize(word, Span::new(0, word.len()), &mut vocabulary, &mut tokens);
            let all = [Shape::WORD, Shape::CAPITALISED, Shape::ALL_CAPITALS, Shape::NUMERIC];
            let found: Vec<_> = all.into_iter().filter(|&shape| tokens[0].shape.is(shape)).collect();
            assert_eq!(found, expected, "{word}");
        };
        check("word", &[Shape::WORD]);
        check("A", &[Shape::WORD, Shape::CAPITALISED]);
        check("Word", &[Shape::WORD, Shape::CAPITALISED]);
        check("Élysée", &[Shape::WORD, Shape::CAPITALISED]);
        check("NATO", &[Shape::WORD, Shape::CAPITALISED, Shape::ALL_CAPITALS]);
        check("ÉTAT", &[Shape::WORD, Shape::CAPITALISED, Shape::ALL_CAPITALS]);
        check("U.S.", &[Shape::WORD, Shape::CAPITALISED, Shape::ALL_CAPITALS]);
        check("G20", &[Shape::WORD, Shape::CAPITALISED, Shape::NUMERIC]);
        check("3.5", &[Shape::WORD, Shape::NUMERIC]);
        check("iPhone", &[Shape::WORD]);
        check("“", &[]);
        check(".", &[]);
    }

    proptest::proptest! {
        #[test]
        fn every_character_but_white_space_is_in_one_token(text in "(\\PC|[a-zA-Z.'’@&:/,中ไ \n]){0,60}") {
            let (mut vocabulary, mut tokens) = (Vocabulary::new(Language::French), Vec::new());
            tokenize(&text, Span::new(0, text.len()), &mut vocabulary, &mut tokens);
            let mut at = 0;
            for token in &tokens {
                proptest::prop_assert!(text[at..token.span.begin as usize].chars().all(is_space));
                proptest::prop_assert!(!token.span.of(&text).is_empty());
                at = token.span.end as usize;
            }
            proptest::prop_assert!(text[at..].chars().all(is_space));
        }
    }
}
