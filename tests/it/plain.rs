//! A plain HTTP client, as `curl` is one: no protocol of RPCs, no retries, a connection for each request.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::support::Running;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code, the reason and the fields of Connect's error.
    pub(crate) fn fault(&self) -> (u16, String, String, Vec<String>) {
        assert_eq!(self.header("content-type"), Some("application/json"));
        let error = self.json();
        let debugs: Vec<&Value> =
            error["details"].as_array().into_iter().flatten().map(|detail| &detail["debug"]).collect();
        let reason = debugs.iter().find_map(|debug| debug["reason"].as_str()).unwrap_or_default().to_owned();
        let violations = debugs.iter().filter_map(|debug| debug["fieldViolations"].as_array()).flatten();
        let fields = violations.map(|violation| violation["field"].as_str().unwrap().to_owned()).collect();
        (self.status.as_u16(), error["code"].as_str().unwrap().to_owned(), reason, fields)
    }
}

/// Sends a request over HTTP/1.1 or HTTP/2.
pub(crate) async fn send(
    server: &Running,
    version: Version,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Answer {
    let sending = async {
        let io = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
        let uri = if version == Version::HTTP_2 { format!("http://localhost{path}") } else { path.to_owned() };
        let mut request = Request::builder().method(method).uri(uri).version(version).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let response = if version == Version::HTTP_2 {
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        } else {
            let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        };
        let (head, body) = response.into_parts();
        Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
    };
    tokio::time::timeout(Duration::from_secs(20), sending).await.expect("in time")
}

/// Posts over HTTP/1.1.
pub(crate) async fn post(server: &Running, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    send(server, Version::HTTP_11, Method::POST, path, headers, body).await
}
