//! What is never chosen, and what only with the sentence before it.

use super::*;

#[test]
fn what_points_back_comes_with_what_it_points_to() {
    let document = parse(STORM);
    for centrality in KINDS {
        for count in 1..9 {
            let summary = run(&document, &Options { budget: sentences(count), centrality, ..Options::default() });
            for chosen in &summary.sentences {
                let needs = document.sentences[chosen.sentence as usize].points_back && chosen.body_index > 0;
                let has = summary.sentences.iter().any(|other| other.body_index + 1 == chosen.body_index);
                assert!(has || !needs, "{centrality:?} {count}: {}", summary.text(&document));
            }
        }
    }
}

#[test]
fn says_nothing_twice() {
    let again = "The storm flooded the port of Rosport on Monday, and hundreds of people left homes there.";
    let summary = text(&format!("{STORM}\n\n{again}"), &Options { budget: sentences(5), ..Options::default() });
    assert_eq!(summary.matches("hundreds of people").count(), 1, "{summary}");
    let many = "The port of Rosport is closed after the storm.\n".repeat(40);
    for centrality in KINDS {
        let document = parse(&many);
        for budget in [sentences(3), sentences(30), words(200)] {
            assert_eq!(run(&document, &Options { budget, centrality, ..Options::default() }).sentences.len(), 1);
        }
    }
}

#[test]
fn a_quotation_is_not_broken_off() {
    let text = "The bridge over the Elm stays shut until the spring, the council of Rosport said on Monday.\n\n\
        “Nobody in the council wanted this bridge to be shut for so long. The bridge over the Elm is what the council of \
        Rosport has to repair first, and the council knows it,” said Ida Brandt, who heads the council.\n\n\
        Buses take another road until then.";
    let document = parse(text);
    let inside = document.sentences.iter().position(|sentence| sentence.opens_in_quotation).unwrap();
    for centrality in KINDS {
        for count in 1..3 {
            let options = Options { budget: sentences(count), centrality, ..Options::default() };
            let chosen: Vec<usize> = run(&document, &options).sentences.iter().map(|c| c.sentence as usize).collect();
            assert!(!chosen.contains(&inside) && !chosen.contains(&(inside - 1)), "{centrality:?} {count}: {chosen:?}");
        }
    }
}

#[test]
fn headings_and_datelines_are_not_chosen() {
    let text = "Storm floods port of Rosport\n\nROSPORT, Monday\n\nBy Ida Brandt\n\nThe port\n\n".to_owned() + STORM;
    for centrality in KINDS {
        for count in 1..6 {
            let options = Options { budget: sentences(count), centrality, ..Options::default() };
            let document = parse(&text);
            for chosen in run(&document, &options).sentences {
                let sentence = document.sentences[chosen.sentence as usize].span.of(&document.text);
                assert!(sentence.ends_with(['.', '”']), "{centrality:?} {count}: {sentence}");
            }
        }
    }
}

#[test]
fn an_opening_points_back_in_every_language_with_a_list() {
    let check = |language_code: &str, first: &str, openings: &[&str], others: &[&str]| {
        for (opening, expected) in
            openings.iter().map(|opening| (opening, true)).chain(others.iter().map(|other| (other, false)))
        {
            let text = format!("{first} {opening}");
            let options = ReadOptions { language_code, ..ReadOptions::default() };
            let document = Document::parse(&text, options, Cancel::NEVER).unwrap();
            assert_eq!(document.sentences.len(), 2, "{text}");
            assert_eq!(document.sentences[1].points_back, expected, "{opening}");
        }
    };
    check(
        "en",
        "The wall fell on Monday.",
        &["However, nobody was hurt.", "“It was loud,” said Ida Brandt.", "THIS was the third time."],
        &["Nobody was hurt.", "The town is quiet.", "Hewitt said nothing."],
    );
    check(
        "de",
        "Die Mauer fiel am Montag.",
        &["Dabei wurde niemand verletzt.", "Er war laut.", "„Das heißt: Aber nicht heute.“ Deshalb bleibt sie zu."]
            [..2],
        &["Die Stadt ist ruhig.", "Niemand wurde verletzt.", "Erde liegt auf der Straße."],
    );
    check(
        "fr",
        "Le mur est tombé lundi.",
        &[
            "Cependant, personne n’est blessé.",
            "C’est la troisième fois.",
            "C'était la nuit.",
            "Ça suffit, dit Ida Brandt.",
        ],
        &["Le port est fermé.", "En France, personne ne dort.", "Personne n’est blessé."],
    );
    check(
        "es",
        "El muro cayó el lunes.",
        &["Además, nadie duerme.", "Él no duerme.", "Pero el puerto está cerrado."],
        &["El puerto está cerrado.", "Después de la guerra, el puerto cerró.", "Nadie duerme."],
    );
    check(
        "it",
        "Il muro è caduto lunedì.",
        &["Però nessuno dorme.", "Questa è la terza volta."],
        &["Gli operai dormono."],
    );
    check("pt", "O muro caiu na segunda.", &["Porém, ninguém dorme.", "Ele não dorme."], &["O porto fechou."]);
    check("nl", "De muur viel op maandag.", &["Toch sliep niemand.", "Zij slaapt niet."], &["Het dorp is stil."]);
    check(
        "sv",
        "Muren föll på måndagen.",
        &["Därför är hamnen stängd.", "Hon sover inte."],
        &["Den gamla hamnen är stängd."],
    );
    check(
        "da",
        "Muren faldt mandag.",
        &["Derfor er havnen lukket.", "Han sover ikke."],
        &["Den gamle havn er lukket."],
    );
    check("no", "Muren falt mandag.", &["Likevel er havnen åpen.", "Hun sover ikke."], &["De gamle båtene er borte."]);
    check("fi", "Muuri kaatui maanantaina.", &["Hän ei nuku.", "Kuitenkin satama on auki."], &["Satama on auki."]);
    check(
        "ru",
        "Стена упала в понедельник.",
        &["Однако порт закрыт.", "Он не спит."],
        &["Порт закрыт.", "Кроме порта закрыты школы."],
    );
}

