//! Bodies of plain HTTP: gathered within the limit, compressed or not.

use std::io::Read as _;

use bytes::Bytes;
use flate2::{Compression, read::GzEncoder, read::MultiGzDecoder};
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::{BodyExt as _, Full};
use tonic::{Status, body::Body};

use crate::grpc::{context::CallContext, status::Fault};

/// Smaller bodies are not worth compressing.
const MIN_GZIP_BYTES: usize = 1 << 10;
/// What is decompressed at once.
const CHUNK_BYTES: usize = 64 << 10;

/// The message in a request's body, of at most `limit_bytes` before and after decompression.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
    context: &CallContext,
) -> Result<Bytes, Status> {
    let is_gzip = match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"" | b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => return Err(Status::unimplemented("unknown content-encoding; send gzip or identity")),
    };
    let message = gather(body, limit_bytes).await?;
    if !is_gzip || message.is_empty() {
        return Ok(message.into());
    }
    Ok(decompress(&message, limit_bytes, context)?.into())
}

async fn gather(mut body: Body, limit_bytes: usize) -> Result<Vec<u8>, Status> {
    let mut message = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if message.len() + data.len() > limit_bytes {
            return Err(Fault::MessageTooLarge { limit_bytes }.into());
        }
        message.extend_from_slice(&data);
    }
    Ok(message)
}

fn decompress(compressed: &[u8], limit_bytes: usize, context: &CallContext) -> Result<Vec<u8>, Fault> {
    let mut decoder = MultiGzDecoder::new(compressed);
    let mut message = Vec::new();
    loop {
        let room = (limit_bytes + 1).saturating_sub(message.len()).min(CHUNK_BYTES) as u64;
        let read = decoder.by_ref().take(room).read_to_end(&mut message);
        let count = read.map_err(|error| Fault::Malformed(format!("not gzip: {error}")))?;
        if message.len() > limit_bytes {
            return Err(Fault::MessageTooLarge { limit_bytes });
        }
        if count == 0 {
            return Ok(message);
        }
        context.hold(message.len())?;
    }
}

/// Whether an answer may be compressed.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim_ascii().strip_prefix("q=").unwrap_or("1");
        name.trim_ascii().eq_ignore_ascii_case("gzip") && weight.parse().is_ok_and(|weight: f32| weight > 0.0)
    })
}

/// An answer's message as a response.
pub(super) fn response(content_type: &'static str, message: Bytes, gzip: bool) -> Response<Body> {
    let compressed = if gzip && message.len() >= MIN_GZIP_BYTES { compress(&message) } else { None };
    let is_compressed = compressed.is_some();
    let message = compressed.unwrap_or(message);
    let size = message.len();
    let mut response = Response::new(Body::new(Full::new(message)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, size.into());
    if is_compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// None in practice: reading from memory cannot fail.
fn compress(message: &[u8]) -> Option<Bytes> {
    let mut compressed = Vec::new();
    GzEncoder::new(message, Compression::fast()).read_to_end(&mut compressed).ok()?;
    Some(compressed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (accepted, expected) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate, gzip;q=1.0, *;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            let headers = accepted.parse().map(|value| (header::ACCEPT_ENCODING, value)).into_iter().collect();
            assert_eq!(takes_gzip(&headers), expected, "{accepted}");
        }
    }
}
