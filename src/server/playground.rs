//! A page to try the service with: plain HTML, CSS and JavaScript, embedded, served from here alone.
//!
//! It calls the service as any caller does, over Connect on its own origin. Its policy forbids it everything else, and to
//! put text in as HTML.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use tonic::body::Body;

/// A file of the page.
#[derive(Debug)]
struct Asset {
    path: &'static str,
    content_type: &'static str,
    content: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! asset {
    ($path:literal, $content_type:expr, $file:literal) => {
        Asset { path: $path, content_type: $content_type, content: include_str!($file) }
    };
}

const ASSETS: &[Asset] = &[
    asset!("/", HTML, "playground/index.html"),
    asset!("/style.css", "text/css; charset=utf-8", "playground/style.css"),
    asset!("/icon.svg", "image/svg+xml", "playground/icon.svg"),
    asset!("/page.js", SCRIPT, "playground/page.js"),
    asset!("/article.js", SCRIPT, "playground/article.js"),
    asset!("/call.js", SCRIPT, "playground/call.js"),
    asset!("/controls.js", SCRIPT, "playground/controls.js"),
    asset!("/strip.js", SCRIPT, "playground/strip.js"),
    asset!("/summary.js", SCRIPT, "playground/summary.js"),
    asset!("/voices.js", SCRIPT, "playground/voices.js"),
    // Articles to try. The page is told that a page of HTML is text, for it shows its source.
    asset!("/examples/harbour_wall.txt", TEXT, "../../examples/harbour_wall.txt"),
    asset!("/examples/scraped_page.txt", TEXT, "../../examples/scraped_page.txt"),
    asset!("/examples/town_library.html", TEXT, "../../examples/town_library.html"),
];

/// Sent with every file.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // Another version may be served from the same place.
    (header::CACHE_CONTROL, "no-cache"),
];

static RESPONSE_HEADERS: LazyLock<http::HeaderMap> =
    LazyLock::new(|| HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect());

/// The answer to a request for one of the page's files.
pub(super) fn answer<B>(request: &Request<B>) -> Option<Response<Body>> {
    let is_get = request.method() == Method::GET;
    if !is_get && request.method() != Method::HEAD {
        return None;
    }
    let asset = ASSETS.iter().find(|asset| asset.path == request.uri().path())?;
    let content = if is_get { asset.content } else { "" };
    let mut response = Response::new(Body::new(Full::new(Bytes::from_static(content.as_bytes()))));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.clone_from(&RESPONSE_HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CONTENT_LENGTH, asset.content.len().into());
    Some(response)
}
