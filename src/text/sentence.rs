//! Where sentences end.
//!
//! A pass over the bytes stops at what may end a sentence: full stops, exclamation and question marks of any script. What
//! follows it, and what stands before it, then decide. Nothing looks further than white space, quotation marks and a
//! bounded number of bytes, so the time is linear in the text whatever it holds.

mod abbreviation;
mod list_item;

use super::{
    Class, Language, Span,
    lexicon::Lexicon,
    script::{char_at, char_before, is_space, position},
};
use abbreviation::Before;

/// Splits a stretch of text into sentences, adding them to `sentences`: without the white space around them, in order,
/// none empty, every word in one of them. A line break in it counts as any other white space.
pub fn split(text: &str, stretch: Span, language: Language, sentences: &mut Vec<Span>) {
    let lexicon = Lexicon::of(language);
    list_item::each(text, stretch, |item| {
        let mut splitter = Splitter { text, limit: item.end as usize, language, lexicon, begin: item.begin as usize };
        let mut at = splitter.begin;
        while let Some(found) = splitter.next_candidate(at) {
            if splitter.char(found) == ':' {
                if let Some(end) = splitter.before_credit(found) {
                    push(text, Span::new(splitter.begin, end), sentences);
                    splitter.begin = end;
                }
                at = found + 1;
                continue;
            }
            let after = splitter.past_terminators(found);
            if let Some(end) = splitter.decide(found, &after) {
                push(text, Span::new(splitter.begin, end), sentences);
                splitter.begin = end;
            }
            at = after.end;
        }
        push(text, Span::new(splitter.begin, splitter.limit), sentences);
    });
}

fn push(text: &str, span: Span, sentences: &mut Vec<Span>) {
    let trimmed = span.trim(text);
    if !trimmed.is_empty() {
        sentences.push(trimmed);
    }
}

/// What ends a sentence, by how surely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Terminator {
    /// `…`, which as often only pauses.
    Ellipsis,
    /// A full stop, which may also abbreviate.
    Stop,
    /// An exclamation or question mark.
    Mark,
    /// A mark of a script that writes no spaces.
    Unspaced,
}

impl Terminator {
    fn of(c: char) -> Option<Self> {
        Some(match c {
            '.' => Self::Stop,
            '!' | '?' | '؟' | '۔' | '։' | '।' | '॥' | '።' | '፧' | '‼' | '⁇' | '⁈' | '⁉' | '‽' => {
                Self::Mark
            }
            '…' => Self::Ellipsis,
            '。' | '！' | '？' | '．' | '｡' | '။' | '។' | '៕' => Self::Unspaced,
            _ => return None,
        })
    }
}

/// A run of terminators, and what closes with it.
struct Run {
    /// The surest of them.
    terminator: Terminator,
    /// Where the terminators end.
    terminators_end: usize,
    /// How many full stops there are.
    stop_count: usize,
    /// Where the quotation marks and brackets end that close after them.
    end: usize,
    /// Whether one of those is a quotation mark.
    closes_quotation: bool,
    /// Where the next character stands that is neither white space nor opens a quotation or bracket.
    next: usize,
    /// Where the white space ends.
    next_opening: usize,
}

/// Whether a [`Terminator`] or a colon may begin with the byte.
#[inline]
fn may_terminate(byte: u8) -> bool {
    let is = |other: u8| u8::from(byte == other);
    is(b'.') | is(b'!') | is(b'?') | is(b':') | u8::from(byte >= 0xd6) != 0
}

/// Whether the bytes begin with one of the commonest characters of three bytes that is no [`Terminator`]: spaces, dashes and
/// quotation marks (U+2000 to U+2025), kana and Han, CJK marks other than the full stop.
#[inline]
fn is_common_other(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xe2, 0x80, 0x80..=0xa5, ..]
            | [0xe3, 0x80, 0x83..=0xbf, ..]
            | [0xe3, 0x81..=0xbf, _, ..]
            | [0xe4..=0xe9, _, _, ..]
    )
}

/// What ends an address or a product's name, and no sentence, where no white space stands before it.
const DOMAINS: [&str; 6] = ["com", "net", "org", "info", "gov", "js"];

struct Splitter<'t> {
    text: &'t str,
    /// Where the stretch ends.
    limit: usize,
    language: Language,
    lexicon: &'static Lexicon,
    /// Where the sentence begins.
    begin: usize,
}

