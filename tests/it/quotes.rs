//! The quotes of short texts, as a careful reader marks them: the tables under `tests/quotes`.

mod case;

use std::time::Instant;

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    quote::{Options, extract_quotes},
};

use case::{Case, Found};

/// The tables, by what they are about.
const TABLES: &[(&str, &str)] = &[
    ("orders", include_str!("../quotes/orders.txt")),
    ("cues", include_str!("../quotes/cues.txt")),
    ("sources", include_str!("../quotes/sources.txt")),
    ("references", include_str!("../quotes/references.txt")),
    ("turns", include_str!("../quotes/turns.txt")),
    ("marks", include_str!("../quotes/marks.txt")),
    ("languages", include_str!("../quotes/languages.txt")),
    ("indirect", include_str!("../quotes/indirect.txt")),
    ("traps", include_str!("../quotes/traps.txt")),
];

/// The fewest cases of the tables together.
const MIN_CASES: usize = 240;

#[test]
fn orders_of_source_cue_and_quote() {
    check("orders");
}

#[test]
fn cues_of_every_kind() {
    check("cues");
}

#[test]
fn sources_of_every_kind() {
    check("sources");
}

#[test]
fn references_to_who_was_named_elsewhere() {
    check("references");
}

#[test]
fn turns_of_a_conversation() {
    check("turns");
}

#[test]
fn marks_of_every_kind() {
    check("marks");
}

#[test]
fn languages() {
    check("languages");
}

#[test]
fn indirect_and_mixed_speech() {
    check("indirect");
}

#[test]
fn traps() {
    check("traps");
}

#[test]
fn the_tables_hold_enough_cases_and_none_twice() {
    let cases: Vec<Case> = TABLES.iter().flat_map(|(_, table)| case::parse(table)).collect();
    assert!(cases.len() >= MIN_CASES, "{} cases", cases.len());
    let mut texts: Vec<(&str, bool)> = cases.iter().map(|case| (case.text, case.include_indirect)).collect();
    texts.sort_unstable();
    for pair in texts.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

/// Runs the cases of a table, and shows all that fail.
fn check(name: &str) {
    let (_, table) = TABLES.iter().find(|(known, _)| *known == name).unwrap();
    let cases = case::parse(table);
    let failures: Vec<String> = cases.iter().filter_map(failure).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases in tests/quotes/{name}.txt fail\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// What is wrong with a case's quotes, if anything is.
fn failure(case: &Case) -> Option<String> {
    let options = ReadOptions { title: case.title, language_code: case.language_code, keep_boilerplate: false };
    let document = Document::parse(case.text, options, Cancel::NEVER).unwrap();
    let options = Options { include_indirect: case.include_indirect, min_confidence: 0.0 };
    let quotes = extract_quotes(&document, &options, Cancel::NEVER).unwrap();
    let found = Found::of(&document.text, &quotes);
    (!case.expected.is_met_by(&found))
        .then(|| format!("== {}\n{}\n-- expected\n{}-- found\n{found}", case.name, case.text, case.expected))
}

/// A sentence or a paragraph of thousands of quotes is not read anew for each of them.
#[test]
fn takes_linear_time() {
    for (head, quote) in
        [("", "“a” "), ("He is here. ", "“a b.” "), ("John Smith: ", "“a b”, "), ("", "It “a b c d e” ")]
    {
        let time = |bytes: usize| {
            let text = head.to_owned() + &quote.repeat(bytes / quote.len());
            let document = Document::parse(&text, ReadOptions::default(), Cancel::NEVER).unwrap();
            let once = || {
                let begin = Instant::now();
                extract_quotes(&document, &Options::default(), Cancel::NEVER).unwrap();
                begin.elapsed()
            };
            once().min(once())
        };
        let (short, long) = (time(5_000), time(80_000));
        // Sixteen times as much, with room for a busy machine; its square would be 256.
        assert!(long < short * 48, "{head}{quote}: {short:?} for 5 kB, {long:?} for 80 kB");
    }
}
