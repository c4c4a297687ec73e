//! What holds of every summary.
#![expect(clippy::unwrap_used, reason = "a test")]

mod budgets;
mod choosing;
mod queries;

use proptest::prelude::*;

use super::{salience::PARTS, *};
use crate::document::{ReadOptions, Role};

const STORM: &str = "A storm flooded the port of Rosport on Monday, and hundreds of people left their homes.\n\n\
    The river Elm rose four metres in one night, the port authority of Rosport said.\n\n\
    “We had never seen the water come so fast,” said Mara Linde, who runs a bakery at the port.\n\n\
    She carried flour to the roof.\n\n\
    Schools in Rosport stay closed until Thursday, and trains to the port do not run.\n\n\
    The storm was the third to reach the coast this month. However, it was the first to flood the port.\n\n\
    Engineers had warned the port authority in spring that the wall along the river Elm was too low for such a storm.\n\n\
    A football match between two schools was put off.";

const KINDS: [Centrality; 5] =
    [Centrality::Learned, Centrality::LexRank, Centrality::TextRank, Centrality::Degree, Centrality::Directed];

fn sentences(count: u32) -> Budget {
    Budget { max_sentence_count: Some(count), ..Budget::default() }
}

fn words(count: u32) -> Budget {
    Budget { max_word_count: Some(count), ..Budget::default() }
}

fn chars(count: u32) -> Budget {
    Budget { max_char_count: Some(count), ..Budget::default() }
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text, ReadOptions { language_code: "en", ..ReadOptions::default() }, Cancel::NEVER).unwrap()
}

fn run(document: &Document, options: &Options) -> Summary {
    summarize(document, options, Cancel::NEVER).unwrap()
}

fn text(text: &str, options: &Options) -> String {
    let document = parse(text);
    run(&document, options).text(&document)
}

#[test]
fn nothing_from_nothing() {
    for centrality in KINDS {
        for empty in ["", " \n\n ", "…", "\u{200b}"] {
            let document = parse(empty);
            let summary = run(&document, &Options { query: "port", centrality, ..Options::default() });
            assert!(summary.sentences.len() <= 1, "{empty:?}");
        }
    }
}

#[test]
fn orders_as_asked() {
    let document = parse(STORM);
    let order = |order| run(&document, &Options { budget: sentences(4), order, ..Options::default() }).sentences;
    assert!(order(Order::Reading).windows(2).all(|pair| pair[0].sentence < pair[1].sentence));
    assert!(order(Order::Salience).windows(2).all(|pair| pair[0].salience >= pair[1].salience));
}

#[test]
fn explains_itself() {
    let document = parse(STORM);
    for centrality in KINDS {
        for query in ["", "port"] {
            let options = Options { budget: sentences(6), query, centrality, ..Options::default() };
            let chosen = run(&document, &options).sentences;
            let sum = |chosen: &Chosen| chosen.parts.iter().map(|(_, value)| value).sum::<f32>();
            for one in &chosen {
                assert!(one.parts.iter().all(|(name, value)| PARTS.contains(name) && value.is_finite()));
                // What one sentence's salience is over another's, its parts are over the other's.
                for other in &chosen {
                    let difference = one.salience - other.salience - (sum(one) - sum(other));
                    assert!(difference.abs() < 1e-4, "{centrality:?} {query} {one:?} {other:?}");
                }
            }
            assert_eq!(!query.is_empty(), chosen.iter().any(|c| c.parts.iter().any(|&(name, _)| name == "query")));
        }
    }
}

#[test]
fn equal_sentences_take_turns_in_reading_order() {
    let text = "Alpha reaches the harbour at noon. Bravo leaves the station at dawn. Delta crosses the mountain by night. \
        Hotel watches the valley in spring.";
    for centrality in [Centrality::LexRank, Centrality::TextRank, Centrality::Degree, Centrality::Directed] {
        let document = parse(text);
        let options = Options { budget: sentences(2), centrality, ..Options::default() };
        let chosen: Vec<u32> = run(&document, &options).sentences.iter().map(|c| c.body_index).collect();
        assert_eq!(chosen, [0, 1], "{centrality:?}");
        assert_eq!(run(&document, &options), run(&parse(text), &options));
    }
}

