//! How sentences are split, by example: `|` stands where one ends.

use super::*;

fn sentences(text: &str, language: Language) -> Vec<&str> {
    let mut spans = Vec::new();
    split(text, Span::new(0, text.len()), language, &mut spans);
    spans.iter().map(|span| span.of(text)).collect()
}

fn check(language: Language, expected: &str) {
    let expected: Vec<&str> = expected.split('|').collect();
    let text = expected.concat();
    assert_eq!(sentences(&text, language), expected.iter().map(|s| s.trim()).collect::<Vec<_>>());
}

#[test]
fn splits_english() {
    for expected in [
        "The dam held.| Nobody was hurt.",
        "Did it hold?| It did!| Nobody was hurt.",
        "What?!| No.",
        "“It held,” she said.| “We were lucky.”| Then she left.",
        "“Did it hold?” she asked. |He nodded.",
        "“Did it hold?” Harbour Master Ines Kolb asked.| “It did.”",
        "“It held!” Kolb said.| “Did it?”| Nobody knew.",
        "‘It held.’| “Twice.” |(Then it broke.) |[No.]| The end.",
        "He laughed (it was late.) and left.",
        // Abbreviations.
        "Mr. Brook met Dr. Ana Lee and Sen. Bob Tull of Calif. on Sept. 4.| They talked.",
        "Kolb Bros. Inc. Chairman J. R. Brook left.| He was 60.",
        "It was sold to Kolb Inc.| The price was low.",
        "The U.S. Senate met; the U.S. did not.| It was in the U.S.| The rest is known.",
        "See No. 5, p. 12, and Fig. 3.| No.| That is wrong.",
        "They came at 5 p.m. Monday.| They left at 6 p.m. ET.| At 8 p.m. The Hague slept.",
        "It began at 9 a.m. and ended at 6 P.M.| Mr. Lee left.",
        "At 5 a.m. Mr. Lee left.",
        "George W. Bush and J.K. Rowling met Samuel L. Jackson.",
        "It is between you and I.| Did Albert I. Brook see it?",
        "They sell tea, coffee, etc.| The shop is small.",
        "Use tools, e.g. Hammers, i.e. Heavy ones.",
        "Brook v. Lee was heard in Washington, D.C.| It was brief.",
        "The Ph.D. Student left.",
        // Numbers, addresses, names.
        "It cost $3.50.| It was worth 1,000.50 or more.| 20 people paid.",
        "Write to jane.doe@example.com or see www.example.com/a.b.| Then wait.",
        "She works at Yahoo! in Zurich.| Yahoo! Sports hired him.",
        "The iPad came.| iPhones followed.",
        "A reference ends it.[12]| The next begins.",
        "He was “early.[3]”",
        // Ellipses.
        "Well ... maybe not.| I never said that....| She left.",
        "One . . . two.| . . . Three came late.",
        "They waited. |… Then it rained.",
        "He paused… and left.",
        "He said “[...] the rest [...]” (Brook 55).",
        "! ! !",
        "...",
        // Missing spaces.
        "It ended.|Then it began.| It was 5.| See example.Com or node.js.",
        // Lists in one line.
        "1. The first |2. The second |3. The third",
        "a) The first |b) The second",
        "• The first |• The second",
        "Caption of a picture |Image: A. Brook.",
        "Line\nbreaks are\nspaces.| Yes.",
    ] {
        check(Language::English, expected);
    }
}

#[test]
fn splits_other_languages() {
    use Language::{
        Chinese, Danish, Dutch, French, German, Italian, Japanese, Other, Portuguese, Russian, Spanish, Swedish,
    };
    for (language, expected) in [
        (German, "Am 3. Oktober kam Dr. Kolb, z. B. mit dem 2. Zug.| Er blieb bis 1990.| Dann ging er."),
        (German, "„Er kommt.“| „Wirklich?“, fragte sie.| „Ja.“"),
        (German, "»Er kommt.«| Danach lebte er im 5. Jahrhundert v. Chr. in Rom."),
        (German, "Es kostet 3 Mio. Euro bzw. 2 Mrd. Dollar usw.| Das ist viel."),
        (French, "M. Brun est venu le 3 mai.| « C'est fini. »| Mme Lee a ri."),
        (French, "« Pourquoi ? » demande-t-il.| Elle se tait."),
        (Spanish, "El Sr. Gil llegó.| ¿Por qué?| ¡Nadie lo sabe!| EE.UU. calla."),
        (Italian, "Il dott. Brun è qui.| Perché?| L'on. Lee tace."),
        (Portuguese, "O Dr. Gil chegou.| Não ficou."),
        (Dutch, "Dhr. de Vries kwam om 3 uur, d.w.z. laat.| Dat was alles."),
        (Swedish, "Det var t.ex. Kolb som kom kl. 3.| Sedan gick han."),
        (Danish, "Den 3. Oktober kom han.| Så gik han."),
        (Russian, "В 1990 г. Иванов уехал, т.е. бежал.| Потом вернулся."),
        (Chinese, "他来了。|她问：“为什么？”|没人知道！"),
        (Chinese, "“我来了。”他说。|“好。”"),
        (Japanese, "彼は「行く。」と言った。|「なぜ？」|誰も知らない。"),
        (Other, "वह आया।| फिर वह गया।"),
        (Other, "هل جاء؟| نعم.| ثم ذهب."),
        (Other, "그는 왔다.| 그리고 갔다."),
    ] {
        check(language, expected);
    }
}

proptest::proptest! {
    #[test]
    fn sentences_cover_every_word_in_order(
        text in "(\\PC|[A-Za-z0-9.!?…:;,()\"'“”‘’«»\\[\\]• \n]|U\\.S\\.|Mr\\. |1\\. |2\\. |。){0,80}",
    ) {
        for language in [Language::English, Language::German, Language::Japanese] {
            let mut spans = Vec::new();
            split(&text, Span::new(0, text.len()), language, &mut spans);
            let mut at = 0;
            for span in spans {
                proptest::prop_assert!(text[at..span.begin as usize].trim().is_empty());
                proptest::prop_assert!(!span.is_empty());
                proptest::prop_assert_eq!(span.trim(&text), span);
                at = span.end as usize;
            }
            proptest::prop_assert!(text[at..].trim().is_empty());
        }
    }
}
