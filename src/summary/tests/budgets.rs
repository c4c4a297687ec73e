//! Budgets are kept, and used.

use super::*;

#[test]
fn three_sentences_where_nothing_is_asked() {
    let document = parse(STORM);
    for centrality in KINDS {
        let summary = run(&document, &Options { centrality, ..Options::default() });
        assert_eq!(summary.sentences.len(), 3, "{centrality:?}");
    }
    assert!(text(STORM, &Options::default()).starts_with("A storm flooded"));
}

#[test]
fn budgets_are_kept() {
    let check = |budget: Budget, expected_count: usize| {
        let document = parse(STORM);
        let summary = run(&document, &Options { budget, ..Options::default() });
        assert_eq!(summary.sentences.len(), expected_count, "{budget:?} {}", summary.text(&document));
    };
    check(sentences(1), 1);
    check(sentences(0), 0);
    check(words(3), 0);
    check(chars(20), 0);
    check(words(16), 1);
    check(Budget { max_sentence_count: Some(5), max_word_count: Some(16), max_char_count: None }, 1);
    check(Budget { max_sentence_count: Some(2), max_word_count: Some(500), max_char_count: Some(5000) }, 2);
    check(sentences(100), 9);
}

#[test]
fn budgets_are_used() {
    for (budget, least) in [(words(40), 32), (words(60), 52)] {
        let summary = text(STORM, &Options { budget, ..Options::default() });
        assert!(summary.split_whitespace().count() >= least, "{budget:?} {summary}");
    }
    let summary = text(STORM, &Options { budget: chars(300), ..Options::default() });
    assert!((240..=300).contains(&summary.chars().count()), "{summary}");
}

#[test]
fn one_sentence_that_fits_exactly() {
    let one = "The port of Rosport is closed.";
    for (budget, expected) in [(words(6), one), (words(5), ""), (chars(30), one), (chars(29), "")] {
        assert_eq!(text(one, &Options { budget, ..Options::default() }), expected, "{budget:?}");
    }
}
