//! An article's text, read, summarized and searched for quotes.

#![no_main]

#[path = "../../tests/it/parsers.rs"]
#[allow(dead_code, reason = "each target asks for one")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::article(bytes));
