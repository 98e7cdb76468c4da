"""Taking a file, putting it beside what it was sent for, showing it to those who decide, and forgetting it on time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from app import errors
from app.access import Actor, Role
from app.attachments import rules
from app.attachments import store as attachments
from app.attachments.store import Attached
from app.config import int_setting
from app.db import Session
from app.ledger import store as ledger
from app.ledger.rules import ERASURE
from app.people import store as people
from app.people.actions.days import day_of

DECIDES = (Role.SUPERVISOR, Role.HR)
ERASURE_OF_ATTACHMENTS = "attachments"

# Files that stand beside nothing: so many at once, and so long.
MOST_WAITING = 20
WAITS = timedelta(days=7)
# Erased together at most: their ids are in one leaf.
AT_ONCE = 500


def upload(session: Session, name: str, content: bytes, by: Actor, now: datetime) -> Attached:
    """The file as it is kept, beside nothing yet; sent again it is the same one.

    Raises: Invalid (`attachment_too_large`, `attachment_type`, `attachment_broken`), Conflict (`attachments_waiting`).
    """
    limit = int_setting("attachment_limit_bytes")
    if len(content) > limit:
        raise errors.Invalid("attachment_too_large", limit=limit)
    kind = rules.kind_of(content)
    if kind is None:
        raise errors.Invalid("attachment_type")
    kept = rules.cleaned(kind, content)
    if kept == rules.BROKEN:
        raise errors.Invalid("attachment_broken")
    digest = sha256(kept).hexdigest()
    attachments.lock(session, by.person_id)
    if (same := attachments.find_same(session, by.person_id, digest)) is not None:
        return same
    if attachments.count_waiting(session, by.person_id) >= MOST_WAITING:
        raise errors.Conflict("attachments_waiting", most=MOST_WAITING)
    new = uuid4()
    attachments.add(session, new, by.person_id, kind, rules.file_name(name, kind), kept, digest, now)
    entry = {"person": by.person_id, "type": kind, "bytes": len(kept), "sha256": digest}
    ledger.append(session, "attachment", f"attachment:{new}", entry, now)
    return _get(session, new)


def attach(session: Session, attachment_ids: Sequence[UUID], about: str, by: Actor, now: datetime) -> list[str]:
    """The ids as the leaf of what they stand beside names them: from now on the files belong to it.

    Raises: Invalid (`attachment_unknown`) at each place where there is none of the actor's own that is free.
    """
    if not attachment_ids:
        return []
    attachments.lock(session, by.person_id)
    wanted = list(dict.fromkeys(attachment_ids))
    found = {one: attachments.find(session, one) for one in wanted}
    wrong: dict[str, errors.Text] = {
        f"/attachment_ids/{place}": "attachment_unknown"
        for place, one in enumerate(attachment_ids)
        if not _is_free(found[one], by.person_id)
    }
    if wrong:
        raise errors.Invalid("attachment_unknown", wrong)
    attachments.link(session, wanted, about, now)
    return [str(one) for one in wanted]


def get_content(session: Session, attachment_id: UUID, by: Actor, now: datetime) -> tuple[Attached, bytes]:
    """The file with its bytes, for its owner, and for those who decide about him once it stands beside something.

    Raises: NotFound (`unknown_attachment` out of scope too, `attachment_forgotten`).
    """
    found = attachments.find(session, attachment_id)
    if found is None or not _may_see(session, found, by, now):
        raise errors.NotFound("unknown_attachment")
    if not found.is_kept:
        raise errors.NotFound("attachment_forgotten")
    return found, attachments.content_of(session, attachment_id)


def forget(session: Session, now: datetime) -> int:
    """Number of files forgotten: their time was up, or nothing was asked for with them. Who sent what when stays, as a hash."""
    days = timedelta(days=int_setting("attachment_days"))
    forgotten = 0
    while ids := attachments.list_over(session, now - days, now - WAITS, AT_ONCE):
        said = {"of": ERASURE_OF_ATTACHMENTS, "attachments": [str(one) for one in ids], "count": len(ids)}
        ledger.append(session, ERASURE, f"{ERASURE}:{uuid4()}", {}, now, said)
        forgotten += attachments.erase(session, ids)
    return forgotten


def _is_free(found: Attached | None, person_id: int) -> bool:
    return found is not None and found.person_id == person_id and found.about is None and found.is_kept


def _may_see(session: Session, found: Attached, by: Actor, now: datetime) -> bool:
    """Whether the actor sent it, or decides about its sender: where he is posted today, or was when he sent it along."""
    if found.person_id == by.person_id:
        return True
    if found.linked_at is None:
        return False
    days = {day_of(now), day_of(found.linked_at)}
    posted = [people.find_posted(session, found.person_id, day) for day in days]
    return any(one is not None and by.covers(one.unit_path, *DECIDES) for one in posted)


def _get(session: Session, attachment_id: UUID) -> Attached:
    found = attachments.find(session, attachment_id)
    assert found is not None
    return found
