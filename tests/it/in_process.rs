//! What the service computes, without a server: the contract's messages through the same conversion.

use pullquote::{
    cancel::Cancel,
    grpc::{
        convert::{self, Limits},
        pb::v1 as pb,
        status::Fault,
    },
    quote::extract_quotes as extract,
    summary::summarize as pick,
};

pub(crate) fn summarize(request: &pb::SummarizeRequest) -> Result<pb::SummarizeResponse, Fault> {
    let (article, options) = convert::summarize_request(request, &Limits::NONE)?;
    let document = article.read(Cancel::NEVER)?;
    let summary = pick(&document, &options, Cancel::NEVER)?;
    Ok(convert::summarize_response(&article, &document, &summary))
}

pub(crate) fn extract_quotes(request: &pb::ExtractQuotesRequest) -> Result<pb::ExtractQuotesResponse, Fault> {
    let (article, options) = convert::extract_quotes_request(request, &Limits::NONE)?;
    let document = article.read(Cancel::NEVER)?;
    let quotes = extract(&document, &options, Cancel::NEVER)?;
    Ok(convert::extract_quotes_response(&article, &document, &quotes))
}
