//! The seeds of the fuzz targets, and whatever they found: ordinary tests.

use std::{fs, path::Path};

use crate::parsers;

fn each(target: &str, check: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(target);
    let mut count = 0;
    for seed in fs::read_dir(directory).unwrap() {
        check(&fs::read(seed.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 3, "{count}");
}

#[test]
fn articles_hold_their_parsers() {
    each("article", parsers::article);
}

#[test]
fn pages_hold_their_parsers() {
    each("html", parsers::html);
}

#[test]
fn marks_hold_their_parsers() {
    each("marks", parsers::marks);
}

#[test]
fn requests_hold_their_parsers() {
    each("contract", parsers::contract);
}
