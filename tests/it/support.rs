//! The real server, started on port 0 and stopped cleanly, and ways to call it.

use std::{fmt::Debug, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request};
use prost::Message;
use pullquote::{
    config::{Config, ServeArgs},
    grpc::pb::{
        health::health_client::HealthClient,
        v1::{self as pb, pullquote_service_client::PullquoteServiceClient},
    },
    server::{Listener, Listeners, Server},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{oneshot, watch},
    task::JoinHandle,
};
use tokio_stream::StreamExt as _;
use tonic::{Code, Status, Streaming, transport::Channel};
use tonic_types::StatusExt as _;

pub(crate) const SUMMARIZE: &str = "/pullquote.v1.PullquoteService/Summarize";
pub(crate) const SUMMARIZE_STREAM: &str = "/pullquote.v1.PullquoteService/SummarizeStream";
pub(crate) const EXTRACT_QUOTES: &str = "/pullquote.v1.PullquoteService/ExtractQuotes";
pub(crate) const EXTRACT_QUOTES_STREAM: &str = "/pullquote.v1.PullquoteService/ExtractQuotesStream";

/// What is waited for comes within this time, or the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What `h2` says of a call that the server has ended.
const INACTIVE_STREAM: &str = "user error: inactive stream";

/// A server that runs until it is stopped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    metrics: SocketAddr,
    shutdown: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Running {
    /// With the default settings, but no delay before it drains.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With these settings changed: flags without their dashes, and their values.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Listener::Tcp(TcpListener::bind("127.0.0.1:0").await.unwrap()), settings).await
    }

    /// Likewise, on a listener of one's own.
    pub(crate) async fn on(grpc: Listener, settings: &[(&str, &str)]) -> Self {
        let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let metrics_address = metrics.local_addr().unwrap();
        // Of a Unix socket nobody asks it.
        let address = grpc.local_addr().unwrap_or(metrics_address);
        let (shutdown, stopped) = oneshot::channel();
        let server = Server::new(config(settings)).unwrap();
        let serving = tokio::spawn(async move {
            let listeners = Listeners { grpc, metrics: Some(metrics) };
            server.serve(listeners, async move { stopped.await.unwrap_or(()) }).await;
        });
        Self { address, metrics: metrics_address, shutdown, serving }
    }

    pub(crate) async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    pub(crate) async fn client(&self) -> PullquoteServiceClient<Channel> {
        PullquoteServiceClient::new(self.channel().await)
    }

    pub(crate) async fn health(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel().await)
    }

    /// A connection without a client library's own ideas.
    pub(crate) async fn raw(&self) -> Raw {
        Raw::over(TcpStream::connect(self.address).await.unwrap()).await
    }

    /// What Prometheus would read.
    pub(crate) async fn scrape(&self) -> String {
        let mut socket = TcpStream::connect(self.metrics).await.unwrap();
        socket.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).await.unwrap();
        text
    }

    /// A count of the metrics, summed over the lines that hold all of `parts`.
    pub(crate) async fn metric(&self, parts: &[&str]) -> u64 {
        let text = self.scrape().await;
        let lines = text.lines().filter(|line| !line.starts_with('#') && parts.iter().all(|part| line.contains(part)));
        let values = lines.map(|line| line.rsplit(' ').next().unwrap().trim_end_matches(".0"));
        values.map(|value| value.parse::<u64>().expect(value)).sum()
    }

    /// Asks for its end without waiting for it.
    pub(crate) fn begin_stop(self) -> JoinHandle<()> {
        self.shutdown.send(()).unwrap();
        self.serving
    }

    /// Asks for its end and waits for it; gives the time it took.
    pub(crate) async fn stop(self) -> Duration {
        let begin = std::time::Instant::now();
        self.shutdown.send(()).unwrap();
        self.serving.await.unwrap();
        begin.elapsed()
    }
}

