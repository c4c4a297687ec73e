//! What holds of every response, whatever the article.

use std::collections::HashSet;

use pullquote::grpc::pb::v1 as pb;

/// Asserts everything the contract promises of a summary, whatever was chosen.
pub(crate) fn hold_of_summary(request: &pb::SummarizeRequest, response: &pb::SummarizeResponse) {
    let text = Text::of(request.document.as_ref(), &response.extracted_text, request.encoding_type());
    let spans: Vec<&pb::TextSpan> = response.sentences.iter().map(|sentence| sentence.text.as_ref().unwrap()).collect();
    for span in spans.iter().copied().chain(&response.boilerplate) {
        text.assert_verbatim(span);
    }
    for (chosen, span) in response.sentences.iter().zip(&spans) {
        assert!((0..response.sentence_count).contains(&chosen.sentence_index), "{chosen:?}");
        assert!(chosen.paragraph_index >= 0, "{chosen:?}");
        assert!((0.0..=1.0).contains(&chosen.salience), "{chosen:?}");
        let left_out = response.boilerplate.iter().any(|other| overlap(span, other));
        assert!(!left_out, "a summary holds no page furniture: {span:?}");
    }

    let chosen: HashSet<i32> = response.sentences.iter().map(|sentence| sentence.sentence_index).collect();
    assert_eq!(chosen.len(), response.sentences.len(), "no sentence is chosen twice");
    let contents: Vec<&str> = spans.iter().map(|span| span.content.as_str()).collect();
    assert!(response.summary == contents.join(" ") || response.summary == contents.concat(), "{}", response.summary);
    match request.sentence_order() {
        pb::SentenceOrder::Salience => {
            assert!(response.sentences.is_sorted_by(|a, b| a.salience >= b.salience), "{:?}", response.sentences);
        }
        pb::SentenceOrder::Unspecified | pb::SentenceOrder::Reading => {
            assert!(
                response.sentences.is_sorted_by_key(|sentence| sentence.sentence_index),
                "{:?}",
                response.sentences
            );
        }
    }

    let limits = [request.max_sentence_count, request.max_word_count, request.max_char_count];
    let sentence_limit = if limits == [0; 3] { 3 } else { limits[0] };
    let sizes = [response.sentences.len(), words(&response.summary), response.summary.chars().count()];
    for (size, limit) in sizes.into_iter().zip([sentence_limit, limits[1], limits[2]]) {
        assert!(limit == 0 || size <= usize::try_from(limit).unwrap(), "{sizes:?} exceed {limits:?}");
    }
    hold_of_reading(request.document.as_ref(), &response.language_code, &response.boilerplate);
}

