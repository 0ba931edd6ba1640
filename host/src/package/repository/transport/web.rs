//! Files from a server.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::http::header::{
    CONTENT_ENCODING, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
    RETRY_AFTER,
};
use ureq::http::{HeaderMap, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;
use crate::fs::read_bounded;

use super::patience::{MOST_RETRIES, pause_before};
use super::{Answer, Asked, Deadline, Patience, Validator};

/// How the program calls itself.
const USER_AGENT: &str = concat!("bioxen-lua/", env!("CARGO_PKG_VERSION"));

/// Redirects that are followed for one file, all on the same server.
const MOST_REDIRECTS: u32 = 3;

/// Bytes of the head of an answer.
const MOST_HEAD: usize = 64 << 10;

/// Bytes of a validator: what is longer is not sent back.
const MOST_VALIDATOR: usize = 1024;

/// Bytes of a file with certificates.
const MOST_CERTIFICATES: u64 = 4 << 20;

/// A server's files, below one address.
pub(crate) struct Web {
    base: Url,
    certificates: Certificates,
    patience: Patience,
    /// Keeps connections; made when it is first needed.
    agent: OnceLock<Agent>,
}

/// Whom a server's certificate has to come from.
#[derive(Clone)]
pub(crate) enum Certificates {
    /// Those whom the system trusts, read once and shared.
    System(Arc<OnceLock<RootCerts>>),
    /// Those in a PEM file.
    File(PathBuf),
}

/// Why a try failed.
enum Failed {
    /// Another try may do better, after this pause if the server names one.
    Now { error: Error, pause: Option<Duration> },
    /// It is what the server wants to say.
    Finally(Error),
}

impl Web {
    pub fn new(base: Url, certificates: Certificates, patience: Patience) -> Web {
        Web { base, certificates, patience, agent: OnceLock::new() }
    }

    /// Asks the server, and again while it fails, up to the deadline.
    pub fn get(&self, asked: Asked<'_>, deadline: Deadline) -> Result<Answer> {
        let url = self.base.join(asked.name).map_err(|error| self.failed(asked.name, &error.to_string()))?;
        let mut retry = 0;
        loop {
            match self.follow(url.clone(), asked, deadline) {
                Ok(answer) => return Ok(answer),
                Err(Failed::Finally(error)) => return Err(error),
                Err(Failed::Now { error, pause }) => {
                    let pause = pause.unwrap_or_else(|| pause_before(retry, self.patience.pause));
                    if retry == MOST_RETRIES || !deadline.pause(pause) {
                        return Err(error);
                    }
                    retry += 1;
                }
            }
        }
    }

    /// One try, with its redirects.
    fn follow(&self, mut url: Url, asked: Asked<'_>, deadline: Deadline) -> Result<Answer, Failed> {
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&url, asked, deadline)?;
            match response.status().as_u16() {
                200 => return self.file(response, asked),
                304 if asked.known.is_some() => return Ok(Answer::Unchanged),
                404 | 410 => return Ok(Answer::Missing),
                301 | 302 | 303 | 307 | 308 => url = self.redirected(&url, response.headers(), asked)?,
                status @ (429 | 500..=599) => {
                    let pause = header(response.headers(), RETRY_AFTER).and_then(|text| text.parse().ok());
                    let error = self.failed(asked.name, &format!("the server answers with status {status}"));
                    return Err(Failed::Now { error, pause: pause.map(Duration::from_secs) });
                }
                status => {
                    let why = format!("the server answers with status {status}");
                    return Err(Failed::Finally(self.failed(asked.name, &why)));
                }
            }
        }
        Err(self.finally(asked, &format!("more than {MOST_REDIRECTS} redirects")))
    }

    fn ask(&self, url: &Url, asked: Asked<'_>, deadline: Deadline) -> Result<Response<Body>, Failed> {
        let Some(left) = deadline.left() else {
            return Err(self.finally(asked, &format!("it took more than {:?}", self.patience.total)));
        };
        let agent = self.agent().map_err(Failed::Finally)?;
        let mut request = agent.get(url.as_str()).config().timeout_global(Some(left)).build();
        if let Some(known) = asked.known {
            let headers = [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)];
            for (name, value) in headers {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
        }
        request.call().map_err(|error| self.broken(asked, error))
    }

    fn redirected(&self, from: &Url, headers: &HeaderMap, asked: Asked<'_>) -> Result<Url, Failed> {
        let target = header(headers, LOCATION).and_then(|location| from.join(&location).ok());
        let Some(target) = target else {
            return Err(self.finally(asked, "a redirect to nowhere"));
        };
        let same_server = target.scheme() == self.base.scheme()
            && target.host() == self.base.host()
            && target.port_or_known_default() == self.base.port_or_known_default();
        if same_server && target.username().is_empty() && target.password().is_none() {
            return Ok(target);
        }
        let elsewhere = target.host_str().unwrap_or_default();
        let why = format!(
            "it redirects to another server, `{}://{}`, which is not followed; name that one as the repository",
            target.scheme(),
            Escaped(elsewhere)
        );
        Err(self.finally(asked, &why))
    }

    /// Reads the file that an answer carries, if it is not too large.
    fn file(&self, response: Response<Body>, asked: Asked<'_>) -> Result<Answer, Failed> {
        let too_large = || self.finally(asked, &format!("it has more than {} bytes", asked.most));
        if let Some(encoding) = response.headers().get(CONTENT_ENCODING) {
            let encoding = String::from_utf8_lossy(encoding.as_bytes());
            return Err(self.finally(asked, &format!("it comes encoded as `{}`", Escaped(&encoding))));
        }
        let validator = validator(response.headers());
        let body = response.into_body();
        if body.content_length().is_some_and(|length| length > asked.most) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let read = body.into_reader().take(asked.most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| self.broken(asked, ureq::Error::from(error)))?;
        if bytes.len() as u64 > asked.most {
            return Err(too_large());
        }
        Ok(Answer::File { bytes, validator })
    }

    fn broken(&self, asked: Asked<'_>, error: ureq::Error) -> Failed {
        use ureq::Error::{ConnectionFailed, HostNotFound, Io, Timeout};
        let again = match &error {
            // So it comes when the other side speaks another language, or is somebody else than its name says.
            Io(error) => error.kind() != io::ErrorKind::InvalidData,
            error => matches!(error, Timeout(_) | ConnectionFailed | HostNotFound),
        };
        let error = self.failed(asked.name, &error.to_string()).with_source(error);
        if again { Failed::Now { error, pause: None } } else { Failed::Finally(error) }
    }

    fn finally(&self, asked: Asked<'_>, why: &str) -> Failed {
        Failed::Finally(self.failed(asked.name, why))
    }

    fn failed(&self, name: &str, why: &str) -> Error {
        Error::new(ErrorKind::RepositoryUnreachable, format!("cannot get `{name}` of {}: {why}", self.base))
    }

    fn agent(&self) -> Result<&Agent> {
        if let Some(agent) = self.agent.get() {
            return Ok(agent);
        }
        let agent = self.new_agent()?;
        Ok(self.agent.get_or_init(|| agent))
    }

    /// The agent takes no proxy from the environment, and follows no redirect by itself.
    fn new_agent(&self) -> Result<Agent> {
        let secret = self.base.scheme() == "https";
        let roots = if secret { self.certificates.roots()? } else { RootCerts::new_with_certs(&[]) };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .https_only(secret)
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_response_header_size(MOST_HEAD)
            .timeout_resolve(Some(self.patience.connect))
            .timeout_connect(Some(self.patience.connect))
            .timeout_per_read(Some(self.patience.read))
            .timeout_per_write(Some(self.patience.read))
            .user_agent(USER_AGENT)
            .build();
        Ok(config.into())
    }
}

