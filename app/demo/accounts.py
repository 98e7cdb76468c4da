"""The accounts of the demo: passwords that are this installation's own, and the file that lists them."""

import base64
import csv
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.access import Role
from app.db import Session
from app.demo.cast import Member
from app.people.actions.accounts import hash_password
from app.people.store import accounts as store

# Hashing lets other threads run, and takes 30 ms each on purpose.
THREADS = 4
MOST_NEWCOMERS, VETERANS = 200, 5


def listed(cast: Sequence[Member]) -> list[Member]:
    """Whose accounts can be signed in to: officials first, then newcomers without a phone, then a few with a history."""
    officials = [member for member in cast if member.role is not Role.EMPLOYEE]
    newcomers = [member for member in cast if member.is_newcomer]
    staff = [
        member for member in cast if member.role is Role.EMPLOYEE and not (member.is_newcomer or member.is_guard or member.cheat)
    ]
    return officials + newcomers[:MOST_NEWCOMERS] + staff[:VETERANS]


def password_of(secret: str, nip: str) -> str:
    """A member's password: 75 bits that follow from this installation's secret, so no two installations share one."""
    digest = hmac.digest(secret.encode(), f"password/{nip}".encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode("ascii").lower()[:15]
    return "-".join((letters[:5], letters[5:10], letters[10:]))


def hashes_of(members: Iterable[Member], secret: str) -> dict[str, str]:
    """What is kept of each member's password, by NIP."""
    nips = [member.nip for member in members]
    with ThreadPoolExecutor(THREADS) as pool:
        hashes = pool.map(lambda nip: hash_password(password_of(secret, nip)), nips)
        return dict(zip(nips, hashes, strict=True))


def open_accounts(session: Session, hashes: Mapping[str, str], ids: Mapping[str, int]) -> None:
    """Give each member the password, as activating would; `ids` are person ids by NIP."""
    for nip, password_hash in hashes.items():
        store.replace_password(session, ids[nip], None, password_hash)


def write_list(file: Path, members: Iterable[Member], secret: str) -> None:
    """Write the accounts where only this user can read them."""
    _write_csv(
        file,
        ("nip", "name", "role", "unit", "password"),
        ((m.nip, m.name, m.role.value, m.over or m.unit, password_of(secret, m.nip)) for m in members),
    )


def write_screens(file: Path, screens: Iterable[tuple[str, str]]) -> None:
    """Write the links of the screens at doors where only this user can read them: whoever has one can read the codes."""
    _write_csv(file, ("site", "screen"), screens)


def write_truth(file: Path, cheats: Iterable[tuple[str, str, str]]) -> None:
    """Write who was made to cheat, how, and on which days."""
    _write_csv(file, ("nip", "kind", "days"), cheats)


def _write_csv(file: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = file.with_suffix(".new")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")  # read by shells too
        writer.writerow(heading)
        writer.writerows(rows)
    os.replace(scratch, file)
