//! TLS, client certificates, Unix sockets; certificates replaced while serving.

use std::{fs, path::PathBuf, time::Duration};

use pullquote::{
    config,
    grpc::pb::{
        health::{HealthCheckRequest, health_client::HealthClient},
        v1::pullquote_service_client::PullquoteServiceClient,
    },
    server::{Listener, ProbeArgs, probe},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::support::{Running, eventually, summarize, text};

/// An authority, and what it signs, as files.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pub(crate) directory: PathBuf,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let directory = std::env::temp_dir().join(format!("pullquote-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, directory }
    }

    /// Writes NAME.pem and NAME.key.
    pub(crate) fn sign(&self, name: &str) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).unwrap();
        fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub(crate) fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn trusted(&self) -> ClientTlsConfig {
        let ca = Certificate::from_pem(fs::read(self.path("ca.pem")).unwrap());
        ClientTlsConfig::new().ca_certificate(ca).domain_name("localhost")
    }

    fn identified(&self, name: &str) -> ClientTlsConfig {
        let read = |suffix: &str| fs::read(self.path(&format!("{name}{suffix}"))).unwrap();
        self.trusted().identity(Identity::from_pem(read(".pem"), read(".key")))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.directory).unwrap();
    }
}

/// Whether a call over a new connection is answered.
async fn answered(server: &Running, tls: ClientTlsConfig) -> bool {
    let endpoint = Channel::from_shared(format!("https://{}", server.address)).unwrap();
    let Ok(channel) = endpoint.tls_config(tls).unwrap().connect().await else { return false };
    PullquoteServiceClient::new(channel).summarize(summarize(text("It rained."))).await.is_ok()
}

/// A probe of all services, without a certificate of its own.
fn probe_args(server: String, ca: Option<PathBuf>) -> ProbeArgs {
    ProbeArgs { server, ca, cert: None, key: None, service: String::new() }
}

#[tokio::test]
async fn calls_come_over_tls_only_and_a_silent_handshake_is_ended() {
    let authority = Authority::new("tls");
    authority.sign("server");
    let (cert, key) = (authority.shown("server.pem"), authority.shown("server.key"));
    let settings = [("tls-cert", cert.as_str()), ("tls-key", key.as_str()), ("first-byte-timeout", "200ms")];
    let server = Running::with(&settings).await;
    assert!(answered(&server, authority.trusted()).await);
    assert!(!answered(&server, Authority::new("strangers").trusted()).await);
    let plain = Channel::from_shared(format!("http://{}", server.address)).unwrap().connect().await;
    assert!(plain.is_err() || HealthClient::new(plain.unwrap()).check(HealthCheckRequest::default()).await.is_err());

    let args = probe_args(format!("https://localhost:{}", server.address.port()), Some(authority.path("ca.pem")));
    assert_eq!(probe(&args).await, Ok(()));

    let mut silent = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let begin = std::time::Instant::now();
    let mut nothing = Vec::new();
    let _closed = tokio::io::AsyncReadExt::read_to_end(&mut silent, &mut nothing).await;
    assert!(begin.elapsed() < Duration::from_millis(700), "{:?}", begin.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn clients_show_certificates_when_asked_to() {
    let (authority, strangers) = (Authority::new("mtls"), Authority::new("mtls-strangers"));
    authority.sign("server");
    authority.sign("client");
    strangers.sign("client");
    fs::copy(strangers.path("client.pem"), authority.path("stranger.pem")).unwrap();
    fs::copy(strangers.path("client.key"), authority.path("stranger.key")).unwrap();
    let (cert, key, ca) = (authority.shown("server.pem"), authority.shown("server.key"), authority.shown("ca.pem"));
    let server = Running::with(&[("tls-cert", &cert), ("tls-key", &key), ("tls-client-ca", &ca)]).await;
    assert!(answered(&server, authority.identified("client")).await);
    assert!(!answered(&server, authority.trusted()).await);
    assert!(!answered(&server, authority.identified("stranger")).await);
    server.stop().await;
}

#[tokio::test]
async fn certificates_are_read_again_when_they_change_and_bad_ones_are_not_taken() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    old.sign("server");
    new.sign("server");
    let (cert, key) = (old.shown("server.pem"), old.shown("server.key"));
    let settings = [("tls-cert", cert.as_str()), ("tls-key", key.as_str()), ("reload-interval", "20ms")];
    let server = Running::with(&settings).await;

    fs::write(&cert, "no certificate").unwrap();
    // It has been looked at five times meanwhile.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(answered(&server, old.trusted()).await);

    fs::copy(new.path("server.key"), &key).unwrap();
    fs::copy(new.path("server.pem"), &cert).unwrap();
    eventually(|| async { answered(&server, new.trusted()).await.then_some(()) }).await;
    assert!(!answered(&server, old.trusted()).await);
    server.stop().await;
}

#[tokio::test]
async fn a_unix_socket_is_served_its_stale_file_replaced_and_removed_at_the_end() {
    let directory = Authority::new("unix");
    let path = directory.path("socket");
    // A file that a dead server left.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let listener = Listener::bind(&config::Endpoint::Unix(path.clone())).await.unwrap();
    assert!(Listener::bind(&config::Endpoint::Unix(path.clone())).await.is_err(), "it is in use");
    let server = Running::on(listener, &[]).await;
    let channel = Endpoint::from_shared(format!("unix:{}", path.display())).unwrap().connect().await.unwrap();
    PullquoteServiceClient::new(channel).summarize(summarize(text("It rained."))).await.unwrap();
    assert_eq!(probe(&probe_args(format!("unix:{}", path.display()), None)).await, Ok(()));
    server.stop().await;
    assert!(!path.exists());
}
