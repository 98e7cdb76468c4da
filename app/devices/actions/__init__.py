"""What is done with devices: `from app.devices import actions`."""

from app.devices.actions.attesting import challenge, policy_of, set_policy
from app.devices.actions.binding import DECIDERS, Phone, decide, enrol, revoke, waive

__all__ = ["DECIDERS", "Phone", "challenge", "decide", "enrol", "policy_of", "revoke", "set_policy", "waive"]
