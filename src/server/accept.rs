//! Where connections come from, and how many may.

use std::{
    io,
    net::SocketAddr,
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::{
    calls::{Calls, Shared},
    connection::{Activity, Connections},
    drain::Drain,
    tls::Certificates,
    web::{Offer, Web},
};
use crate::config::Endpoint;

/// A rest for a listener that has run out of file descriptors: trying again at once would only burn the processor.
const REST: Duration = Duration::from_millis(50);

/// A bound listener.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener, UnixPath),
}

/// A socket's file, removed when the listener is done with it, if it made the file itself.
#[derive(Debug)]
pub struct UnixPath(Option<PathBuf>);

impl Drop for UnixPath {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Gone already is as good.
            let _gone = std::fs::remove_file(path);
        }
    }
}

impl Listener {
    /// Listens at `endpoint`. A socket file that nobody listens at any more is replaced.
    ///
    /// # Errors
    ///
    /// As the system says.
    pub async fn bind(endpoint: &Endpoint) -> io::Result<Self> {
        match endpoint {
            Endpoint::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            Endpoint::Unix(path) => {
                remove_stale(path).await?;
                UnixListener::bind(path).map(|listener| Self::Unix(listener, UnixPath(Some(path.clone()))))
            }
        }
    }

    /// The listener that systemd hands over, if it does (`LISTEN_FDS`).
    ///
    /// # Errors
    ///
    /// When what is handed over is no listener.
    pub fn handed_over() -> io::Result<Option<Self>> {
        let mut handed = listenfd::ListenFd::from_env();
        if handed.len() == 0 {
            return Ok(None);
        }
        if let Ok(Some(listener)) = handed.take_tcp_listener(0) {
            listener.set_nonblocking(true)?;
            return TcpListener::from_std(listener).map(|listener| Some(Self::Tcp(listener)));
        }
        let Some(listener) = handed.take_unix_listener(0)? else { return Ok(None) };
        listener.set_nonblocking(true)?;
        UnixListener::from_std(listener).map(|listener| Some(Self::Unix(listener, UnixPath(None))))
    }

    /// Where it listens, for a log line.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Tcp(listener) => {
                listener.local_addr().map_or_else(|error| error.to_string(), |address| address.to_string())
            }
            Self::Unix(listener, _) => match listener.local_addr() {
                Ok(address) => {
                    address.as_pathname().map_or("unix".to_owned(), |path| format!("unix:{}", path.display()))
                }
                Err(error) => error.to_string(),
            },
        }
    }

    /// The TCP address it listens at.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }

    async fn accept(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(listener) => {
                let (socket, _) = listener.accept().await?;
                socket.set_nodelay(true)?;
                Ok(Socket::Tcp(socket))
            }
            Self::Unix(listener, _) => listener.accept().await.map(|(socket, _)| Socket::Unix(socket)),
        }
    }
}

async fn remove_stale(path: &Path) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// What accepted connections are served with.
#[derive(Debug)]
pub(crate) struct Acceptor {
    pub(crate) connections: Connections,
    pub(crate) certificates: Option<Arc<Certificates>>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) offer: Arc<Offer>,
    pub(crate) max_connections: usize,
    pub(crate) first_byte_timeout: Duration,
    pub(crate) max_age: Duration,
    pub(crate) age_jitter: Duration,
}

impl Acceptor {
    /// Accepts connections until the draining begins; gives back those that are still open.
    pub(crate) async fn accept(self: Arc<Self>, listener: Listener, drain: Drain) -> JoinSet<()> {
        let slots = Arc::new(Semaphore::new(self.max_connections));
        let mut open = JoinSet::new();
        let mut draining = std::pin::pin!(drain.begun());
        loop {
            while open.try_join_next().is_some() {}
            let slot = tokio::select! {
                () = &mut draining => return open,
                slot = Arc::clone(&slots).acquire_owned() => slot,
            };
            let accepted = tokio::select! {
                () = &mut draining => return open,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok(socket) => {
                    let (acceptor, drain) = (Arc::clone(&self), drain.clone());
                    open.spawn(async move {
                        let _slot = slot;
                        acceptor.shared.metrics.connections.up();
                        acceptor.serve(socket, &drain).await;
                        acceptor.shared.metrics.connections.down();
                    });
                }
                Err(error) if is_the_peers(&error) => tracing::debug!(%error, "connection lost before it began"),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections, trying again");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    async fn serve(&self, socket: Socket, drain: &Drain) {
        let activity = Activity::new();
        let calls = Calls { shared: Arc::clone(&self.shared), activity };
        let web = Web { calls, offer: Arc::clone(&self.offer) };
        let age = self.age();
        let Some(certificates) = &self.certificates else {
            return self.connections.serve(socket, web, age, drain).await;
        };
        match tokio::time::timeout(self.first_byte_timeout, certificates.acceptor().accept(socket)).await {
            Ok(Ok(socket)) => self.connections.serve(socket, web, age, drain).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    /// The age at which a connection is told to go: the maximum, more or less the jitter, so that connections that came
    /// together do not all come back together.
    fn age(&self) -> Duration {
        use std::hash::BuildHasher as _;
        let jitter = u64::try_from(self.age_jitter.as_millis()).unwrap_or(u64::MAX / 2);
        let draw = std::hash::RandomState::new().hash_one(()) % (2 * jitter + 1);
        (self.max_age + Duration::from_millis(draw)).saturating_sub(self.age_jitter)
    }
}

/// Whether the peer, not this process, is at fault.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected)
}

/// An accepted connection.
enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_read(cx, buf),
            Self::Unix(socket) => Pin::new(socket).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write(cx, buf),
            Self::Unix(socket) => Pin::new(socket).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_write_vectored(cx, bufs),
            Self::Unix(socket) => Pin::new(socket).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_flush(cx),
            Self::Unix(socket) => Pin::new(socket).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Unix(socket) => Pin::new(socket).poll_shutdown(cx),
        }
    }
}
