//! How sentences are split, by example.

use super::*;

fn sentences(text: &str, language: Language) -> Vec<&str> {
    let mut spans = Vec::new();
    split(text, Span::new(0, text.len()), language, &mut spans);
    spans.iter().map(|span| span.of(text)).collect()
}
