//! `ExtractQuotes` through a real client: every field of the request, and the stream.

use pullquote::grpc::pb::v1::{self as pb, extract_quotes_stream_response::Result as Answer, quote::Form};

use crate::{
    invariants,
    support::{Running, answered_by_number, html, numbered_documents, quotes, text},
};

const ARTICLE: &str = "“The wall 🚢 will hold,” said Ines Calder, the mayor of Saltmere. She said that it “cost less than a flood”.\n\n\
                       “Nobody asked us.”\n\nShare on Facebook";

#[tokio::test]
async fn quotes_are_found_with_their_speakers() {
    let server = Running::start().await;
    let mut client = server.client().await;
    for encoding_type in 0..4 {
        let request = pb::ExtractQuotesRequest { encoding_type, ..quotes(text(ARTICLE)) };
        let response = client.extract_quotes(request.clone()).await.unwrap().into_inner();
        invariants::hold_of_quotes(&request, &response);
        let first = &response.quotes[0];
        assert_eq!((first.form(), first.text.as_str()), (Form::Direct, "The wall 🚢 will hold,"));
        let attribution = first.attribution.as_ref().unwrap();
        assert_eq!(attribution.sources[0].speaker, "Ines Calder");
        assert_eq!(attribution.cue.as_ref().unwrap().content, "said");
        assert_eq!(response.speakers[0].name, "Ines Calder");
        assert_eq!(response.speakers[0].description, "the mayor of Saltmere");
        assert_eq!(response.language_code, "en");
        assert_eq!(response.boilerplate[0].content, "Share on Facebook");
    }
    server.stop().await;
}

#[tokio::test]
async fn every_field_of_the_request_is_obeyed() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let mut ask = async |request: pb::ExtractQuotesRequest| {
        let response = client.extract_quotes(request.clone()).await.unwrap().into_inner();
        invariants::hold_of_quotes(&request, &response);
        response
    };
    let titled = pb::Document {
        title: "Wall holds".to_owned(),
        language_code: "en-GB".to_owned(),
        keep_boilerplate: true,
        ..text(ARTICLE)
    };
    let response = ask(quotes(titled)).await;
    assert_eq!((response.title.as_str(), response.language_code.as_str()), ("Wall holds", "en-GB"));
    assert!(response.boilerplate.is_empty());

    let certain = ask(pb::ExtractQuotesRequest { min_confidence: 1.0, ..quotes(text(ARTICLE)) }).await;
    let unsure = ask(quotes(text(ARTICLE))).await;
    assert_eq!(certain.quotes.len(), unsure.quotes.len(), "quotes stay, attributions go");
    let attributed = |response: &pb::ExtractQuotesResponse| {
        response.quotes.iter().filter(|quote| quote.attribution.is_some()).count()
    };
    assert!(attributed(&certain) < attributed(&unsure));

    let reported = format!("{ARTICLE}\n\nCalder said that the harbour would reopen in May.");
    let marked = ask(quotes(text(&reported))).await;
    assert!(marked.quotes.iter().all(|quote| quote.form() != Form::Indirect), "{marked:?}");
    let all = ask(pb::ExtractQuotesRequest { include_indirect: true, ..quotes(text(&reported)) }).await;
    let indirect: Vec<_> = all.quotes.iter().filter(|quote| quote.form() == Form::Indirect).collect();
    assert_eq!(all.quotes.len(), marked.quotes.len() + indirect.len(), "those in marks stay");
    assert_eq!(indirect.len(), 1, "{indirect:?}");
    assert!(indirect[0].text.ends_with("the harbour would reopen in May") && indirect[0].quoted.is_empty());
    assert_eq!(indirect[0].attribution.as_ref().unwrap().sources[0].speaker, "Ines Calder");

    let page = "<html><head><title>Wall holds</title></head><body><article><p>“The wall will hold,” said Ines Calder \
                on Monday, when the council met for the last time before the winter.</p></article></body></html>";
    let response = ask(quotes(html(page))).await;
    assert!(response.extracted_text.contains("“The wall will hold,” said"), "{response:?}");
    assert_eq!(response.quotes[0].text, "The wall will hold,");

    let response = ask(quotes(text("It rained. Nobody spoke."))).await;
    assert!(response.quotes.is_empty() && response.speakers.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_stream_answers_each_item_by_its_id() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let items = numbered_documents(ARTICLE)
        .map(|(id, document)| pb::ExtractQuotesStreamRequest { id, request: Some(quotes(document)) });
    let items = tokio_stream::iter(items.collect::<Vec<_>>());
    let alone = client.extract_quotes(quotes(text(ARTICLE))).await.unwrap().into_inner();
    let answers = client.extract_quotes_stream(items).await.unwrap().into_inner();
    let open = |answer: pb::ExtractQuotesStreamResponse| match answer.result.unwrap() {
        Answer::Response(response) => (answer.id, Ok(response)),
        Answer::Error(error) => (answer.id, Err(error)),
    };
    answered_by_number(answers, &alone, open).await;
    server.stop().await;
}