impl fmt::Debug for Web {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Web({})", self.base)
    }
}

impl Certificates {
    fn roots(&self) -> Result<RootCerts> {
        match self {
            Certificates::System(shared) => Ok(shared.get_or_init(of_the_system).clone()),
            Certificates::File(path) => of_file(path),
        }
    }
}

/// Those that cannot be read are left out: a server that needs one of them is not trusted.
fn of_the_system() -> RootCerts {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::debug!(%error, "a certificate of the system cannot be read");
    }
    found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).into()
}

fn of_file(path: &Path) -> Result<RootCerts> {
    let refused = |why: String| {
        Error::new(ErrorKind::InvalidConfig, format!("certificates in `{}`: {why}", path.display()))
    };
    let bytes = read_bounded(path, MOST_CERTIFICATES)
        .map_err(|error| refused(format!("cannot read them: {error}")).with_source(error))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&bytes) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {} // a key beside its certificate is nobody's to trust
            Err(error) => return Err(refused("expected the PEM form".into()).with_source(error)),
        }
    }
    if certificates.is_empty() {
        return Err(refused("expected at least one in PEM form".into()));
    }
    Ok(certificates.into())
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_string())
}

fn validator(headers: &HeaderMap) -> Option<Validator> {
    let short = |name| header(headers, name).filter(|value| value.len() <= MOST_VALIDATOR);
    let validator = Validator { etag: short(ETAG), last_modified: short(LAST_MODIFIED) };
    (validator.etag.is_some() || validator.last_modified.is_some()).then_some(validator)
}
