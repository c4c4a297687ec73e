//! Where paragraphs end.
//!
//! Lines or empty lines part paragraphs. Two kinds of line break do neither: where a text was wrapped to a width, each
//! line but the last being as long as its words allow, and where a sentence plainly goes on.

use super::{
    Span,
    script::{char_at, char_before, is_bare, is_space},
};

/// The widths a text is wrapped to, in bytes.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// The fewest line breaks that tell a width.
const WRAPPED_BREAKS: usize = 2;

/// About how many bytes a line of a long text has, and how many lines a short one has, or a few more: what room is made for.
const USUAL_LINE_BYTES: usize = 256;
const MIN_LINES: usize = 32;

/// The most bytes of what names the speaker of a turn.
const LABEL_BYTES: usize = 40;

/// The fewest words of a line whose sentence goes on in the next one.
const BROKEN_WORDS: usize = 4;

/// The paragraphs of a text, in order, without the white space around them; none is empty, and every word is in one.
#[must_use]
pub fn split(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let width = wrap_width(text, &lines);
    let mut paragraphs: Vec<Span> = Vec::with_capacity(lines.len());
    for block in lines.chunk_by(|a, b| is_next_line(text, *a, *b)) {
        let is_wrapped = width.is_some_and(|width| fills(text, block, width));
        for (at, &line) in block.iter().enumerate() {
            match paragraphs.last_mut() {
                Some(last)
                    if at > 0
                        && (is_wrapped && !opens_turn(text, line) || breaks_sentence(text, block[at - 1], line)) =>
                {
                    last.end = line.end;
                }
                _ => paragraphs.push(line),
            }
        }
    }
    paragraphs
}

/// Whether the last sentence of `paragraph` goes on in the `next` one: after a colon, a comma or a semicolon, with a small
/// letter.
#[must_use]
pub fn runs_on(text: &str, paragraph: Span, next: Span) -> bool {
    matches!(char_before(text, paragraph.end as usize), ':' | ',' | ';')
        && next.of(text).starts_with(char::is_lowercase)
}

/// The lines that hold anything, without the white space around them.
fn lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::with_capacity(MIN_LINES + text.len() / USUAL_LINE_BYTES);
    let mut begin = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = Span::new(begin, end).of(text);
        let mut from = 0;
        // The rarer line breaks: a carriage return, and the characters that begin with these bytes.
        for at in memchr::memchr3_iter(b'\r', 0xc2, 0xe2, line.as_bytes()) {
            if line[at..].starts_with(['\r', '\u{2028}', '\u{2029}', '\u{85}']) {
                push_line(text, begin + from..begin + at, &mut lines);
                from = at + char_at(line, at).len_utf8();
            }
        }
        push_line(text, begin + from..end, &mut lines);
        begin = end + 1;
    }
    lines
}

fn push_line(text: &str, line: std::ops::Range<usize>, lines: &mut Vec<Span>) {
    let content = &text[line.clone()];
    if is_bare(content) {
        lines.push(Span::new(line.start, line.end));
        return;
    }
    let content = content.trim_start_matches(is_space);
    let begin = line.end - content.len();
    let content = content.trim_end_matches(is_space);
    if !content.is_empty() {
        lines.push(Span::new(begin, begin + content.len()));
    }
}

/// Whether nothing but one line break stands between two lines.
fn is_next_line(text: &str, line: Span, next: Span) -> bool {
    let between = &text.as_bytes()[line.end as usize..next.begin as usize];
    between.len() < 8 && memchr::memchr_iter(b'\n', between).count() <= 1
}

/// The width the text is wrapped to, if it is: that of its longest line.
fn wrap_width(text: &str, lines: &[Span]) -> Option<usize> {
    let width = lines.iter().map(|line| line.len_bytes()).max().filter(|width| WIDTHS.contains(width))?;
    let breaks = lines.windows(2).filter(|pair| is_next_line(text, pair[0], pair[1]) && fills(text, pair, width));
    (breaks.take(WRAPPED_BREAKS).count() == WRAPPED_BREAKS).then_some(width)
}

