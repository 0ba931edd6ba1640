"""An entry of ``VMManager.list_sessions``."""

from __future__ import annotations

from typing import Any, Dict


class SessionInfo(Dict[str, Any]):
    """What is known of a session: a dictionary whose keys are attributes too: ``info["vm_id"]`` and
    ``info.vm_id``.

    Keys: vm_id, attached, running, last_activity (seconds since 1970), state, persistent.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no `{name}` of a session: expected one of {', '.join(self)}") from None
