//! `bioxen session list`.

use bioxen_lua::{SessionState, SessionStatus};
use serde_json::{Value, json};

use crate::figures::{shown_count, shown_size, shown_time};
use crate::report::Fault;
use crate::streams::Streams;

use super::arguments::ListArguments;
use super::state::{State, at_rest};

const HEADS: [&str; 6] = ["NAME", "STATE", "STATUS", "MEMORY", "FUEL", "IDLE"];

/// Shows every session.
pub fn list(arguments: &ListArguments, streams: &Streams) -> Result<u8, Fault> {
    let state = State::open(&arguments.state, at_rest(), 1)?;
    let sessions = state.manager.sessions()?;
    match arguments.json {
        true => streams.stdout.line(&Value::Array(sessions.iter().map(object).collect()).to_string()),
        false => streams.stdout.line(&table(&sessions)),
    }
    state.close()
}

fn table(sessions: &[SessionStatus]) -> String {
    let rows = sessions.iter().map(row);
    let rows: Vec<_> = std::iter::once(HEADS.map(str::to_string)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..HEADS.len()).map(width).collect();
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
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