/// The default settings with some of them changed.
pub(crate) fn config(settings: &[(&str, &str)]) -> Config {
    let environment = |variable: &str| {
        let name = variable.strip_prefix("PULLQUOTE_")?.to_lowercase().replace('_', "-");
        let own = settings.iter().find(|(setting, _)| *setting == name);
        own.map(|(_, value)| (*value).to_owned()).or((name == "drain-delay").then(|| "0s".to_owned()))
    };
    Config::resolve(&ServeArgs::default(), &environment).unwrap()
}

/// Repeats `ask` until it answers something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("in time")
}

/// An HTTP/2 connection of the `h2` crate: no deadline, no status of the client's own making.
#[derive(Clone)]
pub(crate) struct Raw {
    requests: h2::client::SendRequest<Bytes>,
    ended: Arc<watch::Sender<()>>,
}

/// A call that was begun over it.
pub(crate) struct RawCall {
    pub(crate) body: h2::SendStream<Bytes>,
    response: h2::client::ResponseFuture,
}

impl Raw {
    async fn over(socket: TcpStream) -> Self {
        Self::with_window(socket, 65_535).await
    }

    /// A connection on which the server may send `window_bytes` of each answer before they are read.
    pub(crate) async fn with_window(socket: TcpStream, window_bytes: u32) -> Self {
        let mut builder = h2::client::Builder::new();
        let (requests, connection) = builder.initial_window_size(window_bytes).handshake(socket).await.unwrap();
        let (ended, open) = watch::channel(());
        tokio::spawn(async move {
            // It ends when the server says so.
            let _ended = connection.await;
            drop(open);
        });
        Self { requests: requests.ready().await.unwrap(), ended: Arc::new(ended) }
    }

    /// Waits until the server closes the connection.
    pub(crate) async fn ended(&mut self) {
        tokio::time::timeout(PATIENCE, self.ended.closed()).await.expect("in time");
    }

    /// Waits until the server allows another call.
    pub(crate) async fn ready(&mut self) {
        self.requests = self.requests.clone().ready().await.unwrap();
    }

    /// The calls that the server allows at once.
    pub(crate) fn max_calls(&self) -> usize {
        self.requests.current_max_send_streams()
    }

    /// Sends the headers of a call.
    pub(crate) fn begin(&mut self, path: &str, headers: &[(&str, &str)]) -> RawCall {
        let mut request = Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (response, body) = self.requests.send_request(request.body(()).unwrap(), false).unwrap();
        RawCall { body, response }
    }

    /// Sends the headers of a call, unless the server has said that it takes no more.
    pub(crate) fn try_begin(&mut self, path: &str) -> Option<RawCall> {
        let request = Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        let (response, body) = self.requests.send_request(request.body(()).unwrap(), false).ok()?;
        Some(RawCall { body, response })
    }

    /// Makes a whole call; gives the status and the server's metadata.
    pub(crate) async fn call(&mut self, path: &str, headers: &[(&str, &str)], body: Bytes) -> (Status, HeaderMap) {
        let mut call = self.begin(path, headers);
        call.send(body, true);
        call.end().await
    }
}

impl RawCall {
    /// Sends a part of the message, its last one if it is `whole` then. Whoever was answered already need not: the server may
    /// have ended the call meanwhile.
    pub(crate) fn send(&mut self, part: Bytes, whole: bool) {
        if let Err(error) = self.body.send_data(part, whole) {
            assert_eq!(error.to_string(), INACTIVE_STREAM);
        }
    }

    /// The call's code; none when the server reset it.
    pub(crate) async fn code(self) -> Option<Code> {
        let (head, mut body) = self.response.await.ok()?.into_parts();
        while let Some(data) = body.data().await {
            body.flow_control().release_capacity(data.ok()?.len()).ok()?;
        }
        let mut headers = head.headers;
        headers.extend(body.trailers().await.ok()?.unwrap_or_default());
        Status::from_header_map(&headers).map(|status| status.code())
    }

