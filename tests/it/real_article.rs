//! A real news page as a scraper hands it over, where it is at hand beside the checkout: it is somebody else's to publish.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::{
    in_process,
    support::{path, summarize, text},
};
use pullquote::grpc::pb::v1 as pb;

#[test]
fn its_summary_holds_no_furniture_no_title_and_no_repeat() {
    let Some(folder) = folder() else { return };
    let article = fs::read_to_string(folder.join("article.txt")).unwrap();
    let lines: Vec<&str> = article.lines().collect();
    let response = in_process::summarize(&summarize(text(article.clone()))).unwrap();
    assert_eq!(response.title.trim(), lines[0].trim());
    assert_eq!(response.sentence_count, 17);
    assert_eq!(response.sentences.len(), 3);
    for line in [1, 17, 33, 35, 37, 39, 41, 43] {
        let line = lines[line - 1].trim();
        for sentence in &response.sentences {
            assert!(!line.contains(sentence.text.as_ref().unwrap().content.trim()), "{line}");
        }
    }
    for said in ["Russia", "Venezuela"] {
        assert!(response.summary.contains(said), "{}", response.summary);
    }
}

#[test]
fn its_quotes_are_found_verbatim_with_their_speakers() {
    let Some(folder) = folder() else { return };
    let article = fs::read_to_string(folder.join("article.txt")).unwrap();
    let labels: Value = serde_json::from_str(&fs::read_to_string(folder.join("quotes.json")).unwrap()).unwrap();
    let request = pb::ExtractQuotesRequest { document: Some(text(article)), ..pb::ExtractQuotesRequest::default() };
    let response = in_process::extract_quotes(&request).unwrap();
    let (mut found, mut rightly, mut attributed) = (0, 0, 0);
    for label in labels.as_array().unwrap() {
        let Some(speaker) = label["speaker"].as_str() else { continue };
        attributed += 1;
        let passage = bare(label["quoted"].as_str().unwrap());
        let holds = |quote: &&pb::Quote| quote.quoted.iter().any(|span| bare(&span.content) == passage);
        let Some(quote) = response.quotes.iter().find(holds) else { continue };
        found += 1;
        let speakers = quote.attribution.iter().flat_map(|attribution| &attribution.sources);
        rightly += usize::from(speakers.into_iter().any(|source| source.speaker == speaker));
    }
    assert_eq!((attributed, found), (11, 11));
    assert!(rightly >= 11, "{rightly}");
}

/// Whether the closing mark stands before or behind the last comma is a matter of taste.
fn bare(passage: &str) -> &str {
    passage.trim().trim_end_matches([',', '.'])
}

fn folder() -> Option<PathBuf> {
    Some(path("../shared/article")).filter(|folder| folder.is_dir())
}
