//! How an article is read: sentences, furniture, pages.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use proptest::prelude::*;
use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions, Role, html::UnreadableHtml},
    text::{Language, Span, sentence},
};

#[path = "../../benches/shared/hostile.rs"]
mod hostile;

fn read(text: &str) -> Document<'_> {
    Document::parse(text, ReadOptions::default(), Cancel::NEVER).unwrap()
}

fn of_role<'d>(document: &'d Document<'_>, role: Role) -> Vec<&'d str> {
    document.sentences.iter().filter(|s| s.role == role).map(|s| s.span.of(&document.text)).collect()
}

fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The sentences are in order, apart, and hold every word.
fn tiles(document: &Document<'_>) {
    let mut end = 0;
    let mut held = String::new();
    for sentence in &document.sentences {
        assert!(sentence.span.begin >= end && !sentence.span.is_empty());
        end = sentence.span.end;
        held += &words(sentence.span.of(&document.text));
    }
    assert_eq!(held, words(&document.text));
}

const BODY: [&str; 6] = [
    "The harbour wall held through the night, the town's engineer said on Monday, but the sea took the road behind it.",
    "Forty families left their houses before midnight and slept in the school, where volunteers brought soup and dry clothes.",
    "“Nobody will go back until the ground has been tested,” said Ines Calder, who runs the harbour office.",
    "The council met at dawn and set aside two million for repairs, a sum that three of its members called too small.",
    "It was the worst storm since 1953, when the old wall broke in two places and the lower town stood under water for weeks.",
    "Engineers will measure the cracks on Thursday and report to the council before the end of the month.",
];