#[test]
fn joins_scripts_without_spaces_by_nothing() {
    let text = "東京で火曜日に大きな地震があった。鉄道は水曜日まで止まる。学校も水曜日まで休みになる。";
    let options = ReadOptions { language_code: "ja", ..ReadOptions::default() };
    let document = Document::parse(text, options, Cancel::NEVER).unwrap();
    let summary = run(&document, &Options { budget: sentences(2), ..Options::default() });
    assert!(!summary.text(&document).contains(' '));
    let tight = run(&document, &Options { budget: chars(17), ..Options::default() });
    assert!(tight.text(&document).chars().count() <= 17);
}

#[test]
fn what_the_title_says_counts() {
    let of = |text: &str, title: &str| {
        let options = ReadOptions { language_code: "en", title, ..ReadOptions::default() };
        let document = Document::parse(text, options, Cancel::NEVER).unwrap();
        let all = run(&document, &Options { budget: sentences(9), ..Options::default() }).sentences;
        all.into_iter().map(|chosen| (chosen.body_index, chosen.salience, chosen.parts)).collect::<Vec<_>>()
    };
    let headline = "Engineers warned of low wall along river Elm";
    let (titled, untitled) = (of(STORM, headline), of(STORM, ""));
    let (at, salience, parts) = &titled[7];
    assert!(*at == 7 && *salience > untitled[7].1, "{titled:?} {untitled:?}");
    assert!(parts.iter().any(|&(name, value)| name == "title" && value > 0.0), "{parts:?}");
    // Whether it is given or stands above the text.
    assert_eq!(of(&format!("{headline}\n\n{STORM}"), ""), titled);
    // A title that shares nothing with the text changes nothing.
    assert_eq!(of(STORM, "Zeppelins over the Atlantic"), untitled);
    // Of an abstract it counts for more.
    let abstracts = "Walls protect harbours from the sea. Many models of walls have been tried. \
        We measure how storms move sand along the coast. Our tables list all of it.";
    let first = |title: &str| {
        let options = ReadOptions { language_code: "en", title, ..ReadOptions::default() };
        let document = Document::parse(abstracts, options, Cancel::NEVER).unwrap();
        run(&document, &Options { budget: sentences(1), ..Options::default() }).sentences[0].body_index
    };
    assert_eq!([first("Storms that move sand"), first("Models of walls")], [2, 1]);
}

#[test]
fn stops_when_nobody_waits() {
    let document = parse(STORM);
    for centrality in KINDS {
        let options = Options { centrality, ..Options::default() };
        assert_eq!(summarize(&document, &options, Cancel::when(&|| true)), Err(Cancelled));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "port", "Storm", "the", "He", "But", "said", "river", "Rosport", "12", "“", "”", ".", ". ", "!\n\n", "\n", "—",
        "é", "東京", "。", "it", "flooded", "\u{200b}", "?",
    ]);
    prop::collection::vec(words, 0..120).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn invariants_hold(
        content in any_text(),
        kind in prop::sample::select(KINDS.to_vec()),
        limits in prop::array::uniform3(prop::option::of(0u32..60)),
        query in prop::sample::select(vec!["", "river port", "東京"]),
    ) {
        let [max_sentence_count, max_word_count, max_char_count] = limits;
        let budget = Budget { max_sentence_count, max_word_count, max_char_count };
        let options = Options { budget, query, centrality: kind, order: Order::Reading };
        let document = Document::parse(&content, ReadOptions::default(), Cancel::NEVER).unwrap();
        let summary = run(&document, &options);
        prop_assert_eq!(&summary, &run(&document, &options));
        let text = summary.text(&document);
        let fits = |limit: Option<u32>, size: usize| limit.is_none_or(|limit| size <= limit as usize);
        prop_assert!(fits(max_sentence_count, summary.sentences.len()));
        prop_assert!(fits(max_char_count, text.chars().count()));
        prop_assert!(fits(max_word_count, usize::try_from(selection::count_words(&text)).unwrap()));
        let body: Vec<u32> = (0u32..)
            .zip(&document.sentences)
            .filter(|(_, sentence)| matches!(sentence.role, Role::Body | Role::Repeat))
            .map(|(at, _)| at)
            .collect();
        for chosen in &summary.sentences {
            prop_assert!((0.0..=1.0).contains(&chosen.salience));
            prop_assert_eq!(document.sentences[chosen.sentence as usize].role, Role::Body);
            prop_assert_eq!(body[chosen.body_index as usize], chosen.sentence);
        }
    }
}
