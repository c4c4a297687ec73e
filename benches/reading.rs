//! How fast an article is read: sentence splitting by itself, text of marks without partners, pages, hostile pages.
//!
//! ```text
//! cargo bench --no-default-features --bench reading [-- PAGES]
//! ```
//!
//! PAGES holds a JSON object a line with the page as `html`; its name may end in ".gz". Each time is the least of several, for
//! what others do on the machine only ever adds to it.

#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![allow(clippy::print_stdout, reason = "its table")]
#![allow(clippy::cast_precision_loss, reason = "counts of bytes and nanoseconds are small")]
#![allow(dead_code, reason = "of what benchmarks share, one uses a part")]

use std::{
    hint::black_box,
    io::Read,
    time::{Duration, Instant},
};

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    text::{Language, Span, paragraph, sentence},
};
use unicode_segmentation::UnicodeSegmentation;

#[path = "shared/article.rs"]
mod article;
#[path = "shared/hostile.rs"]
mod hostile;

fn main() {
    let news = article::of_bytes(1 << 20);
    let whole = |text: &str| vec![Span::new(0, text.len())];
    let splitting = least(20, || split(&news, &paragraph::split(&news)));
    println!("sentences of news text: {:.0} MB/s", megabytes_a_second(news.len(), splitting));
    let peer = least(3, || black_box(&news).split_sentence_bounds().count());
    println!("  unicode-segmentation: {:.0} MB/s", megabytes_a_second(news.len(), peer));
    for mark in ["“", "\"", "'", "«", "(", "[", ".", "!", "…", "A. ", "1. ", "a) ", "• ", ": "] {
        let text = mark.repeat((1 << 20) / mark.len());
        let nanoseconds = |elapsed: Duration, bytes: usize| elapsed.as_secs_f64() * 1e9 / bytes as f64;
        let sentences = nanoseconds(least(3, || split(&text, &whole(&text))), text.len());
        let document = nanoseconds(least(3, || read(&text)), text.len());
        println!("1 MiB of {mark:?}: sentences {sentences:.1} ns a byte, all of the reading {document:.1}");
    }
    let document = least(5, || read(&news));
    println!(
        "1 MiB of news text: all of the reading {:.1} ns a byte",
        document.as_secs_f64() * 1e9 / news.len() as f64
    );
    if let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        pages(&path);
    }
    for (name, page) in hostile::pages(4_000_000) {
        println!("hostile page, {name}: {:.1?}", least(1, || read_page(&page)));
    }
}

fn pages(path: &str) {
    let file = std::fs::File::open(path).unwrap();
    let mut content = String::new();
    if std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut content).unwrap();
    } else {
        (&file).read_to_string(&mut content).unwrap();
    }
    let pages = content.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let times: Vec<Duration> = pages.map(|page| least(5, || read_page(page["html"].as_str().unwrap()))).collect();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap();
    println!("{} pages: {mean:.2?} each, the slowest {:.2?}", times.len(), times.iter().max().unwrap());
}

fn split(text: &str, paragraphs: &[Span]) -> usize {
    let mut sentences = Vec::new();
    for &paragraph in paragraphs {
        sentence::split(black_box(text), paragraph, Language::English, &mut sentences);
    }
    sentences.len()
}

fn read(text: &str) -> usize {
    Document::parse(text, ReadOptions::default(), Cancel::NEVER).unwrap().sentences.len()
}

fn read_page(page: &str) -> usize {
    Document::parse_html(page, ReadOptions::default(), Cancel::NEVER).map_or(0, |document| document.sentences.len())
}

fn least<T>(rounds: usize, mut run: impl FnMut() -> T) -> Duration {
    let times = (0..rounds).map(|_| {
        let begin = Instant::now();
        black_box(run());
        begin.elapsed()
    });
    times.min().unwrap()
}

fn megabytes_a_second(bytes: usize, elapsed: Duration) -> f64 {
    bytes as f64 / 1e6 / elapsed.as_secs_f64()
}
