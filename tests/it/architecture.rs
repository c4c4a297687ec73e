//! The house as the crate's documentation draws it: what names what, and what no file does.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support;

/// The pure modules and the only other modules each may name.
const PURE: &[(&str, &[&str])] = &[
    ("cancel", &[]),
    ("text", &["cancel"]),
    ("document", &["cancel", "text"]),
    ("summary", &["cancel", "text", "document"]),
    ("quote", &["cancel", "text", "document"]),
];

/// Those around the core, and what none of them may name: whoever is nearer to the caller.
const AROUND: &[(&str, &[&str])] =
    &[("grpc", &["server", "cli", "config", "telemetry::trace"]), ("server", &["cli"]), ("config", &["cli", "grpc"])];

/// What would make a module of the core wait, look or listen.
const IMPURE: &[&str] = &[
    "tokio",
    "tonic",
    "prost",
    "tracing",
    "hyper",
    "serde",
    "std::env",
    "env::var",
    "std::fs",
    "stdin",
    "stdout",
    "stderr",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant",
    "println!",
    "eprintln!",
    "dbg!",
];

const MAX_LINES: usize = 500;

#[test]
fn the_core_names_only_what_lies_below_it() {
    for (module, below) in PURE {
        for (path, code) in sources(module) {
            for other in modules() {
                let named = code.contains(&format!("crate::{other}::")) || code.contains(&format!("    {other}::"));
                let is_allowed = other == *module || below.contains(&other.as_str());
                assert!(is_allowed || !named, "{} names {other}", path.display());
            }
        }
    }
}

#[test]
fn the_core_is_pure() {
    for (module, _) in PURE {
        for (path, code) in sources(module) {
            for name in IMPURE {
                assert!(!names(&code, name), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn what_lies_around_the_core_names_nothing_nearer_to_the_caller() {
    for (module, above) in AROUND {
        for (path, code) in sources(module) {
            for other in *above {
                assert!(!code.contains(&format!("crate::{other}")), "{} names {other}", path.display());
            }
        }
    }
}

#[test]
fn only_one_file_makes_statuses() {
    for (path, code) in all_sources() {
        let is_the_one = path.ends_with("grpc/status.rs");
        let makes =
            code.contains("Status::new(") || code.contains("Status::with_") || code.contains("Status::invalid_");
        assert!(is_the_one || !makes, "{} makes a status", path.display());
    }
}

#[test]
fn every_file_is_short_named_for_what_it_holds_and_finished() {
    for (path, code) in all_sources() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_vague =
            matches!(name, "mod" | "util" | "utils" | "helper" | "helpers" | "common" | "manager" | "engine" | "core");
        assert!(!is_vague, "{}", path.display());
        let count = fs::read_to_string(&path).unwrap().lines().count();
        assert!(count <= MAX_LINES, "{} has {count} lines", path.display());
        for unfinished in ["todo!(", "unimplemented!(", "TODO", "FIXME", "XXX"] {
            assert!(!code.contains(unfinished), "{} is unfinished", path.display());
        }
    }
}

/// Whether `code` names it as a whole word.
fn names(code: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name)
        .any(|(at, _)| !code[..at].ends_with(is_word) && !code[at + name.len()..].starts_with(is_word))
}

fn modules() -> Vec<String> {
    let files = fs::read_dir(support::path("src")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let names = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name != "lib" && name != "main").collect()
}

/// A module's files, without comments and without the tests at their ends.
fn sources(module: &str) -> Vec<(PathBuf, String)> {
    let (file, folder) = (support::path(&format!("src/{module}.rs")), support::path(&format!("src/{module}/")));
    let sources: Vec<_> =
        all_sources().into_iter().filter(|(path, _)| *path == file || path.starts_with(&folder)).collect();
    assert!(!sources.is_empty(), "{module}");
    sources
}

fn all_sources() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    collect(&support::path("src"), &mut paths);
    paths.into_iter().map(|path| (path.clone(), code(&path))).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn code(path: &Path) -> String {
    let source = fs::read_to_string(path).unwrap();
    let before_tests = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