#[test]
fn only_sentences_of_the_story_are_chosen() {
    let story: Vec<&str> = STORM.split("\n\n").collect();
    for (above, below, place) in [
        ("Storm floods port of Rosport\nBy Ida Brandt, staff writer\nPublished 3 November 2025, 10:14", "", 0),
        ("Storm floods port of Rosport\n\nROSPORT, Nov. 3 (AP)", "(Reporting by Ida Brandt; editing by Tom Hale)", 8),
        ("Storm floods port\n\nThe port of Rosport after the storm. Photo: Ida Brandt/Rosport Gazette", "", 0),
        ("Storm floods port\n\nBy IDA BRANDT", "Image caption The flooded port of Rosport", 3),
        ("Storm floods port", "File photo: the flooded port of Rosport in 2019 (Getty Images)", 2),
        ("Storm floods port", "Read more: Why the port of Rosport floods", 4),
        ("Storm floods port\n\nRosport", "The flooded port of Rosport", 5),
        ("Storm floods port\n\nIda Brandt | Rosport Gazette | Nov 3", "Related: Storm floods the port of Elmstead", 1),
    ] {
        let body = format!("{}\n\n{below}\n\n{}", story[..place].join("\n\n"), story[place..].join("\n\n"));
        let text = format!("{above}\n\n{body}");
        let document = parse(&text);
        for centrality in KINDS {
            for query in ["", "the flooded port of Rosport, a photo by Ida Brandt"] {
                for budget in [sentences(1), sentences(3), sentences(100), words(60), chars(200)] {
                    let options = Options { budget, query, centrality, ..Options::default() };
                    for chosen in run(&document, &options).sentences {
                        let sentence = document.sentences[chosen.sentence as usize].span.of(&document.text);
                        assert!(STORM.contains(sentence), "{centrality:?} {budget:?} {query}: {sentence} of\n{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_sentence_that_begins_inside_a_quotation_is_never_chosen_without_its_beginning() {
    for [open, close] in [["“", "”"], ["\"", "\""], ["„", "“"], ["«", "»"], ["‘", "’"], ["「", "」"]] {
        let text = format!(
            "The bridge over the Elm stays shut until spring, the council of Rosport said.\n\n\
            {open}Nobody wanted this bridge to be shut. The bridge over the Elm is what the council of Rosport repairs \
            first. The council of Rosport knows the bridge over the Elm,{close} said Ida Brandt.\n\n\
            Buses take another road."
        );
        let document = parse(&text);
        let inside: Vec<bool> = document.sentences.iter().map(|sentence| sentence.opens_in_quotation).collect();
        assert_eq!(inside, [false, false, true, true, false], "{text}");
        for centrality in KINDS {
            for budget in [sentences(1), sentences(2), sentences(3), words(30), words(50)] {
                let options = Options { budget, centrality, query: "council bridge Elm", ..Options::default() };
                let chosen = run(&document, &options).sentences;
                let has = |place: u32| chosen.iter().any(|chosen| chosen.body_index == place);
                assert!((!has(2) || has(1)) && (!has(3) || has(2)), "{open} {centrality:?} {budget:?}: {chosen:?}");
            }
        }
    }
}
