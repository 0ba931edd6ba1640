//! An authority made by openssl, and a server that it vouches for.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::server::Server;

/// An authority, and a server that it vouches for.
pub struct Authority {
    pub folder: TempDir,
}

impl Authority {
    /// Nothing where there is no openssl.
    pub fn new() -> Option<Authority> {
        let authority = Authority { folder: tempfile::tempdir().expect("a folder") };
        let made = authority.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=tests",
            "-keyout",
            "authority.key",
            "-out",
            "authority.pem",
        ]);
        if !made {
            crate::support::skip("openssl: `apt-get install openssl`");
            return None;
        }
        Some(authority)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn openssl(&self, arguments: &[&str]) -> bool {
        let output = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output();
        let Ok(output) = output else { return false };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        true
    }

    /// What a server of these names shows.
    pub fn vouch(&self, names: &str) -> Arc<ServerConfig> {
        fs::write(self.path("names"), format!("subjectAltName={names}\n")).expect("written");
        self.openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=server",
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-days",
            "2",
            "-extfile",
            "names",
            "-out",
            "server.pem",
        ]);
        let chain = vec![CertificateDer::from_pem_file(self.path("server.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(self.path("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        Arc::new(
            config.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("they fit"),
        )
    }
}

/// Passes what comes encrypted on to a server, and its answer back.
pub struct Front {
    pub address: SocketAddr,
    pub over: Arc<AtomicBool>,
    pub accepting: Option<JoinHandle<()>>,
}

impl Front {
    pub fn of(server: &Server, config: Arc<ServerConfig>) -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, behind) = (listener.local_addr().expect("an address"), server.address());
        let over = Arc::new(AtomicBool::new(false));
        let end = over.clone();
        let accepting = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if end.load(Ordering::Relaxed) {
                    break;
                }
                let _ = pass(stream, &config, behind); // who does not trust it goes away
            }
        });
        Front { address, over, accepting: Some(accepting) }
    }

    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.address.port())
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

pub fn pass(stream: TcpStream, config: &Arc<ServerConfig>, behind: SocketAddr) -> std::io::Result<()> {
    let session = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
    let mut front = StreamOwned::new(session, stream);
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        front.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let mut server = TcpStream::connect(behind)?;
    server.write_all(&request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    front.write_all(&answer)?;
    front.conn.send_close_notify();
    front.flush()
}
