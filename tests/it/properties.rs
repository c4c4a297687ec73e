//! Any article at all: nothing panics, and every response keeps the contract.

use proptest::{prelude::*, sample::select};
use pullquote::grpc::pb::v1 as pb;

use crate::{
    in_process, invariants,
    support::{html, text},
};

/// Words, marks and breaks that reading turns on, in several scripts, some of them damaged.
const PIECES: &[&str] = &[
    "The mayor",
    "Ines Calder",
    "Mr. Brandt",
    "she",
    "the U.S. envoy",
    "wall",
    "ferry",
    "1.5",
    "U.N.",
    "e.g.",
    "don't",
    "'90s",
    "said",
    "told reporters",
    "according to",
    "added:",
    "says that",
    "Ines Calder, the mayor of Saltmere,",
    "and",
    "but",
    ". ",
    "! ",
    "? ",
    "… ",
    ", ",
    ": ",
    "; ",
    " – ",
    "—",
    "(",
    ")",
    "\n",
    "\n\n",
    "\r\n",
    "\u{2028}",
    "\t",
    " ",
    "\u{a0}",
    "\u{3000}",
    "\"",
    "“",
    "”",
    "‘",
    "’",
    "'",
    "''",
    "``",
    "„",
    "«",
    "»",
    "「",
    "」",
    "『",
    "』",
    "‹",
    "›",
    "〝",
    "〟",
    "島の小学校",
    "と話した",
    "。",
    "ﾊﾛｰ",
    "Штормовое предупреждение",
    "сказал он",
    "قال الوزير",
    "؟",
    "שלום",
    "नमस्ते।",
    "สวัสดี",
    "안녕하세요",
    "🚢",
    "👩‍👩‍👧‍👦",
    "🇳🇴",
    "e\u{301}",
    "\u{301}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "\u{7f}",
    "\u{10ffff}",
    "ﬃ",
    "ß",
    "Share",
    "Read more:",
    "Leave a comment",
    "Required fields are marked *",
    "https://example.com/?a=b",
    "@name",
    "#tag",
];

const TAGS: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<article>",
    "</article>",
    "<h1>",
    "</h1>",
    "<br>",
    "<q>",
    "</q>",
    "<b>",
    "</i>",
    "<table>",
    "<tr><td>",
    "<script>",
    "</script>",
    "<style>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<title>",
    "</title>",
    "<a href='",
    "'>",
    "<",
    ">",
    "&",
    "&quot;",
    "&#8220;",
    "&#x1F6A2;",
    "&nbsp;",
    "&#0;",
    "&bogus;",
    "<blockquote>",
    "<template>",
    "<svg><p>",
    "<select>",
    "<nav>",
    "\0",
];

/// Articles that look like articles, and strings that look like nothing.
fn articles() -> impl Strategy<Value = String> {
    let woven = prop::collection::vec(select(PIECES), 1..160).prop_map(|pieces| pieces.concat());
    let spaced = prop::collection::vec(select(PIECES), 1..160).prop_map(|pieces| pieces.join(" "));
    let any_string = prop::collection::vec(any::<char>(), 1..200).prop_map(String::from_iter);
    prop_oneof![woven, spaced, any_string]
}

fn pages() -> impl Strategy<Value = String> {
    let piece = prop_oneof![select(TAGS), select(PIECES)];
    let woven = prop::collection::vec(piece, 1..160).prop_map(|pieces| pieces.concat());
    prop_oneof![woven, prop::collection::vec(any::<char>(), 1..200).prop_map(String::from_iter)]
}

fn documents() -> impl Strategy<Value = pb::Document> {
    let content = prop_oneof![3 => articles().prop_map(text), 1 => pages().prop_map(html)];
    let title = prop_oneof![2 => Just(String::new()), 1 => articles()];
    let language_code = select(vec!["", "en", "de", "ja", "ar", "th", "und", "x-klingon"]);
    (content, title, language_code, any::<bool>()).prop_map(|(document, title, language_code, keep_boilerplate)| {
        pb::Document { title, language_code: language_code.to_owned(), keep_boilerplate, ..document }
    })
}

fn budget() -> impl Strategy<Value = i32> {
    prop_oneof![2 => Just(0), 3 => 1..60, 1 => Just(i32::MAX)]
}

prop_compose! {
    fn summarize_requests()(
        document in documents(),
        (max_sentence_count, max_word_count, max_char_count) in (budget(), budget(), budget()),
        query in prop_oneof![2 => Just(String::new()), 1 => articles()],
        (centrality, sentence_order, encoding_type) in (0..5, 0..3, 0..4),
    ) -> pb::SummarizeRequest {
        let document = Some(document);
        pb::SummarizeRequest {
            document, max_sentence_count, max_word_count, max_char_count, query, centrality, sentence_order, encoding_type,
        }
    }
}

prop_compose! {
    fn quotes_requests()(
        document in documents(),
        include_indirect in any::<bool>(),
        min_confidence in prop_oneof![Just(0.0f32), 0.0f32..=1.0],
        encoding_type in 0..4,
    ) -> pb::ExtractQuotesRequest {
        pb::ExtractQuotesRequest { document: Some(document), include_indirect, min_confidence, encoding_type }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_summary_keeps_the_contract(request in summarize_requests()) {
        let outcome = in_process::summarize(&request);
        if let Ok(response) = &outcome {
            invariants::hold_of_summary(&request, response);
        }
        prop_assert_eq!(outcome, in_process::summarize(&request), "the same again");
    }

    #[test]
    fn any_quotes_keep_the_contract(request in quotes_requests()) {
        let outcome = in_process::extract_quotes(&request);
        if let Ok(response) = &outcome {
            invariants::hold_of_quotes(&request, response);
        }
        prop_assert_eq!(outcome, in_process::extract_quotes(&request), "the same again");
    }

    #[test]
    fn the_units_of_offsets_change_nothing_else(request in quotes_requests()) {
        let contents = |encoding_type| {
            let request = pb::ExtractQuotesRequest { encoding_type, ..request.clone() };
            in_process::extract_quotes(&request).map(|response| {
                let spans = response.quotes.iter().flat_map(|quote| quote.contents.iter().chain(&quote.quoted));
                spans.map(|span| span.content.clone()).collect::<Vec<_>>()
            })
        };
        let in_bytes = contents(1);
        prop_assert_eq!(&contents(2), &in_bytes);
        prop_assert_eq!(&contents(3), &in_bytes);
    }
}
