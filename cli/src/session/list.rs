//! `bioxen session list`.

use bioxen_lua::{SessionState, SessionStatus};
use serde_json::{Value, json};

use crate::figures::{shown_count, shown_size, shown_time};
use crate::report::Fault;
use crate::streams::Streams;
use crate::table::table;

use super::arguments::ListArguments;
use super::state::State;

const HEADS: [&str; 6] = ["NAME", "STATE", "STATUS", "MEMORY", "FUEL", "IDLE"];

/// Shows every session.
pub fn list(arguments: &ListArguments, streams: &Streams) -> Result<u8, Fault> {
    let state = State::at_rest(&arguments.state)?;
    let sessions = state.manager.sessions()?;
    match arguments.json {
        true => streams.stdout.line(&Value::Array(sessions.iter().map(object).collect()).to_string()),
        false => streams.stdout.line(&table(HEADS, sessions.iter().map(row))),
    }
    state.close()
}

fn row(session: &SessionStatus) -> [String; 6] {
    let none = || "-".to_string();
    if session.state == SessionState::Damaged {
        return [session.id.to_string(), state(session.state).to_string(), none(), none(), none(), none()];
    }
    [
        session.id.to_string(),
        state(session.state).to_string(),
        exit(session.state).map_or_else(none, |status| status.to_string()),
        shown_size(session.memory),
        shown_count(session.fuel),
        session.idle.map_or_else(none, shown_time),
    ]
}

fn object(session: &SessionStatus) -> Value {
    json!({
        "name": session.id.as_str(),
        "state": state(session.state),
        "status": exit(session.state),
        "memory": session.memory,
        "fuel": session.fuel,
        "idle": session.idle.map(|idle| idle.as_millis() as f64 / 1e3),
    })
}

/// A session that is at rest on disk is ready for whatever comes.
fn state(state: SessionState) -> &'static str {
    match state {
        SessionState::Damaged => "damaged",
        SessionState::Ended(_) => "ended",
        _ => "ready",
    }
}

fn exit(state: SessionState) -> Option<i32> {
    match state {
        SessionState::Ended(status) => Some(status),
        _ => None,
    }
}
