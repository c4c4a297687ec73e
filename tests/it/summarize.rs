//! `Summarize` through a real client: every field of the request, and the stream.

use pullquote::grpc::pb::v1::{self as pb, summarize_stream_response::Result as Answer};

use crate::{
    invariants,
    support::{Running, answered_by_number, html, numbered_documents, path, summarize, text},
};

#[tokio::test]
async fn every_field_of_the_request_is_obeyed() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let mut ask = async |request: pb::SummarizeRequest| {
        let response = client.summarize(request.clone()).await.unwrap().into_inner();
        invariants::hold_of_summary(&request, &response);
        response
    };
    let article = || text(example("harbour_wall.txt"));
    let plain = ask(summarize(article())).await;
    assert_eq!(plain.sentences.len(), 3);
    assert_eq!(plain.title, "Council backs £48 million harbour wall after winter of floods");
    assert_eq!(plain.sentence_count, 20);

    for (sentences, words, chars) in
        [(1, 0, 0), (0, 60, 0), (0, 0, 300), (4, 80, 300), (1000, 0, 0), (0, 1, 0), (0, 0, 1)]
    {
        let request = pb::SummarizeRequest {
            max_sentence_count: sentences,
            max_word_count: words,
            max_char_count: chars,
            ..summarize(article())
        };
        let response = ask(request).await;
        assert_eq!(response.sentences.is_empty(), words == 1 || chars == 1);
    }
    for centrality in 0..5 {
        for encoding_type in 0..4 {
            for sentence_order in 0..3 {
                let request =
                    pb::SummarizeRequest { centrality, encoding_type, sentence_order, ..summarize(article()) };
                assert_eq!(ask(request).await.sentences.len(), 3);
            }
        }
    }
    let query = "piano upstairs at the Anchor café".to_owned();
    let focused = ask(pb::SummarizeRequest { query, ..summarize(article()) }).await;
    assert!(focused.summary.contains("piano") && !plain.summary.contains("piano"), "{}", focused.summary);

    let titled = pb::Document { title: "Walls".to_owned(), language_code: "en-GB".to_owned(), ..article() };
    let response = ask(summarize(titled)).await;
    assert_eq!((response.title.as_str(), response.language_code.as_str()), ("Walls", "en-GB"));

    let scraped = || text(example("scraped_page.txt"));
    assert!(ask(summarize(scraped())).await.boilerplate.len() > 5);
    let kept = pb::Document { keep_boilerplate: true, ..scraped() };
    assert!(ask(summarize(kept)).await.sentence_count > ask(summarize(scraped())).await.sentence_count);

    let page = ask(summarize(html(example("town_library.html")))).await;
    assert_eq!(page.title, "Library that lends tools now lends its neighbours too");
    assert!(page.extracted_text.contains("Forty-three volunteers") && !page.extracted_text.contains("Leave a reply"));
    server.stop().await;
}

#[tokio::test]
async fn a_stream_answers_each_item_by_its_id() {
    let server = Running::start().await;
    let mut client = server.client().await;
    let article = example("harbour_wall.txt");
    let items = numbered_documents(&article)
        .map(|(id, document)| pb::SummarizeStreamRequest { id, request: Some(summarize(document)) });
    let items = tokio_stream::iter(items.collect::<Vec<_>>());
    let alone = client.summarize(summarize(text(&article))).await.unwrap().into_inner();
    let answers = client.summarize_stream(items).await.unwrap().into_inner();
    let open = |answer: pb::SummarizeStreamResponse| match answer.result.unwrap() {
        Answer::Response(response) => (answer.id, Ok(response)),
        Answer::Error(error) => (answer.id, Err(error)),
    };
    answered_by_number(answers, &alone, open).await;
    server.stop().await;
}

fn example(name: &str) -> String {
    std::fs::read_to_string(path("examples").join(name)).unwrap()
}
