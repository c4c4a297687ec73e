//! Articles of every make, each with its summary and its quotes as they are read now, right or wrong: no change goes unseen.
//!
//! `PULLQUOTE_BLESS=1 cargo test --test it golden` rewrites them; read the difference before committing it.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use pullquote::grpc::pb::v1 as pb;

use crate::{in_process, invariants, support};

#[test]
fn golden_articles_are_read_as_expected() {
    let mut folders: Vec<PathBuf> = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 12, "{folders:?}");
    let mut differing = Vec::new();
    for folder in &folders {
        let document = document(folder);
        let request = support::summarize(document.clone());
        let summary = in_process::summarize(&request).unwrap();
        invariants::hold_of_summary(&request, &summary);

        let request = pb::ExtractQuotesRequest { document: Some(document), ..pb::ExtractQuotesRequest::default() };
        let quotes = in_process::extract_quotes(&request).unwrap();
        invariants::hold_of_quotes(&request, &quotes);

        for (name, shown) in [("summary.txt", show_summary(&summary)), ("quotes.txt", show_quotes(&quotes))] {
            let path = folder.join(name);
            if env::var_os("PULLQUOTE_BLESS").is_some() {
                fs::write(&path, &shown).unwrap();
            } else if fs::read_to_string(&path).ok().as_deref() != Some(shown.as_str()) {
                differing.push(format!("{} would become:\n{shown}", path.display()));
            }
        }
    }
    assert!(differing.is_empty(), "{}\nPULLQUOTE_BLESS=1 accepts this", differing.join("\n"));
}

fn document(folder: &Path) -> pb::Document {
    match fs::read_to_string(folder.join("article.html")) {
        Ok(page) => support::html(page),
        Err(_) => support::text(fs::read_to_string(folder.join("article.txt")).unwrap()),
    }
}

fn show_summary(response: &pb::SummarizeResponse) -> String {
    let mut shown = head(&response.title, &response.language_code);
    for sentence in &response.sentences {
        writeln!(shown, "{}. {}", sentence.sentence_index, one_line(content(sentence.text.as_ref()))).unwrap();
    }
    writeln!(shown, "\nof {} sentences", response.sentence_count).unwrap();
    for span in &response.boilerplate {
        writeln!(shown, "left out: {}", one_line(&span.content)).unwrap();
    }
    shown
}

/// Without confidences: their place is where they are measured.
fn show_quotes(response: &pb::ExtractQuotesResponse) -> String {
    let mut shown = head(&response.title, &response.language_code);
    for quote in &response.quotes {
        let form = quote.form().as_str_name().trim_start_matches("FORM_");
        writeln!(shown, "{form}: {}", joined(&quote.contents)).unwrap();
        if quote.contents != quote.quoted {
            writeln!(shown, "  quoted: {}", joined(&quote.quoted)).unwrap();
        }
        let Some(attribution) = &quote.attribution else {
            writeln!(shown, "  nobody\n").unwrap();
            continue;
        };
        for source in &attribution.sources {
            let index = source.speaker_index.map_or_else(|| "no name".to_owned(), |index| index.to_string());
            let mention = one_line(content(source.mention.as_ref()));
            writeln!(shown, "  by: {mention} = {} ({index})", one_line(&source.speaker)).unwrap();
        }
        let cue = attribution.cue.as_ref().map_or_else(|| "none".to_owned(), |cue| one_line(&cue.content));
        writeln!(shown, "  cue: {cue}\n").unwrap();
    }
    for (index, speaker) in response.speakers.iter().enumerate() {
        let named = [&speaker.name, &speaker.description].map(|words| one_line(words));
        writeln!(shown, "speaker {index}: {} × {}: {}", speaker.quote_count, named[0], named[1]).unwrap();
    }
    shown
}

fn head(title: &str, language_code: &str) -> String {
    format!("title: {title}\nlanguage: {language_code}\n\n")
}

fn content(span: Option<&pb::TextSpan>) -> &str {
    &span.unwrap().content
}

fn joined(spans: &[pb::TextSpan]) -> String {
    let pieces: Vec<String> = spans.iter().map(|span| one_line(&span.content)).collect();
    pieces.join(" | ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
