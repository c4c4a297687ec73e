//! Each stage of the pipeline by itself, over articles of 300, 1,000 and 10,000 words.
//!
//! `cargo bench --bench pipeline` measures times. For `tools/speed` a variable asks for something else: with
//! `PIPELINE_BENCH_COUNT` it counts the instructions of whole calls by valgrind's callgrind, which do not depend on how busy
//! the machine is; with `PIPELINE_BENCH_TIMES` it times whole calls, small and large; with `PIPELINE_BENCH_LINES` it writes
//! so many articles for `--jsonl`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]
#![allow(clippy::print_stdout, reason = "its table")]

use std::{
    hint::black_box,
    process::Command,
    time::{Duration, Instant},
};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    grpc::{
        convert::Limits,
        method::{ExtractQuotes, Method, Summarize},
        pb::v1 as pb,
    },
    quote,
    summary::{self, Centrality},
    telemetry::metrics::Metrics,
    text::{Language, Span, Vocabulary, paragraph, sentence, token},
};

#[path = "shared/article.rs"]
mod article;

const WORDS: [usize; 3] = [300, 1_000, 10_000];

/// What asks this program to be one of the processes whose instructions are counted: a method and how many calls.
const COUNTED: &str = "PIPELINE_BENCH_COUNTED";

fn read(text: &str) -> Document<'_> {
    Document::parse(text, ReadOptions::default(), Cancel::NEVER).unwrap()
}

fn stages(criterion: &mut Criterion) {
    for words in WORDS {
        let text = article::of_words(words);
        let page = article::page(&text);
        let document = read(&text);
        let mut group = criterion.benchmark_group(format!("{words} words"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.sample_size(20).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600));
        group.bench_function("sentences", |bencher| {
            let paragraphs = paragraph::split(&text);
            bencher.iter(|| {
                let mut sentences = Vec::new();
                for &paragraph in &paragraphs {
                    sentence::split(black_box(&text), paragraph, Language::English, &mut sentences);
                }
                sentences
            });
        });
        group.bench_function("tokens", |bencher| {
            bencher.iter(|| {
                let (mut vocabulary, mut tokens) = (Vocabulary::new(Language::English), Vec::new());
                token::tokenize(black_box(&text), Span::new(0, text.len()), &mut vocabulary, &mut tokens);
                (vocabulary, tokens)
            });
        });
        group.bench_function("read text", |bencher| bencher.iter(|| read(black_box(&text))));
        group.bench_function("read HTML", |bencher| {
            bencher.iter(|| Document::parse_html(black_box(&page), ReadOptions::default(), Cancel::NEVER).unwrap());
        });
        for centrality in
            [Centrality::Learned, Centrality::LexRank, Centrality::TextRank, Centrality::Degree, Centrality::Directed]
        {
            let options = summary::Options { centrality, ..Default::default() };
            let id = BenchmarkId::new("summarize", format!("{centrality:?}"));
            group.bench_function(id, |bencher| {
                bencher.iter(|| summary::summarize(black_box(&document), &options, Cancel::NEVER).unwrap());
            });
        }
        for include_indirect in [false, true] {
            let options = quote::Options { include_indirect, ..Default::default() };
            let id = BenchmarkId::new("quotes", if include_indirect { "indirect too" } else { "in marks" });
            group.bench_function(id, |bencher| {
                bencher.iter(|| quote::extract_quotes(black_box(&document), &options, Cancel::NEVER).unwrap());
            });
        }
        calls(&mut group, &text);
        group.finish();
    }
}

/// What a call does itself, from the decoded request to the response.
fn calls(group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>, text: &str) {
    let metrics = Metrics::new(Vec::new());
    group.bench_function("Summarize", |bencher| {
        bencher.iter_batched(|| request(text), |request| answer::<Summarize>(request, &metrics), BatchSize::SmallInput);
    });
    group.bench_function("ExtractQuotes", |bencher| {
        let request = || pb::ExtractQuotesRequest { document: request(text).document, ..Default::default() };
        bencher.iter_batched(request, |request| answer::<ExtractQuotes>(request, &metrics), BatchSize::SmallInput);
    });
}

fn request(text: &str) -> pb::SummarizeRequest {
    let content = Some(pb::document::Content::Text(text.to_owned()));
    pb::SummarizeRequest { document: Some(pb::Document { content, ..Default::default() }), ..Default::default() }
}

fn answer<M: Method>(request: M::Request, metrics: &Metrics) -> M::Response {
    M::answer(request, &Limits::NONE, metrics, Cancel::NEVER).unwrap()
}

