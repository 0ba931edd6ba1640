//! A server on this machine that answers as its test wants: rightly, wrongly, slowly, or not at all.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::shelf::Shelf;

/// What it was asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// How many requests for this path came before.
    pub before: usize,
}

/// What it answers.
pub enum Reply {
    /// A whole answer.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// These bytes, then nothing for as long as the server lives.
    Hang(Vec<u8>),
    /// These bytes again and again, until the other side has enough.
    Endless { head: Vec<u8>, again: Vec<u8> },
    /// One byte of these after the other, with such pauses.
    Drip { bytes: Vec<u8>, pause: Duration },
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server, which ends with its tests.
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

struct State {
    script: Box<Script>,
    log: Mutex<Vec<Request>>,
    over: Mutex<bool>,
    ended: Condvar,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer with a body.
pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer { status, headers: Vec::new(), body: body.into() }
}

/// A redirect.
pub fn redirect(to: &str) -> Reply {
    Reply::Answer { status: 302, headers: vec![("Location".into(), to.into())], body: Vec::new() }
}

/// A file as a good server sends it: with a validator, and not again to who has it.
pub fn served(shelf: &Shelf, request: &Request) -> Reply {
    let Some(body) = shelf.files.get(request.path.trim_start_matches('/')) else {
        return answer(404, "<html>not found</html>");
    };
    let sum = body.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let tag = format!("\"{sum:x}\"");
    let (status, body) = if request.headers.get("if-none-match") == Some(&tag) {
        (304, Vec::new())
    } else {
        (200, body.clone())
    };
    Reply::Answer { status, headers: vec![("ETag".into(), tag)], body }
}

impl Server {
    pub fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            script: Box::new(script),
            log: Mutex::default(),
            over: Mutex::new(false),
            ended: Condvar::new(),
        });
        let shared = state.clone();
        let accepting = thread::spawn(move || accept(&listener, &shared));
        Server { address, state, accepting: Some(accepting) }
    }

    /// A server of these files.
    pub fn of(shelf: Shelf) -> Server {
        Server::start(move |request| served(&shelf, request))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked since the last look.
    pub fn take_log(&self) -> Vec<Request> {
        std::mem::take(&mut *held(&self.state.log))
    }

    /// The paths that it was asked for since the last look.
    pub fn take_paths(&self) -> Vec<String> {
        self.take_log().into_iter().map(|request| request.path).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *held(&self.state.over) = true;
        self.state.ended.notify_all();
        let _ = TcpStream::connect(self.address); // so that it accepts once more, and sees that it is over
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    let mut serving = Vec::new();
    for stream in listener.incoming() {
        if *held(&state.over) {
            break;
        }
        let (Ok(stream), state) = (stream, state.clone()) else { continue };
        serving.push(thread::spawn(move || {
            let _ = serve(stream, &state); // the other side may go away when it likes
        }));
    }
    for thread in serving {
        let _ = thread.join();
    }
}

/// Answers one request.
fn serve(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let Some(request) = read(&mut reader, state)? else { return Ok(()) };
    answer_to(stream, (state.script)(&request), state)
}

fn read(reader: &mut impl BufRead, state: &State) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let Some(path) = line.split(' ').nth(1).map(str::to_string) else { return Ok(None) };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.take(1 << 16).read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_string());
    }
    let mut log = held(&state.log);
    let before = log.iter().filter(|request| request.path == path).count();
    let request = Request { path, headers, before };
    log.push(request.clone());
    Ok(Some(request))
}

fn answer_to(mut stream: TcpStream, reply: Reply, state: &State) -> std::io::Result<()> {
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} x\r\nConnection: close\r\n");
            for (name, value) in headers {
                head += &format!("{name}: {value}\r\n");
            }
            if status != 304 {
                head += &format!("Content-Length: {}\r\n", body.len());
            }
            stream.write_all(head.as_bytes())?;
            stream.write_all(b"\r\n")?;
            stream.write_all(&body)?;
        }
        Reply::Raw(bytes) => stream.write_all(&bytes)?,
        Reply::Hang(bytes) => {
            stream.write_all(&bytes)?;
            wait(state, None);
        }
        Reply::Endless { head, again } => {
            stream.write_all(&head)?;
            while !*held(&state.over) {
                stream.write_all(&again)?;
            }
        }
        Reply::Drip { bytes, pause } => {
            for byte in bytes {
                stream.write_all(&[byte])?;
                if wait(state, Some(pause)) {
                    break;
                }
            }
        }
    }
    stream.shutdown(Shutdown::Write)
}

/// Waits for the end of the server, or as long as this; gives whether it has ended.
fn wait(state: &State, pause: Option<Duration>) -> bool {
    let over = held(&state.over);
    match pause {
        None => *state.ended.wait_while(over, |over| !*over).unwrap_or_else(PoisonError::into_inner),
        Some(pause) => {
            let waited = state.ended.wait_timeout_while(over, pause, |over| !*over);
            *waited.unwrap_or_else(PoisonError::into_inner).0
        }
    }
}
