//! A web server for a folder, on this machine, which counts what it is asked and lies when it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What the server does with a file in the place of sending it.
#[derive(Debug, Clone, PartialEq)]
pub enum Lie {
    /// Half of it, under the length of the whole.
    Truncated,
    /// This, under the answer that says that all is well.
    Page(&'static str),
    /// A file of so many bytes.
    Huge(u64),
    /// Another status.
    Status(u16),
}

#[derive(Default)]
struct State {
    /// `STATUS NAME` of each answer, in order.
    answered: Vec<String>,
    lies: BTreeMap<String, Lie>,
    closed: bool,
}

/// Serves a folder until it is dropped.
pub struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn of(folder: &Path) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let (folder, shared) = (folder.to_path_buf(), state.clone());
        let thread = std::thread::spawn(move || serve(&listener, &folder, &shared));
        Server { address, state, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn lie(&self, name: &str, lie: Lie) {
        lock(&self.state).lies.insert(name.to_string(), lie);
    }

    /// What was answered since this was asked last: `200 manifest-5.4`.
    pub fn answered(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).answered)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        lock(&self.state).closed = true;
        // Wakes the thread, which waits for somebody to come.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(listener: &TcpListener, folder: &Path, state: &Mutex<State>) {
    for stream in listener.incoming() {
        if lock(state).closed {
            return;
        }
        // Whoever hangs up gets no answer.
        if let Ok(stream) = stream {
            let _ = answer(stream, folder, state);
        }
    }
}

fn answer(mut stream: TcpStream, folder: &Path, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut known = None;
    for line in lines {
        let line = line?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("if-none-match") => known = Some(value.to_string()),
            Some(_) => {}
            None => break,
        }
    }
    let name = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_string();
    let lie = lock(state).lies.get(&name).cloned();
    let path: PathBuf = folder.join(&name);
    let plain = !name.is_empty() && !name.contains('/');
    let body = if plain { std::fs::read(path).ok() } else { None };
    let (status, length, body) = match (lie, body) {
        (Some(Lie::Status(status)), _) => (status, 0, Vec::new()),
        (Some(Lie::Page(page)), _) => (200, page.len() as u64, page.into()),
        (Some(Lie::Huge(size)), _) => (200, size, Vec::new()),
        (None, None) => (404, 0, Vec::new()),
        (Some(Lie::Truncated), body) => {
            let body = body.unwrap_or_default();
            (200, body.len() as u64, body[..body.len() / 2].to_vec())
        }
        (None, Some(body)) if known.as_deref() == Some(&tag(&body)) => (304, 0, Vec::new()),
        (None, Some(body)) => (200, body.len() as u64, body),
    };
    lock(state).answered.push(format!("{status} {name}"));
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n")?;
    if status == 200 {
        write!(stream, "ETag: {}\r\n", tag(&body))?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&body)
}

/// A name for what a file holds.
fn tag(body: &[u8]) -> String {
    let sum = body.iter().fold(body.len() as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("\"{sum:x}\"")
}