/// Answers the article of 3.5 KB `calls` times: what is counted.
fn call(method: &str, calls: usize) {
    let text = article::of_bytes(3_500);
    let metrics = Metrics::new(Vec::new());
    for _ in 0..calls {
        let request = request(&text);
        if method == "Summarize" {
            black_box(answer::<Summarize>(request, &metrics));
        } else {
            let request = pb::ExtractQuotesRequest { document: request.document, ..Default::default() };
            black_box(answer::<ExtractQuotes>(request, &metrics));
        }
    }
}

/// Prints how many instructions one more call takes, on a thread that has answered others before.
fn count() {
    const FEW: u64 = 50;
    const MANY: u64 = 250;
    for method in ["Summarize", "ExtractQuotes"] {
        let instructions = |calls: u64| {
            let counted = Command::new("valgrind")
                .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
                .arg(std::env::current_exe().unwrap())
                .env(COUNTED, format!("{method} {calls}"))
                .output()
                .expect("valgrind counts the instructions");
            let told = String::from_utf8_lossy(&counted.stderr).into_owned();
            let total = told.split("Collected : ").nth(1).and_then(|rest| rest.split_whitespace().next());
            total.unwrap_or_else(|| panic!("{told}")).parse::<u64>().unwrap()
        };
        let each = (instructions(MANY) - instructions(FEW)) / (MANY - FEW);
        println!("{method}: {each} instructions for an article of 3.5 KB");
    }
}

/// Prints the least time of several calls: what others do on the machine only ever adds to it.
fn time() {
    let metrics = Metrics::new(Vec::new());
    let least = |rounds: usize, call: &dyn Fn()| {
        let times = (0..rounds).map(|_| {
            let begin = Instant::now();
            call();
            begin.elapsed()
        });
        times.min().unwrap_or_default()
    };
    let small = article::of_bytes(3_500);
    let quotes = |text: &str| pb::ExtractQuotesRequest { document: request(text).document, ..Default::default() };
    let [summarize, extract_quotes] = [
        least(3_000, &|| drop(black_box(answer::<Summarize>(request(&small), &metrics)))),
        least(3_000, &|| drop(black_box(answer::<ExtractQuotes>(quotes(&small), &metrics)))),
    ];
    println!("3.5 KB: Summarize {summarize:.1?}, ExtractQuotes {extract_quotes:.1?}");
    let large = article::of_bytes((1 << 20) - 512);
    let [summarize, extract_quotes] = [
        least(7, &|| drop(black_box(answer::<Summarize>(request(&large), &metrics)))),
        least(7, &|| drop(black_box(answer::<ExtractQuotes>(quotes(&large), &metrics)))),
    ];
    println!("1 MiB: Summarize {summarize:.1?}, ExtractQuotes {extract_quotes:.1?}");
    let marks = "“ ” \" ' ".repeat((1 << 20) / 12);
    let of_marks = least(3, &|| drop(black_box(answer::<ExtractQuotes>(quotes(&marks), &metrics))));
    println!("1 MiB of quotation marks: ExtractQuotes {of_marks:.1?}");
    let [some, many] = [1_000, 10_000].map(article::of_sentences);
    for centrality in
        [pb::Centrality::Unspecified, pb::Centrality::Lexrank, pb::Centrality::Textrank, pb::Centrality::Degree]
    {
        let [some, many] = [&some, &many].map(|text| {
            let asked = || pb::SummarizeRequest { centrality: centrality.into(), ..request(text) };
            least(9, &|| drop(black_box(answer::<Summarize>(asked(), &metrics))))
        });
        let ratio = many.as_secs_f64() / some.as_secs_f64();
        let name = centrality.as_str_name();
        println!("{name}: 1,000 sentences {some:.1?}, 10,000 sentences {many:.1?}, {ratio:.1} times");
    }
}

/// Writes articles for `--jsonl`.
fn lines(count: usize) {
    let text = article::of_bytes(3_500);
    for id in 0..count {
        println!("{}", serde_json::json!({ "id": id.to_string(), "text": text }));
    }
}

fn main() {
    if let Ok(count) = std::env::var("PIPELINE_BENCH_LINES") {
        return lines(count.parse().unwrap());
    }
    if std::env::var_os("PIPELINE_BENCH_TIMES").is_some() {
        return time();
    }
    if let Ok(counted) = std::env::var(COUNTED) {
        let (method, calls) = counted.split_once(' ').unwrap();
        return call(method, calls.parse().unwrap());
    }
    if std::env::var_os("PIPELINE_BENCH_COUNT").is_some() {
        return count();
    }
    let mut criterion = Criterion::default().configure_from_args();
    stages(&mut criterion);
    criterion.final_summary();
}