    /// Waits for the call's end.
    pub(crate) async fn end(self) -> (Status, HeaderMap) {
        let ending = async {
            let response = self.response.await.unwrap();
            let (head, mut body) = response.into_parts();
            while let Some(data) = body.data().await {
                let size = data.unwrap().len();
                body.flow_control().release_capacity(size).unwrap();
            }
            let mut headers = head.headers;
            headers.extend(body.trailers().await.unwrap().unwrap_or_default());
            headers
        };
        let headers = tokio::time::timeout(PATIENCE, ending).await.expect("in time");
        (Status::from_header_map(&headers).expect("a status"), headers)
    }
}

/// A message as gRPC frames it.
pub(crate) fn framed(message: &impl Message) -> Bytes {
    framed_bytes(&message.encode_to_vec(), false)
}

/// Any bytes as gRPC frames a message.
pub(crate) fn framed_bytes(message: &[u8], compressed: bool) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(compressed.into());
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(message);
    frame.freeze()
}

pub(crate) fn text(text: impl Into<String>) -> pb::Document {
    pb::Document { content: Some(pb::document::Content::Text(text.into())), ..pb::Document::default() }
}

pub(crate) fn html(page: impl Into<String>) -> pb::Document {
    pb::Document { content: Some(pb::document::Content::Html(page.into())), ..pb::Document::default() }
}

pub(crate) fn summarize(document: pb::Document) -> pb::SummarizeRequest {
    pb::SummarizeRequest { document: Some(document), ..pb::SummarizeRequest::default() }
}

pub(crate) fn quotes(document: pb::Document) -> pb::ExtractQuotesRequest {
    pb::ExtractQuotesRequest { document: Some(document), ..pb::ExtractQuotesRequest::default() }
}

/// A stream's items, by their number: a document each, of which every tenth is blank.
pub(crate) fn numbered_documents(article: &str) -> impl Iterator<Item = (String, pb::Document)> {
    (0..50).map(move |number| (number.to_string(), text(if number % 10 == 0 { " " } else { article })))
}

/// Each of those items was answered once, under its number: as the article `alone` is, or the blank ones with their fault.
/// `open` gives an answer's id and what it holds.
pub(crate) async fn answered_by_number<A, R: Debug + PartialEq>(
    answers: Streaming<A>,
    alone: &R,
    open: impl Fn(A) -> (String, Result<R, pb::ItemError>),
) {
    let mut answers: Vec<_> = answers.map(|answer| open(answer.unwrap())).collect().await;
    answers.sort_by_key(|(id, _)| id.parse::<usize>().unwrap());
    assert_eq!(answers.len(), 50);
    for (number, (id, result)) in answers.into_iter().enumerate() {
        assert_eq!(id, number.to_string());
        match result {
            Ok(response) => assert_eq!((&response, number % 10 != 0), (alone, true), "item {number}"),
            Err(error) => assert_eq!((number % 10, error.reason.as_str()), (0, "INVALID_REQUEST")),
        }
    }
}

/// An article of about `bytes` bytes, no two of whose sentences are the same.
pub(crate) fn article(bytes: usize) -> String {
    let mut article = String::with_capacity(bytes + 100);
    let mut number = 0;
    while article.len() < bytes {
        number += 1;
        let (day, plan, views) = (number * 7 % 31, number * 13 % 101, number * 17 % 53);
        let sentences = format!(
            "The committee of district {number} met on day {day} to weigh plan {plan}. “We heard {views} views,” said Ann \
             Lee.\n"
        );
        article.push_str(&sentences);
    }
    article.truncate(article.floor_char_boundary(bytes));
    article
}

/// A status by its code, its reason, and its fields at fault.
pub(crate) fn told(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let violations = details.bad_request().map(|request| request.field_violations.clone()).unwrap_or_default();
    (status.code(), reason, violations.into_iter().map(|violation| violation.field).collect())
}

/// A path from the project's own folder.
pub(crate) fn path(relative: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}