/// Whether no line of the block had room for the next one's first word.
fn fills(text: &str, block: &[Span], width: usize) -> bool {
    block.windows(2).all(|pair| {
        let word = pair[1].of(text).split_whitespace().next().unwrap_or_default();
        pair[0].len_bytes() + 1 + word.len() > width
    })
}

/// Whether a line begins with a label in capitals and a colon, as the turns of transcripts do: "SMITH:", "Q:".
fn opens_turn(text: &str, line: Span) -> bool {
    let label = line.of(text).split_once(':').map_or("", |(label, _)| label);
    (1..=LABEL_BYTES).contains(&label.len())
        && label.starts_with(char::is_uppercase)
        && !label.contains(char::is_lowercase)
        && !label.contains(char::is_numeric)
}

/// Whether a sentence goes on from one line to the next, with a small letter.
fn breaks_sentence(text: &str, line: Span, next: Span) -> bool {
    let ends_open = char_before(text, line.end as usize).is_alphanumeric()
        && line.of(text).split_whitespace().take(BROKEN_WORDS).count() == BROKEN_WORDS;
    next.of(text).starts_with(char::is_lowercase) && (ends_open || runs_on(text, line, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(text: &str) -> Vec<&str> {
        split(text).into_iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn lines_or_empty_lines_part_paragraphs() {
        let check = |text: &str, expected: &[&str]| assert_eq!(paragraphs(text), expected, "{text:?}");
        check("", &[]);
        check(" \n\u{a0}\n\u{200b}\r\n", &[]);
        check("One.\nTwo.", &["One.", "Two."]);
        check("One.\r\n\r\nTwo.\r\n", &["One.", "Two."]);
        check("One.\u{2029} Two.\rThree.", &["One.", "Two.", "Three."]);
        check("\u{a0} One. \n\n \n Two.", &["One.", "Two."]);
        check("Share\nTweet\nprint this page", &["Share", "Tweet", "print this page"]);
        check("apples\npears\nplums", &["apples", "pears", "plums"]);
        check("It was a cold \nnight in the city.", &["It was a cold \nnight in the city."]);
        check("It was a cold \n\nnight in the city.", &["It was a cold", "night in the city."]);
        let turns =
            ["SMITH: Thank you for joining us tonight.", "JONES: It is a pleasure to be here with.", "SMITH: So."];
        check(&turns.join("\n"), &turns);
        check("He came at last,\nand left.", &["He came at last,\nand left."]);
    }

    #[test]
    fn wrapped_lines_are_one_paragraph() {
        let wrapped = "The council met on Monday evening to hear from those who\nlive along the river. Nobody spoke for the \
                       plan that the\nMayor had put forward in the spring of last year.";
        let text = format!("Council meets\n\n{wrapped}\n\nA short one.");
        assert_eq!(paragraphs(&text), ["Council meets", wrapped, "A short one."]);
    }

    #[test]
    fn a_sentence_runs_on_after_a_colon() {
        let check = |text: &str, expected: bool| {
            let paragraphs = split(text);
            assert_eq!(runs_on(text, paragraphs[0], paragraphs[1]), expected, "{text}");
        };
        check("Ties are strong, he said:\n\nover the next months, more will come.", true);
        check("Ties are strong, he said:\n\nOver the next months, more will come.", false);
        check("Ties are strong.\n\nover the next months, more will come.", false);
    }

    proptest::proptest! {
        #[test]
        fn every_word_is_in_a_paragraph(text in "(\\PC|[a-z.:, \r\n]){0,200}") {
            let mut at = 0;
            for span in split(&text) {
                proptest::prop_assert!(text[at..span.begin as usize].chars().all(is_space));
                proptest::prop_assert!(!span.is_empty());
                at = span.end as usize;
            }
            proptest::prop_assert!(text[at..].chars().all(is_space));
        }
    }
}