#[test]
fn keeps_what_only_speaks_of_furniture() {
    let traps: Vec<&str> =
        include_str!("../data/kept_lines.txt").lines().filter(|line| !line.starts_with('#')).collect();
    assert!(traps.len() >= 60);
    let lost: Vec<&str> = traps
        .into_iter()
        .filter(|trap| {
            let text = format!("{}\n\n{trap}\n\n{}", BODY[..3].join("\n\n"), BODY[3..].join("\n\n"));
            of_role(&read(&text), Role::Boilerplate).iter().any(|dropped| trap.contains(dropped))
        })
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn drops_the_furniture_of_every_kind_of_site() {
    let (mut pages, mut kinds, mut lines, mut kept) = (0, 0, 0, String::new());
    let mut kept_count = 0;
    for page in include_str!("../data/furniture_pages.txt").split("\n\n") {
        if page.starts_with('#') {
            kinds += usize::from(page.starts_with("## "));
            continue;
        }
        pages += 1;
        let page: Vec<&str> = page.trim().lines().collect();
        let (above, below): (Vec<&str>, Vec<&str>) = page.iter().partition(|line| line.starts_with('^'));
        let above = above.iter().map(|line| &line[1..]);
        let all: Vec<&str> = above.clone().chain(BODY).chain(below.iter().copied()).collect();
        let text = all.join("\n\n");
        let document = read(&text);
        let body = of_role(&document, Role::Body).join("\n");
        for line in BODY {
            assert!(body.contains(line), "lost {line} of\n{text}");
        }
        lines += page.len();
        for line in above.chain(below) {
            if document.body().any(|sentence| line.contains(sentence.span.of(&text))) {
                kept_count += 1;
                let _ = writeln!(kept, "{line}");
            }
        }
    }
    assert!(pages >= 60 && kinds >= 15, "{pages} pages of {kinds} kinds");
    assert!(kept_count * 20 <= lines, "{kept_count} of {lines} kept:\n{kept}");
}

#[test]
fn finds_the_headline_of_a_page_dumped_as_lines() {
    let body = BODY.join("\n\n");
    for above in [
        "Harbour wall holds as storm takes the road\nBy Ann Lee\n4 May 2021",
        "Harbour wall holds as storm takes the road\nShare\nTweet\nEmail\nPrint",
        "FOR IMMEDIATE RELEASE\nHarbour wall holds as storm takes the road",
    ] {
        let menu = "Menu\nNews\nPolitics\nBusiness\nSport\nWeather\nCulture\nVideo\nSubscribe\nSign in\nMy account";
        let foot = "Most read\nFerry runs aground\nBakers strike again\nComments\nLeave a reply\nYour name\nPost comment\nAbout \
                    us\nContact\nAdvertise\nJobs\nPrivacy policy\nCookie policy\nTerms of use\nSitemap\nRSS\nFollow \
                    us\nFacebook\nTwitter\nInstagram\n© 2021 The Quayside Post";
        let text = format!("{menu}\n{above}\n{body}\n{foot}");
        let document = read(&text);
        assert_eq!(document.title(), "Harbour wall holds as storm takes the road", "{above}");
        let kept = of_role(&document, Role::Body).join("\n");
        assert!(BODY.iter().all(|line| kept.contains(line)), "{kept}");
    }
}

#[test]
fn takes_no_notice_of_release_for_the_headline() {
    for notice in ["FOR IMMEDIATE RELEASE", "For immediate release:", "PRESS RELEASE", "EMBARGOED UNTIL MAY 4, 2021"] {
        let text = format!("{notice}\n\nHarbour wall holds as storm takes the road\n\n{}", BODY.join("\n\n"));
        assert_eq!(read(&text).title(), "Harbour wall holds as storm takes the road", "{notice}");
    }
}

#[test]
fn a_wire_story_opens_with_no_headline() {
    for opening in
        ["(CNN) Can a wall stop the sea?", "Saltmere, England (AP) “Stop the sea!”", "SALTMERE (PQ) Who pays?"]
    {
        let text = format!("{opening}\n\n{}", BODY.join("\n\n"));
        assert_eq!(read(&text).title(), "", "{opening}");
    }
    for headline in ["Can a wall stop the sea?", "Who pays (and when)?", "Harbour wall (built 1911) holds"] {
        let text = format!("{headline}\n\n{}", BODY.join("\n\n"));
        assert_eq!(read(&text).title(), headline);
    }
}

#[test]
fn a_caption_that_ends_with_a_credit_is_furniture() {
    for credit in
        ["Photograph: Jo Kim/The Quayside Post", "Photo: Jo Kim", "Picture: PA", "Photo by Jo Kim/Quayside Pictures"]
    {
        let caption = format!("The harbour wall of Saltmere on the morning after. {credit}");
        let text = format!("{}\n\n{caption}\n\n{}", BODY[0], BODY[1..].join("\n\n"));
        assert_eq!(of_role(&read(&text), Role::Boilerplate).join(" "), caption);
    }
    let kept = "The town kept one picture: Jo Kim’s. Photo: three men on a wall, she wrote on its back in 1953.";
    let text = format!("{}\n\n{kept}\n\n{}", BODY[0], BODY[1..].join("\n\n"));
    assert!(of_role(&read(&text), Role::Boilerplate).is_empty());
}

#[test]
fn reads_a_scraped_article() {
    let text = "Harbour wall holds as storm takes the road behind it\n\nThe harbour wall held through the night, the U.S.-led \
                survey said on Monday.\n\n\u{a0}\n\nInes Calder, back from the quay, said the lower town would stay closed until \
                Friday.\n\nInes Calder, back from the quay y, said the lower town would stay closed until Friday.\n\nThe works are \
                “very urgent”, Calder added:\n\nover the next weeks, the council will send its engineers to the wall.\n\nCheck \
                Also\n\nFerry runs aground off the northern cape\n\nFerry runs aground off the northern cape\n\nA ferry with sixty \
                on board has run aground in thick fog, …\n\nLeave a Reply\n\nYour email address will not be published. Required \
                fields are marked *";
    let document = read(text);
    assert_eq!(document.title(), "Harbour wall holds as storm takes the road behind it");
    assert_eq!(
        of_role(&document, Role::Repeat),
        ["Ines Calder, back from the quay y, said the lower town would stay closed until Friday."]
    );
    let body = of_role(&document, Role::Body);
    assert_eq!(body.len(), 3, "{body:?}");
    assert!(body[2].starts_with("The works are") && body[2].ends_with("to the wall."));
    assert_eq!(document.body().count(), 4);
}

#[test]
fn reads_the_article_it_is_made_for() {
    let Ok(text) = std::fs::read_to_string("../shared/article/article.txt") else { return };
    let document = read(&text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(document.title(), lines[0]);
    assert_eq!(document.body().count(), 17);
    assert_eq!(of_role(&document, Role::Body).len(), 16);
    assert_eq!(of_role(&document, Role::Repeat), [lines[16]]);
    let furniture = of_role(&document, Role::Boilerplate).join("\n");
    for line in [33, 35, 37, 39, 41, 43] {
        assert!(furniture.contains(&lines[line - 1][..10]), "line {line}");
    }
    let run_on = of_role(&document, Role::Body).into_iter().find(|s| s.contains("Gil emphasized:")).unwrap();
    assert!(run_on.contains("over the next few months"));
}

fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>Harbour wall holds in the storm | Quay News</title><meta property='og:title' \
         content='Harbour wall holds in the &quot;great&quot; storm'><meta property='og:site_name' content='Quay \
         News'><script>if (a < b) document.write('<p>no</p>')</script></head><body><nav><ul><li><a href=/>Home</a><li><a \
         href=/s>Sport</a></ul></nav><main><article><h1>Harbour wall holds in the &quot;great&quot; \
         storm</h1>{body}</article></main><footer><p><a href=/p>Privacy policy</a> © 2021 Quay News. All rights \
         reserved.</p></footer></body></html>"
    )
}