/// Asserts everything the contract promises of quotes, whoever said what.
pub(crate) fn hold_of_quotes(request: &pb::ExtractQuotesRequest, response: &pb::ExtractQuotesResponse) {
    let text = Text::of(request.document.as_ref(), &response.extracted_text, request.encoding_type());
    let mut given = vec![0; response.speakers.len()];
    for quote in &response.quotes {
        let is_indirect = quote.form() == pb::quote::Form::Indirect;
        assert_ne!(quote.form(), pb::quote::Form::Unspecified);
        assert!(!is_indirect || request.include_indirect, "unasked: {quote:?}");
        assert!(!quote.contents.is_empty() && quote.paragraph_index >= 0, "{quote:?}");
        assert_eq!(quote.quoted.is_empty(), is_indirect, "{quote:?}");
        let spoken = if is_indirect { &quote.contents } else { &quote.quoted };
        let spoken: Vec<&str> = spoken.iter().map(|span| span.content.as_str()).collect();
        assert_eq!(quote.text, spoken.join(" "));
        for pieces in [&quote.contents, &quote.quoted] {
            assert!(pieces.is_sorted_by(|a, b| a.end_offset <= b.begin_offset), "pieces in order: {quote:?}");
        }
        quote.contents.iter().chain(&quote.quoted).for_each(|span| text.assert_verbatim(span));
        for quoted in &quote.quoted {
            let is_within = |piece: &pb::TextSpan| {
                piece.begin_offset <= quoted.begin_offset && quoted.end_offset <= piece.end_offset
            };
            assert!(quote.contents.iter().any(is_within), "what is quoted is part of the contents: {quote:?}");
        }
        let Some(attribution) = &quote.attribution else { continue };
        assert!(!attribution.sources.is_empty(), "{attribution:?}");
        assert!((request.min_confidence..=1.0).contains(&attribution.confidence), "{attribution:?}");
        attribution.cue.iter().for_each(|cue| text.assert_verbatim(cue));
        for source in &attribution.sources {
            let mention = source.mention.as_ref().unwrap();
            text.assert_verbatim(mention);
            assert!(!source.speaker.is_empty(), "{source:?}");
            let Some(index) = source.speaker_index else {
                assert_eq!(source.speaker, mention.content, "its own words where no name is known");
                continue;
            };
            let speaker = &response.speakers[usize::try_from(index).unwrap()];
            assert_eq!(source.speaker, speaker.name);
            assert!(speaker.mentions.contains(mention), "{source:?} is missing from {speaker:?}");
        }
        let indexes: HashSet<i32> = attribution.sources.iter().filter_map(|source| source.speaker_index).collect();
        for index in indexes {
            given[usize::try_from(index).unwrap()] += 1;
        }
    }
    let counts: Vec<i32> = response.speakers.iter().map(|speaker| speaker.quote_count).collect();
    assert_eq!(counts, given, "{:?}", response.speakers);

    let begin = |quote: &pb::Quote| quote.contents[0].begin_offset;
    assert!(response.quotes.is_sorted_by_key(begin), "quotes stand in reading order");
    let mut stretches = HashSet::new();
    for span in response.quotes.iter().flat_map(|quote| &quote.quoted) {
        assert!(stretches.insert((span.begin_offset, span.end_offset)), "{span:?} belongs to two quotes");
        let left_out = response.boilerplate.iter().any(|other| overlap(span, other));
        assert!(!left_out, "page furniture quotes nobody: {span:?}");
    }
    for speaker in &response.speakers {
        assert!(!speaker.name.is_empty() && !speaker.mentions.is_empty(), "{speaker:?}");
        speaker.mentions.iter().for_each(|mention| text.assert_verbatim(mention));
    }
    hold_of_reading(request.document.as_ref(), &response.language_code, &response.boilerplate);
}

fn hold_of_reading(document: Option<&pb::Document>, language_code: &str, boilerplate: &[pb::TextSpan]) {
    let document = document.unwrap();
    assert!(!language_code.is_empty());
    assert!(!document.keep_boilerplate || boilerplate.is_empty(), "{boilerplate:?}");
    assert!(boilerplate.is_sorted_by(|a, b| a.end_offset <= b.begin_offset), "{boilerplate:?}");
}

fn overlap(a: &pb::TextSpan, b: &pb::TextSpan) -> bool {
    a.begin_offset < b.end_offset && b.begin_offset < a.end_offset
}

/// No fewer than these, however the words between ideographs are counted.
fn words(text: &str) -> usize {
    let stands_alone =
        |c: &char| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}');
    let words = text.split_whitespace().map(|word| word.chars().filter(stands_alone).count().max(1));
    words.sum()
}

/// The caller's text as the caller's language counts it.
enum Text<'a> {
    Utf8(&'a str),
    Utf16(Vec<u16>),
    Utf32(Vec<char>),
}

impl<'a> Text<'a> {
    fn of(document: Option<&'a pb::Document>, extracted_text: &'a str, encoding: pb::EncodingType) -> Self {
        let text = match document.unwrap().content.as_ref().unwrap() {
            pb::document::Content::Text(text) => {
                assert_eq!(extracted_text, "", "only a page has an extracted text");
                text
            }
            pb::document::Content::Html(_) => extracted_text,
        };
        match encoding {
            pb::EncodingType::Unspecified | pb::EncodingType::Utf8 => Self::Utf8(text),
            pb::EncodingType::Utf16 => Self::Utf16(text.encode_utf16().collect()),
            pb::EncodingType::Utf32 => Self::Utf32(text.chars().collect()),
        }
    }

    /// Cuts the text as a caller would.
    fn assert_verbatim(&self, span: &pb::TextSpan) {
        let range = usize::try_from(span.begin_offset).unwrap()..usize::try_from(span.end_offset).unwrap();
        let cut = match self {
            Self::Utf8(text) => text.get(range).map(str::to_owned),
            Self::Utf16(units) => units.get(range).and_then(|units| String::from_utf16(units).ok()),
            Self::Utf32(chars) => chars.get(range).map(|chars| chars.iter().collect()),
        };
        assert_eq!(cut.as_deref(), Some(span.content.as_str()), "{span:?}");
        assert!(!span.content.trim().is_empty(), "nothing is no stretch: {span:?}");
    }
}
