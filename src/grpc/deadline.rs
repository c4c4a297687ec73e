//! The time of a call.
//!
//! A timer of one's own, for tonic's answers CANCELLED where gRPC says `DEADLINE_EXCEEDED`. It bounds a request body that
//! stalls as well, and the body of a stream's answer. The header is taken off, so that no other timer knows of it.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Body as _, Frame};
use tokio::time::{Instant, Sleep};
use tonic::{Status, body::Body};

use super::status::Fault;

const GRPC_TIMEOUT: &str = "grpc-timeout";
const CONNECT_TIMEOUT: &str = "connect-timeout-ms";

/// Takes the caller's deadline off the headers; none when it set none, or one that cannot be read.
pub fn take_timeout(headers: &mut HeaderMap) -> Option<Duration> {
    headers.remove(GRPC_TIMEOUT)?.to_str().ok().and_then(parse)
}

/// Takes the deadline of a Connect call off the headers; none when it set none.
///
/// # Errors
///
/// [`Fault::Malformed`] when it is not milliseconds of at most ten digits.
pub fn take_connect_timeout(headers: &mut HeaderMap) -> Result<Option<Duration>, Fault> {
    let Some(timeout) = headers.remove(CONNECT_TIMEOUT) else { return Ok(None) };
    let digits = timeout.to_str().ok().filter(|digits| digits.len() <= 10);
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(milliseconds) => Ok(Some(Duration::from_millis(milliseconds))),
        None => Err(Fault::Malformed(format!("{CONNECT_TIMEOUT}: expected milliseconds, at most ten digits"))),
    }
}

/// At most eight digits and a unit.
fn parse(timeout: &str) -> Option<Duration> {
    let (digits, unit) = timeout.split_at_checked(timeout.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

/// Awaits `answer` until `deadline`, and bounds its body by it too.
pub async fn within(deadline: Option<Instant>, answer: impl Future<Output = Response<Body>>) -> Response<Body> {
    let Some(deadline) = deadline else { return answer.await };
    // A call that was not got to in its time costs no more.
    if deadline <= Instant::now() {
        return Status::from(Fault::DeadlineExceeded).into_http();
    }
    let mut timer = pin!(tokio::time::sleep_until(deadline));
    let response = tokio::select! {
        // An answer that is there is given, be its time over or not.
        biased;
        response = answer => response,
        () = &mut timer => return Status::from(Fault::DeadlineExceeded).into_http(),
    };
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(Bounded { body, timer: Some(Box::pin(tokio::time::sleep_until(deadline))) }))
}

/// A body that ends in `DEADLINE_EXCEEDED` when its time is over.
struct Bounded {
    body: Body,
    timer: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Bounded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let frame @ Poll::Ready(_) = Pin::new(&mut self.body).poll_frame(cx) {
            return frame;
        }
        let Some(timer) = &mut self.timer else { return Poll::Ready(None) };
        match timer.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.timer = None;
                self.body = Body::empty();
                let mut trailers = HeaderMap::new();
                Status::from(Fault::DeadlineExceeded).add_header(&mut trailers)?;
                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

impl fmt::Debug for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::future::{pending, ready};

    use http_body_util::BodyExt as _;
    use tonic::Code;

    use super::*;

    #[test]
    fn timeouts_are_read_as_the_protocol_has_them() {
        for (text, expected) in [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("3S", Some(Duration::from_secs(3))),
            ("100m", Some(Duration::from_millis(100))),
            ("7u", Some(Duration::from_micros(7))),
            ("99999999n", Some(Duration::from_nanos(99_999_999))),
            ("", None),
            ("S", None),
            ("5", None),
            ("-5S", None),
            ("100000000m", None),
            ("5x", None),
            ("5µ", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(GRPC_TIMEOUT, http::HeaderValue::from_bytes(text.as_bytes()).unwrap());
            assert_eq!(take_timeout(&mut headers), expected, "{text}");
            assert!(headers.is_empty());
        }
    }

    #[test]
    fn timeouts_of_connect_are_milliseconds() {
        for (text, expected) in [
            ("0", Some(0)),
            ("250", Some(250)),
            ("9999999999", Some(9_999_999_999)),
            ("", None),
            ("10000000000", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("5S", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONNECT_TIMEOUT, text.parse().unwrap());
            let timeout = take_connect_timeout(&mut headers);
            assert_eq!(timeout.ok(), expected.map(|ms| Some(Duration::from_millis(ms))), "{text}");
            assert!(headers.is_empty());
        }
        assert_eq!(take_connect_timeout(&mut HeaderMap::new()), Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_over_its_time_is_told_so_at_that_time() {
        let begin = Instant::now();
        let time = Duration::from_millis(100);
        let response = within(Some(begin + time), pending()).await;
        assert_eq!(code(response.headers()), Code::DeadlineExceeded);
        assert!(begin.elapsed() < time + Duration::from_millis(20), "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_in_time_is_given_as_it_is() {
        let deadline = Instant::now() + Duration::from_millis(100);
        let response = within(Some(deadline), ready(Response::new(Body::empty()))).await;
        assert!(response.headers().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_was_not_got_to_in_its_time_is_not_begun() {
        let never_polled = std::future::poll_fn(|_| unreachable!());
        let response = within(Some(Instant::now()), never_polled).await;
        assert_eq!(code(response.headers()), Code::DeadlineExceeded);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_stalls_ends_in_trailers() {
        let begin = Instant::now();
        let time = Duration::from_millis(100);
        let stalled = http_body_util::StreamBody::new(tokio_stream::pending::<Result<Frame<Bytes>, Status>>());
        let response = within(Some(begin + time), ready(Response::new(Body::new(stalled)))).await;
        let collected = response.into_body().collect().await.unwrap();
        assert_eq!(code(collected.trailers().unwrap()), Code::DeadlineExceeded);
        assert!(begin.elapsed() >= time);
    }

    fn code(headers: &HeaderMap) -> Code {
        Status::from_header_map(headers).unwrap().code()
    }
}