#[test]
fn reads_a_page() {
    let body = format!(
        "<p>{}</p><figure><img src=x><figcaption>The wall at dawn.</figcaption></figure><p>{}<br><br>{}</p><blockquote>\
         <p>{}</p></blockquote><div>{} Fish &amp; chips cost &pound;9&#8212;or more, <b>Cal</b>der said.</div>",
        BODY[0], BODY[1], BODY[2], BODY[3], BODY[4]
    );
    let page = page(&body);
    let document = Document::parse_html(&page, ReadOptions::default(), Cancel::NEVER).unwrap();
    assert_eq!(document.title(), "Harbour wall holds in the \"great\" storm");
    let lines: Vec<&str> = document.text.lines().collect();
    assert_eq!(lines[..4], BODY[..4]);
    assert_eq!(lines[4], format!("{} Fish & chips cost £9—or more, Calder said.", BODY[4]));
    assert_eq!(lines.len(), 5, "{lines:?}");
}

/// Where nothing looks like an article, what the body says is still read.
#[test]
fn reads_the_body_of_a_page_without_an_article() {
    for (page, text) in [
        ("<html><head><title>Gone</title></head><body>Home</body></html>", "Home"),
        ("<body><ul><li><a href=/>Tide times</a><li><a href=/b>Berths</a></ul></body>", "Tide times\nBerths"),
        ("The wall held.", "The wall held."),
    ] {
        let document = Document::parse_html(page, ReadOptions::default(), Cancel::NEVER).unwrap();
        assert_eq!(document.text, text, "{page}");
    }
}

#[test]
fn reads_lines_of_a_paragraph_and_paragraphs_of_preformatted_text() {
    let wrapped = |text: &str, by: &str| {
        let words: Vec<&str> = text.split(' ').collect();
        words.chunks(7).map(|line| line.join(" ")).collect::<Vec<_>>().join(by)
    };
    let inside = |by: &str| BODY.map(|line| wrapped(line, by)).join("</p><p>");
    let paragraphs = format!("<p>{}</p>", inside("\n    "));
    let broken = format!("<p>{}</p>", inside("<br>\n"));
    let preformatted = format!("<pre>{}</pre>", BODY.map(|line| wrapped(line, "\n")).join("\n\n"));
    for body in [paragraphs, broken, preformatted] {
        let page = page(&body);
        let document = Document::parse_html(&page, ReadOptions::default(), Cancel::NEVER).unwrap();
        assert_eq!(document.text.lines().collect::<Vec<_>>(), BODY, "{body}");
    }
}

