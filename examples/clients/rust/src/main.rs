//! Asks a Pullquote service for the quotes and the summary of an article. Offsets are bytes, as Rust slices strings.

use std::{env, error::Error, fs, path::PathBuf, time::Duration};

use pullquote::grpc::pb::v1::{
    Document, EncodingType, ExtractQuotesRequest, ExtractQuotesStreamRequest, SummarizeRequest, TextSpan,
    document::Content, extract_quotes_stream_response::Result as Answer,
    pullquote_service_client::PullquoteServiceClient,
};
use tonic::{
    Request, Status,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};
use tonic_types::StatusExt as _;

const DEADLINE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("usage: run ADDRESS [CA.pem]")?;
    let mut client = PullquoteServiceClient::new(connect(&address, arguments.next()).await?);

    let article = first_example()?;
    let slice = |span: &TextSpan| &article[span.begin_offset as usize..span.end_offset as usize];
    let document = text(&article);
    let encoding_type = EncodingType::Utf8.into();

    let request = ExtractQuotesRequest { document: document.clone(), encoding_type, ..Default::default() };
    for quote in client.extract_quotes(timed(request)).await?.into_inner().quotes {
        let form = quote.form().as_str_name().trim_start_matches("FORM_");
        let pieces: Vec<&str> = quote.contents.iter().map(slice).collect();
        let sources = quote.attribution.map(|attribution| attribution.sources).unwrap_or_default();
        let speakers: Vec<String> = sources.into_iter().map(|source| source.speaker).collect();
        println!("quote {form} [{}] {}", speakers.join(" and "), pieces.join(" ... "));
    }

    let request =
        SummarizeRequest { document: document.clone(), max_sentence_count: 2, encoding_type, ..Default::default() };
    for sentence in client.summarize(timed(request)).await?.into_inner().sentences {
        println!("summary {}", sentence.text.as_ref().map(slice).unwrap_or_default());
    }

    // Sends every document while it reads the answers, which come as they are ready.
    let requests = [("article", document), ("blank", text(" "))].map(|(id, document)| ExtractQuotesStreamRequest {
        id: id.to_owned(),
        request: Some(ExtractQuotesRequest { document, ..Default::default() }),
    });
    let mut answers = client.extract_quotes_stream(timed(tokio_stream::iter(requests))).await?.into_inner();
    let mut lines = Vec::new();
    while let Some(answer) = answers.message().await? {
        let told = match answer.result.ok_or("an answer without a result")? {
            Answer::Response(response) => format!("{} quotes", response.quotes.len()),
            Answer::Error(error) => {
                let fields = error.field_violations.into_iter().map(|violation| violation.field);
                words(error.reason, fields)
            }
        };
        lines.push(format!("stream {}: {told}", answer.id));
    }
    lines.sort();
    println!("{}", lines.join("\n"));

    let request = SummarizeRequest { document: text(" "), ..Default::default() };
    if let Err(status) = client.summarize(timed(request)).await {
        println!("refused {}", reason(&status));
    }
    Ok(())
}

/// Over TLS when `ca` names a file of trusted roots.
async fn connect(address: &str, ca: Option<String>) -> Result<Channel, Box<dyn Error>> {
    let endpoint = match ca {
        None => Endpoint::try_from(format!("http://{address}"))?,
        Some(ca) => {
            let roots = Certificate::from_pem(fs::read(ca)?);
            Endpoint::try_from(format!("https://{address}"))?
                .tls_config(ClientTlsConfig::new().ca_certificate(roots))?
        }
    };
    Ok(endpoint.connect().await?)
}

fn timed<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}

fn text(text: &str) -> Option<Document> {
    Some(Document { content: Some(Content::Text(text.to_owned())), ..Default::default() })
}

/// Why a call failed: the reason and the fields at fault, or the status where there are no details.
fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let fields = details.bad_request().into_iter().flat_map(|fault| &fault.field_violations);
    match details.error_info() {
        Some(info) => words(info.reason.clone(), fields.map(|violation| violation.field.clone())),
        None => status.to_string(),
    }
}

fn words(reason: String, fields: impl IntoIterator<Item = String>) -> String {
    [reason].into_iter().chain(fields).collect::<Vec<_>>().join(" ")
}

fn first_example() -> Result<String, Box<dyn Error>> {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = fs::read_dir(examples)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    let first = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")).min();
    Ok(fs::read_to_string(first.ok_or("no example article")?)?)
}