impl Splitter<'_> {
    /// The next terminator from `at` on.
    fn next_candidate(&self, mut at: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.limit];
        loop {
            at += position(&bytes[at..], may_terminate)?;
            // Curly marks share their first byte with `…`, kana theirs with `。`, and are far commoner.
            let begin = at;
            while is_common_other(&bytes[at..]) {
                at += 3;
            }
            if at > begin {
                continue;
            }
            let c = char_at(self.text, at);
            if c == ':' || Terminator::of(c).is_some() {
                return Some(at);
            }
            at += c.len_utf8();
        }
    }

    /// The character at `at`; a line break past the end.
    fn char(&self, at: usize) -> char {
        if at < self.limit { char_at(self.text, at) } else { '\n' }
    }

    /// The run of terminators that begins at `at`, and what surrounds its end.
    fn past_terminators(&self, at: usize) -> Run {
        let mut terminator = Terminator::Ellipsis;
        let (mut end, mut stop_count) = (at, 0);
        while let Some(next) = Terminator::of(self.char(end)) {
            terminator = terminator.max(next);
            stop_count += usize::from(next == Terminator::Stop);
            end += self.char(end).len_utf8();
            // Spaced dots, unless the first one ends a sentence before them.
            let is_attached = stop_count == 1 && at > self.begin && !is_space(char_before(self.text, at));
            if self.char(end) == ' ' && self.char(end + 1) == '.' && next == Terminator::Stop && !is_attached {
                end += 1;
            }
        }
        let terminators_end = end;
        let mut closes_quotation = false;
        loop {
            let c = self.char(end);
            let after = end + c.len_utf8();
            let closes = match c {
                '"' | '\'' | '”' | '’' | '»' | '›' | '」' | '』' => {
                    closes_quotation = true;
                    true
                }
                // These close in some languages and open in others.
                '“' | '‘' | '«' | '‹' => {
                    let closes = !self.char(after).is_alphanumeric();
                    closes_quotation |= closes;
                    closes
                }
                ')' | ']' | '}' | '）' | '】' | '》' | '〉' => true,
                // French spaces its marks.
                ' ' | '\u{a0}' | '\u{202f}' => {
                    let mark = self.char(after);
                    matches!(mark, '»' | '›') && is_space(self.char(after + mark.len_utf8()))
                }
                // A reference: "so.[12] Then".
                '[' => {
                    let digits = self.text.as_bytes()[after..self.limit]
                        .iter()
                        .take(4)
                        .take_while(|byte| byte.is_ascii_digit())
                        .count();
                    let closing = after + digits;
                    if digits > 0 && self.char(closing) == ']' {
                        end = closing + 1;
                        continue;
                    }
                    false
                }
                _ => false,
            };
            if !closes {
                break;
            }
            end = after;
        }
        let mut next = end;
        while next < self.limit && is_space(self.char(next)) {
            next += self.char(next).len_utf8();
        }
        let next_opening = next;
        while !self.char(next).is_ascii_alphanumeric() && "\"'“‘„‚«‹([{¿¡「『（".contains(self.char(next))
        {
            next += self.char(next).len_utf8();
        }
        Run { terminator, terminators_end, stop_count, end, closes_quotation, next, next_opening }
    }

    /// Where the sentence ends that the run at `at` closes; none where it goes on.
    fn decide(&self, at: usize, run: &Run) -> Option<usize> {
        if run.next_opening >= self.limit {
            return None;
        }
        if run.terminator == Terminator::Unspaced {
            return (!self.is_told_in_unspaced_script(run)).then_some(run.end);
        }
        if run.next_opening == run.end {
            return self.lacks_space(at, run).then_some(run.end);
        }
        if self.is_sentence_start(at) && run.terminator <= Terminator::Stop && run.stop_count != 1 {
            return None;
        }
        let next = self.char(run.next);
        if next == '.' || next == '…' {
            return self.opens_with_ellipsis(run).then_some(run.end);
        }
        if Terminator::of(next).is_some() {
            return None;
        }
        if next.is_lowercase() && !self.is_capital_inside(run.next) {
            return None;
        }
        let ends = match run.terminator {
            Terminator::Ellipsis => false,
            Terminator::Mark => self.ends_at_mark(at, run),
            _ if run.stop_count == 1 => self.ends_at_stop(at, run),
            // Three spaced dots pause.
            _ => run.terminators_end != at + ". . .".len() && !self.is_citation(run),
        };
        ends.then_some(run.end)
    }

    /// Where the sentence ends that a credit follows whose colon is at `at`: a caption ends without a full stop before
    /// "Image:".
    fn before_credit(&self, at: usize) -> Option<usize> {
        let word = abbreviation::word_before(self.text, self.begin, at);
        let begin = at - word.len();
        let is_credit = word.starts_with(char::is_uppercase)
            && abbreviation::classes(self.lexicon, word).any(Class::CREDITS)
            && self.char(at + 1) == ' '
            && self.char(at + 2).is_uppercase();
        let before = self.text[self.begin..begin].trim_end();
        (is_credit && before.len() < begin - self.begin && before.ends_with(|c: char| c.is_alphanumeric() || c == '.'))
            .then_some(begin)
    }

    /// Whether no word of the sentence stands before `at`.
    fn is_sentence_start(&self, at: usize) -> bool {
        let before = &self.text.as_bytes()[self.begin..at];
        before.len() < 16 && !before.iter().any(|&byte| byte.is_ascii_alphanumeric() || byte >= 0xc3)
    }

    /// A word such as "iPhone", which a sentence may open with.
    fn is_capital_inside(&self, at: usize) -> bool {
        let mut chars = self.text[at..self.limit].chars();
        chars.next().is_some_and(char::is_lowercase) && chars.next().is_some_and(char::is_uppercase)
    }

    /// After an exclamation or question mark, and before anything but a small letter.
    fn ends_at_mark(&self, at: usize, run: &Run) -> bool {
        if run.closes_quotation && run.next == run.next_opening && self.reports(run.next) {
            return false;
        }
        let is_name =
            !run.closes_quotation && run.terminators_end == at + 1 && self.classes_before(at).any(Class::EXCLAIMS);
        !is_name || self.opens_sentence(run.next)
    }

    /// After one full stop, and before anything but a small letter.
    fn ends_at_stop(&self, at: usize, run: &Run) -> bool {
        let next = self.char(run.next);
        let before = abbreviation::before(self.text, self.begin, at, self.language, self.lexicon);
        if next.is_numeric() {
            return !before.takes_number();
        }
        let opens = || self.opens_sentence(run.next);
        match before {
            Before::Word => !self.is_citation(run),
            Before::Title | Before::Numeral { opens_sentence: true } => false,
            // "am 3. Oktober"
            Before::Numeral { .. } => !self.language.writes_ordinals_with_stop() || opens(),
            Before::Number => !matches!(next, '?') || run.next_opening == run.end,
            Before::Time => {
                let is_initial = self.char(run.next + next.len_utf8()) == '.';
                next.is_alphabetic()
                    && !is_initial
                    && self.has_words_before(at, 4)
                    && !self.classes_at(run.next).any(Class::FOLLOWS_TIME)
            }
            Before::Initial { opens_sentence } => !opens_sentence && opens(),
            Before::Abbreviation => next.is_alphabetic() && opens(),
        }
    }

    /// Whether the sentence has at least `count` words before `at`; looks at its first bytes alone.
    fn has_words_before(&self, at: usize, count: usize) -> bool {
        const SHORT_BYTES: usize = 64;
        let before = &self.text[self.begin..at];
        before.len() > SHORT_BYTES || before.split_ascii_whitespace().count() > count
    }

    /// Whether a word stands at `at` that opens sentences and little else.
    fn opens_sentence(&self, at: usize) -> bool {
        self.classes_at(at).any(Class::OPENS_SENTENCE)
    }

    fn classes_at(&self, at: usize) -> Class {
        abbreviation::classes(self.lexicon, abbreviation::word_at(self.text, at, self.limit))
    }

    fn classes_before(&self, at: usize) -> Class {
        abbreviation::classes(self.lexicon, abbreviation::word_before(self.text, self.begin, at))
    }

    /// Whether up to four capitalised words and a reporting verb stand at `at`: `?” Clinton said`.
    fn reports(&self, mut at: usize) -> bool {
        for count in 0..5 {
            let word = abbreviation::word_at(self.text, at, self.limit);
            if count > 0 && abbreviation::classes(self.lexicon, word).any(Class::REPORTS) {
                return true;
            }
            if !word.starts_with(char::is_uppercase) {
                return false;
            }
            at += word.len();
            if self.char(at) == '.' {
                at += 1;
            }
            if self.char(at) != ' ' {
                return false;
            }
            at += 1;
        }
        false
    }

    /// Whether what follows is an ellipsis that a new sentence opens with: `ended. ... The next`.
    fn opens_with_ellipsis(&self, run: &Run) -> bool {
        let rest = &self.text[run.next..self.limit];
        let rest = rest.trim_start_matches(['.', '…', ' ', '\u{a0}', '"', '“', '”', '[', ']']);
        run.terminator != Terminator::Ellipsis && rest.starts_with(char::is_uppercase)
    }

    /// Whether a bracket follows that only says where the words before it are from: `[…]” (Smith 55).`
    fn is_citation(&self, run: &Run) -> bool {
        const CITATION_BYTES: usize = 80;
        if self.char(run.next_opening) != '(' {
            return false;
        }
        let bytes = &self.text.as_bytes()[run.next_opening..self.limit.min(run.next_opening + CITATION_BYTES)];
        let Some(close) = bytes.iter().position(|&byte| byte == b')') else { return false };
        !matches!(bytes[close - 1], b'.' | b'!' | b'?') && matches!(bytes.get(close + 1), Some(b'.'))
    }

    /// Whether a sentence ends though no white space follows: `the world.Today`.
    fn lacks_space(&self, at: usize, run: &Run) -> bool {
        let next = self.char(run.next);
        if !next.is_uppercase() || run.stop_count > 1 || run.terminator == Terminator::Ellipsis {
            return false;
        }
        if run.end > run.terminators_end {
            return run.closes_quotation;
        }
        let before = abbreviation::word_before(self.text, self.begin, at);
        let after = abbreviation::word_at(self.text, run.next, self.limit);
        let follows = abbreviation::classes(self.lexicon, after);
        let is_word = before.chars().count() > 1 && before.chars().all(char::is_lowercase);
        let opens = follows.any(Class::OPENS_SENTENCE | Class::TITLE_ABBREVIATION);
        let is_number = before.ends_with(|c: char| c.is_ascii_digit());
        let is_name = before.chars().count() > 1 && before.chars().skip(1).all(char::is_lowercase);
        (is_word && after.chars().nth(1).is_some_and(char::is_lowercase) || opens && (is_number || is_name))
            && !abbreviation::classes(self.lexicon, before).any(Class::ABBREVIATIONS)
            && !DOMAINS.iter().any(|domain| domain.eq_ignore_ascii_case(after))
            && !self.is_address(at)
    }

    /// Whether the letters around `at` look like an address or a path.
    fn is_address(&self, at: usize) -> bool {
        const ADDRESS_BYTES: usize = 64;
        let bytes = self.text.as_bytes();
        let is_end = |byte: &&u8| !byte.is_ascii_whitespace();
        let before = bytes[self.begin.max(at.saturating_sub(ADDRESS_BYTES))..at].iter().rev().take_while(is_end);
        let after = bytes[at..self.limit.min(at + ADDRESS_BYTES)].iter().take_while(is_end);
        before.chain(after).any(|byte| matches!(byte, b'@' | b'/' | b'\\' | b':' | b'=' | b'_'))
    }

    /// Whether the words in quotation marks that end here are somebody's, and the sentence goes on to say whose:
    /// `「行く。」と言った`, `“我来。”他说`.
    fn is_told_in_unspaced_script(&self, run: &Run) -> bool {
        const CLAUSE_CHARS: usize = 8;
        if !run.closes_quotation || run.next_opening > run.end {
            return false;
        }
        let rest = &self.text[run.end..self.limit];
        if rest.starts_with(|c: char| ('\u{3041}'..='\u{309f}').contains(&c)) {
            return true;
        }
        rest.chars()
            .take(CLAUSE_CHARS)
            .take_while(|&c| Terminator::of(c).is_none() && !matches!(c, '“' | '「'))
            .any(|c| matches!(c, '说' | '說' | '问' | '問' | '称' | '稱'))
    }
}

#[cfg(test)]
mod tests;