#[test]
fn answers_or_refuses_hostile_pages_at_once() {
    // What a thread has by default: pages nest as deep as they like.
    const STACK_BYTES: usize = 2 << 20;
    // A build without optimization takes thirty times as long.
    let (bytes, limit) = if cfg!(debug_assertions) { (400_000, 30) } else { (4_000_000, 1) };
    let read_all = move || {
        for (name, page) in hostile::pages(bytes) {
            let begin = Instant::now();
            let read =
                Document::parse_html(&page, ReadOptions::default(), Cancel::NEVER).map(|document| tiles(&document));
            assert!(begin.elapsed().as_secs() < limit, "{name}: {:?}", begin.elapsed());
            if name == "100,000 nested blocks" {
                assert_eq!(read, Err(UnreadableHtml::TooDeep));
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(read_all).unwrap().join().unwrap();
}

/// A megabyte of marks without partners is split in no more time a byte than prose is, with room for a busy machine.
#[test]
fn splits_unmatched_marks_as_fast_as_prose() {
    let nanoseconds_a_byte = |text: &str| {
        let once = || {
            let mut sentences = Vec::new();
            let begin = Instant::now();
            sentence::split(text, Span::new(0, text.len()), Language::English, &mut sentences);
            begin.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(text.len()).unwrap())
        };
        (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    let prose = nanoseconds_a_byte(&(BODY.join(" ") + " ").repeat((1 << 20) / 700));
    // Prose is passed over by instructions that an unoptimized build spells out for the marks alone.
    let room = if cfg!(debug_assertions) { 20.0 } else { 1.0 };
    for mark in ["“", "\"", "'", "‘", "«", "„", "「", "("] {
        let marks = nanoseconds_a_byte(&mark.repeat((1 << 20) / mark.len()));
        assert!(marks < prose * room, "{mark}: {marks} ns a byte, prose {prose}");
    }
}

#[test]
fn takes_linear_time() {
    for piece in ["“", "(", ".", "A. ", "\n", "\u{301}", "\"", "? ", "[", "…", "a\n", "http://a.b/"] {
        let time = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            let once = || {
                let begin = Instant::now();
                tiles(&read(&text));
                begin.elapsed()
            };
            once().min(once()).min(once())
        };
        let (few, many) = if cfg!(debug_assertions) { (5_000, 250_000) } else { (20_000, 1_000_000) };
        let (short, long) = (time(few), time(many));
        // Fifty times as much, with room for a busy machine; its square would be 2,500.
        let allowed = short * 400 + std::time::Duration::from_millis(250);
        assert!(long < allowed, "{piece:?}: {short:?} for {few} bytes, {long:?} for {many}");
    }
}

/// Two long sentences of which every fourteenth word is another are too much alike to be told apart at once, and too little to
/// be repeats. That they share thousands of bigrams does not have them compared as often.
#[test]
fn compares_sentences_once() {
    let sentence = |own: u64| {
        let mut state = 1_u64;
        let words = (0..20_000).map(|word| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("w{}", (state >> 33) % 3_000 + u64::from(word % 14 == 0) * own)
        });
        format!("The {}.", words.collect::<Vec<_>>().join(" "))
    };
    let text = [sentence(0), sentence(1)].join("\n\n");
    let asked = AtomicUsize::new(0);
    let count = || {
        asked.fetch_add(1, Ordering::Relaxed);
        false
    };
    let document = Document::parse(&text, ReadOptions::default(), Cancel::when(&count)).unwrap();
    assert_eq!(document.sentences.iter().filter(|sentence| sentence.role == Role::Body).count(), 2);
    // Whoever reads asks before each comparison.
    let asked = asked.into_inner();
    assert!(asked < 500, "asked {asked} times");
}

/// The sentences of [UAX #29's own test](https://www.unicode.org/Public/17.0.0/ucd/auxiliary/SentenceBreakTest.txt).
#[test]
fn departs_from_uax_29_where_listed() {
    let mut departures = String::new();
    let mut count = 0;
    for line in include_str!("../data/SentenceBreakTest-17.0.0.txt").lines() {
        let vector = line.split('#').next().unwrap().trim();
        if vector.is_empty() {
            continue;
        }
        count += 1;
        let (mut text, mut expected, mut visible) = (String::new(), BTreeSet::new(), 0);
        for part in vector.split_whitespace() {
            match part {
                "÷" => drop(expected.insert(visible)),
                "×" => {}
                hex => {
                    let c = char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap();
                    text.push(c);
                    visible += usize::from(!is_blank(c));
                }
            }
        }
        let document = read(&text);
        let mut found = BTreeSet::from([0, visible]);
        for sentence in &document.sentences {
            found.insert(text[..sentence.span.end as usize].chars().filter(|&c| !is_blank(c)).count());
        }
        expected.extend([0, visible]);
        if found != expected {
            let _ = writeln!(departures, "{vector} # {found:?}");
        }
    }
    assert!(count > 400);
    let listed = include_str!("../data/sentence_departures.txt");
    let listed: BTreeSet<&str> = listed.lines().filter(|line| line.starts_with('÷')).collect();
    let found: BTreeSet<&str> = departures.lines().collect();
    let only = |a: &BTreeSet<&str>, b: &BTreeSet<&str>| a.difference(b).copied().collect::<Vec<_>>().join("\n");
    assert!(found == listed, "not listed:\n{}\nno longer so:\n{}", only(&found, &listed), only(&listed, &found));
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tiles_any_text(text in "(\\PC|[\n\r .!?\"“”()A-Z。ก-๙ぁ-ん一-龥])*") {
        tiles(&read(&text));
    }

    #[test]
    fn reads_any_page(page in "(<(/?(p|div|a|li|td|h1|blockquote|script|br|title|b)( (id|class)=[\"']?[a-z]*[\"']?)?)?>?|&[a-z#0-9]*;?|\\PC|[A-Z. ])*") {
        if let Ok(document) = Document::parse_html(&page, ReadOptions::default(), Cancel::NEVER) {
            tiles(&document);
        }
    }
}
