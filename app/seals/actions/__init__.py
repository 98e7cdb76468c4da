"""What is done with months: acknowledging, sealing, amending, issuing again: `from app.seals import actions`."""

from app.seals.actions.acknowledging import Standing, acknowledge, confirm, list_standing, own_standing
from app.seals.actions.amending import amend
from app.seals.actions.sealing import READS, SEALS, reissue, seal

__all__ = [
    "READS",
    "SEALS",
    "Standing",
    "acknowledge",
    "amend",
    "confirm",
    "list_standing",
    "own_standing",
    "reissue",
    "seal",
]
