//! How a query steers.

use super::*;

#[test]
fn a_query_steers() {
    let check = |query: &str, expected: &str| {
        let options = Options { budget: sentences(1), query, ..Options::default() };
        let summary = text(STORM, &options);
        assert!(summary.contains(expected), "{query}: {summary}");
    };
    check("bakery", "Mara Linde");
    check("football", "football match");
    check("school trains", "Schools in Rosport");
    check("engineer's warning", "Engineers had warned");
    check("zeppelin", "A storm flooded");
    check("the", "A storm flooded");
}

#[test]
fn what_is_about_the_query_comes_first() {
    let document = parse(STORM);
    let check = |query: &str, expected: &[&str]| {
        for centrality in KINDS {
            let budget = sentences(u32::try_from(expected.len()).unwrap());
            let options = Options { budget, query, centrality, order: Order::Salience };
            let summary = run(&document, &options);
            let chosen: Vec<&str> = summary
                .sentences
                .iter()
                .map(|c| document.sentences[c.sentence as usize].span.of(&document.text))
                .collect();
            let is_about = |sentence: &&str| expected.iter().any(|part| sentence.contains(part));
            assert!(
                chosen.len() == expected.len() && chosen.iter().all(is_about),
                "{centrality:?} {query}: {chosen:?}"
            );
            assert!((summary.sentences[0].salience - 1.0).abs() < 1e-6, "{centrality:?} {query}");
        }
    };
    check("footballs", &["football match"]);
    check("a school", &["Schools in Rosport", "football match"]);
    check("closing the schools until Thursday", &["Schools in Rosport"]);
    check("what did engineers warn of?", &["Engineers had warned"]);
}

#[test]
fn a_query_that_matches_nothing_changes_nothing() {
    let document = parse(STORM);
    for centrality in KINDS {
        let of = |query| run(&document, &Options { query, centrality, ..Options::default() });
        for query in ["zeppelin", "the of and", "?!", "…", " ", "東京", "\u{200b}", "zeppelins over the Atlantic"] {
            assert_eq!(of(query), of(""), "{centrality:?} {query:?}");
        }
    }
}

#[test]
fn how_a_query_is_written_does_not_matter() {
    let document = parse(STORM);
    for centrality in KINDS {
        let of = |query| run(&document, &Options { query, centrality, ..Options::default() });
        for (one, other) in [
            ("Mara Linde", "MARA LINDE’S"),
            ("engineers' warning", "“warning” … (engineers)"),
            ("schools and trains", "train school"),
            ("bakery", "  the   bakeries?\n"),
        ] {
            assert_eq!(of(one), of(other), "{centrality:?}");
        }
    }
}

#[test]
fn a_name_brings_the_sentences_that_name_it() {
    let text = "The council of Saltmere votes on the wall on Monday.\n\n\
        José Núñez wants the wall to be higher.\n\n\
        The wall costs the council of Saltmere forty million.\n\n\
        Anne O’Brien wants no wall in Saltmere.\n\n\
        The council met in the town hall of Saltmere.\n\n\
        Builders of the wall wait for the vote of the council.\n\n\
        Nobody asked Núñez what the wall should cost.";
    let document = parse(text);
    for centrality in KINDS {
        let of = |query, count| {
            let options = Options { budget: sentences(count), query, centrality, ..Options::default() };
            run(&document, &options).sentences.iter().map(|chosen| chosen.body_index).collect::<Vec<_>>()
        };
        assert_eq!(of("Núñez", 2), [1, 6], "{centrality:?}");
        assert_eq!(of("José Núñez", 1), [1], "{centrality:?}");
        assert_eq!(of("O'Brien", 1), [3], "{centrality:?}");
        // Who has both comes before who has one.
        assert_eq!(of("builders’ vote", 1), [5], "{centrality:?}");
        assert_eq!(of("O’Brien and José Núñez", 3), [1, 3, 6], "{centrality:?}");
    }
}

#[test]
fn a_query_steers_in_any_language() {
    let check = |language_code: &str, text: &str, query: &str, expected: &str| {
        let options = ReadOptions { language_code, ..ReadOptions::default() };
        let document = Document::parse(text, options, Cancel::NEVER).unwrap();
        for centrality in KINDS {
            let options = Options { budget: sentences(1), query, centrality, ..Options::default() };
            let summary = run(&document, &options).text(&document);
            assert!(summary.contains(expected), "{centrality:?} {query}: {summary}");
        }
    };
    let german = "Der Hafen von Rosport ist seit Montag gesperrt. Die Stadt baut am Hafen von Rosport eine Mauer. Lehrer halten \
        die Schulen von Rosport offen. Ein Bäcker am Hafen backt weiter.";
    check("de", german, "Schule", "Lehrer");
    check("de", german, "bäckern", "Bäcker");
    let french = "Le port de Rosport est fermé depuis lundi. La ville bâtit un mur au port de Rosport. Les écoles de Rosport \
        restent ouvertes. Un boulanger du port travaille la nuit.";
    check("fr", french, "l’école", "écoles");
    check("fr", french, "des murs", "mur");
    let russian = "Порт Роспорта закрыт с понедельника. Город строит стену в порту Роспорта. Школы Роспорта открыты сегодня. Пекарь в \
        порту работает ночью.";
    check("ru", russian, "школа", "Школы");
    let japanese = "東京で火曜日に大きな地震があった。鉄道は水曜日まで止まる。学校も水曜日まで休みになる。";
    check("ja", japanese, "学校", "学校");
    let vietnamese =
        "Cảng Rosport đóng cửa từ thứ hai. Thành phố xây tường ở cảng Rosport. Trường học vẫn mở cửa hôm nay.";
    check("vi", vietnamese, "trường học", "Trường học");
}

#[test]
fn a_query_steers_within_a_budget_of_length() {
    let document = parse(STORM);
    for centrality in KINDS {
        for budget in [words(20), words(40), chars(130), chars(240)] {
            let options = Options { budget, query: "schools and trains", centrality, ..Options::default() };
            let summary = run(&document, &options).text(&document);
            assert!(summary.contains("Schools in Rosport"), "{centrality:?} {budget:?}: {summary}");
        }
    }
}

#[test]
fn accents_may_be_left_out_or_added() {
    let text = "The council of Saltmere votes on the wall on Monday. The wall costs the council forty million. \
        Builders wait for the council and its wall. José Núñez slept through the whole vote.";
    let decomposed = text.replace('é', "e\u{301}").replace('ú', "u\u{301}").replace('ñ', "n\u{303}");
    for text in [text, &decomposed] {
        let document = parse(text);
        for query in ["Núñez", "Nunez", "NUÑEZ", "Nu\u{301}n\u{303}ez", "Jose Nunez’s"] {
            for centrality in KINDS {
                let options = Options { budget: sentences(1), query, centrality, ..Options::default() };
                let summary = run(&document, &options);
                assert_eq!(summary.sentences[0].body_index, 3, "{centrality:?} {query} {text}");
            }
        }
        let of = |query| run(&document, &Options { query, ..Options::default() });
        assert_eq!(of("Mónday"), of("Monday"));
        assert_eq!(of("nuñoz"), of(""));
    }
}
