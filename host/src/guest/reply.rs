//! What crosses with a call of a host function: arguments one way, a status byte and results, or the text of a Lua
//! error, the other.

use crate::func::CallResult;
use crate::limits::Limits;
use crate::value::Value;

use super::wire::{self, WireError};

/// Status bytes of a reply; `hostlib.c` reads them.
pub(crate) const RESULTS: u8 = 0;
pub(crate) const ERROR: u8 = 1;

/// The arguments, under the ceiling for one call.
pub(crate) fn decode_arguments(encoded: &[u8], limits: &Limits) -> Result<Vec<Value>, String> {
    wire::decode(encoded, limits.host_call_size).map_err(|error| refused("arguments", error))
}

/// The reply, under the ceiling for one call; results that are larger become an error.
pub(crate) fn encode_reply(reply: CallResult, limits: &Limits) -> Vec<u8> {
    let mut encoded = vec![RESULTS];
    let message = match reply {
        Ok(values) => match wire::encode(&values, limits.host_call_size, &mut encoded) {
            Ok(()) => return encoded,
            Err(error) => refused("results", error),
        },
        Err(message) => message,
    };
    let ceiling = usize::try_from(limits.error_text.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let message = &message.as_bytes()[..message.len().min(ceiling)];
    encoded.clear();
    encoded.push(ERROR);
    // One string cannot fail to encode: its size was bounded, and nothing is nested.
    let _ = wire::encode(&[Value::String(message.into())], None, &mut encoded);
    encoded
}

fn refused(what: &str, error: WireError) -> String {
    format!("{what} of a host function: {error}")
}
