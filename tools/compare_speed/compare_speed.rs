//! Times Pullquote and the crate `summary` on articles of 30 and of 10,000 sentences, and leaves the articles in a folder
//! for the peers in Python: `run` does all of it.

use std::{
    fs,
    hint::black_box,
    num::NonZeroU32,
    path::PathBuf,
    time::{Duration, Instant},
};

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    summary::{self, Centrality},
};

#[path = "../../benches/shared/article.rs"]
mod article;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: compare_speed FOLDER"));
    let peer = ::summary::Summarizer::new(::summary::Language::English);
    for (sentences, rounds) in [(30, 200), (10_000, 5)] {
        let text = article::of_sentences(sentences);
        fs::write(folder.join(format!("{sentences}.txt")), &text).expect("the folder can be written to");
        println!("{sentences} sentences, {} bytes; least of {rounds} rounds", text.len());
        for (name, centrality) in [("Pullquote", Centrality::Learned), ("Pullquote, LexRank", Centrality::LexRank)] {
            show(name, least(rounds, || summarize(&text, centrality)));
        }
        show("summary 0.1.0", least(rounds, || peer.summarize_sentences(&text, NonZeroU32::new(3).unwrap()).len()));
    }
}

fn summarize(text: &str, centrality: Centrality) -> usize {
    let document = Document::parse(text, ReadOptions::default(), Cancel::NEVER).expect("nobody cancels");
    let options = summary::Options { centrality, ..Default::default() };
    summary::summarize(&document, &options, Cancel::NEVER).expect("nobody cancels").text(&document).len()
}

fn least(rounds: usize, work: impl Fn() -> usize) -> Duration {
    let times = (0..rounds).map(|_| {
        let begin = Instant::now();
        black_box(work());
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn show(name: &str, time: Duration) {
    println!("  {name:24} {:>10.3} ms", time.as_secs_f64() * 1e3);
}
