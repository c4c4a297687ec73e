//! Where sentences end.

use super::{Language, Span};

/// Splits a stretch of text into sentences, adding them to `sentences`: without the white space around them, in order,
/// none empty, every word in one of them.
pub fn split(text: &str, stretch: Span, _language: Language, sentences: &mut Vec<Span>) {
    let base = stretch.begin as usize;
    let content = stretch.of(text);
    let mut begin = 0;
    let mut chars = content.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?' | '。' | '！' | '？') {
            continue;
        }
        while chars.peek().is_some_and(|&(_, c)| matches!(c, '.' | '!' | '?' | '”' | '"' | '’' | ')')) {
            chars.next();
        }
        let end = chars.peek().map_or(content.len(), |&(at, _)| at);
        let rest = content[end..].trim_start();
        let opens = |c: char| c.is_uppercase() || matches!(c, '“' | '"' | '‘' | '(');
        if rest.len() < content.len() - end && rest.starts_with(opens) || !c.is_ascii() {
            push(text, Span::new(base + begin, base + end), sentences);
            begin = end;
        }
    }
    push(text, Span::new(base + begin, base + content.len()), sentences);
}

fn push(text: &str, span: Span, sentences: &mut Vec<Span>) {
    let trimmed = span.trim(text);
    if !trimmed.is_empty() {
        sentences.push(trimmed);
    }
}
