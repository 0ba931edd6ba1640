//! Who reads a session, and how far.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::quota::{Charge, Refused};

use super::config::SecondClient;

/// A client of a session. Numbers are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientId(u64);

/// The clients of a session, each with the position that it has read to.
#[derive(Default)]
pub(crate) struct Clients {
    last: u64,
    positions: BTreeMap<ClientId, u64>,
    /// What some client has read: the next one begins behind it.
    read: u64,
    presence: Presence,
}

/// Whether a session counts as one without a client.
#[derive(Default)]
enum Presence {
    /// Its first client is on the way.
    #[default]
    New,
    Attached,
    Detached(#[expect(dead_code, reason = "it counts by being there")] Charge),
    /// The session was terminated: it counts no more.
    Over,
}

impl Clients {
    /// Of a session that comes back: its clients are gone, and this is what some client had read.
    pub fn resumed(read: u64) -> Clients {
        Clients { read, ..Clients::default() }
    }

    /// Lets a client in, by the session's rule for a second one.
    pub fn attach(&mut self, session: &VmId, rule: SecondClient) -> Result<ClientId> {
        match rule {
            SecondClient::Refuse if !self.positions.is_empty() => return Err(attached(session)),
            SecondClient::TakeOver => self.positions.clear(),
            SecondClient::Refuse | SecondClient::Share => {}
        }
        self.last += 1;
        let client = ClientId(self.last);
        self.positions.insert(client, self.read);
        if !matches!(self.presence, Presence::Over) {
            self.presence = Presence::Attached;
        }
        Ok(client)
    }

    /// Lets a client go, unless it is the last one and there may be no more sessions without a client.
    pub fn detach(
        &mut self,
        client: ClientId,
        charge: impl FnOnce() -> Result<Charge, Refused>,
    ) -> Result<()> {
        if self.positions.len() == 1 && !matches!(self.presence, Presence::Over) {
            self.presence = Presence::Detached(charge()?);
        }
        self.positions.remove(&client);
        Ok(())
    }

    /// Lets a client go, counted or not.
    pub fn abandon(&mut self, client: ClientId) {
        self.positions.remove(&client);
    }

    /// The session was terminated. Its clients can read what is left.
    pub fn end(&mut self) {
        self.presence = Presence::Over;
    }

    /// The position that a client has read to; nothing when it is detached.
    pub fn position(&self, client: ClientId) -> Option<u64> {
        self.positions.get(&client).copied()
    }

    pub fn advance(&mut self, client: ClientId, position: u64) {
        if let Some(known) = self.positions.get_mut(&client) {
            *known = position;
            self.read = self.read.max(position);
        }
    }

    pub fn count(&self) -> usize {
        self.positions.len()
    }

    /// The position that some client has read to.
    pub fn read(&self) -> u64 {
        self.read
    }
}

fn attached(session: &VmId) -> Error {
    Error::new(
        ErrorKind::Attached,
        format!(
            "session `{session}` has a client, and lets no second one in; detach that one, or make sessions with \
             another `SecondClient`"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::{Account, Counted, Scope};

    fn id() -> VmId {
        VmId::new("tried").unwrap()
    }

    #[test]
    fn a_second_client_is_refused_until_the_first_leaves() {
        let mut clients = Clients::default();
        let first = clients.attach(&id(), SecondClient::Refuse).unwrap();
        let error = clients.attach(&id(), SecondClient::Refuse).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Attached);
        let account = Account::new(Counted::DetachedSessions, Scope::Manager, Some(1), None);
        clients.detach(first, || account.charge(1)).unwrap();
        assert_eq!((clients.position(first), account.used()), (None, 1));
        let second = clients.attach(&id(), SecondClient::Refuse).unwrap();
        assert_eq!(account.used(), 0);
        let _other = account.charge(1).unwrap();
        let error = clients.detach(second, || account.charge(1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
        assert_eq!(clients.position(second), Some(0), "it is attached still");
        clients.end();
        clients.detach(second, || account.charge(1)).unwrap();
    }

    #[test]
    fn a_client_begins_with_what_nobody_has_read() {
        let mut clients = Clients::default();
        let first = clients.attach(&id(), SecondClient::Share).unwrap();
        clients.advance(first, 7);
        let second = clients.attach(&id(), SecondClient::Share).unwrap();
        assert_eq!(clients.position(second), Some(7));
        clients.advance(first, 9);
        assert_eq!(clients.position(second), Some(7));
        let third = clients.attach(&id(), SecondClient::TakeOver).unwrap();
        assert_eq!((clients.position(first), clients.position(third)), (None, Some(9)));
        clients.advance(first, 100);
        assert_eq!((clients.read(), clients.count()), (9, 1));
    }
}
