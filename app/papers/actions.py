"""Issuing papers, and saying what is known of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import documents, errors, jws
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.papers import rules, store
from app.people import store as people
from app.texts import text

READS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)
FORMS = (Role.ADMIN,)

# Sets the page with what is printed on it as a stamp.
Setting = Callable[[Mapping[str, object]], bytes]


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper about to be issued. `title` is public: no name of whom it is about; `about`: as the ledger names it."""

    kind: rules.Kind
    unit: people.Unit
    title: str
    about: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody may know of a paper: the paper, what was issued about the same before and after it, and its leaf."""

    paper: store.Issued
    others: tuple[store.Issued, ...]
    leaf_hash: str

    @property
    def earlier(self) -> list[store.Issued]:
        """What was issued about the same before this one."""
        return [other for other in self.others if other.issued_at <= self.paper.issued_at]

    @property
    def later(self) -> list[store.Issued]:
        """What was issued about the same after this one: it must be read together with that."""
        return [other for other in self.others if other.issued_at > self.paper.issued_at]


def issue(session: Session, draft: Draft, set_page: Setting, address: str, by: Actor, now: datetime) -> store.Issued:
    """The paper, numbered, stamped, signed and kept, with a leaf that says its digest openly.

    `address`: of this installation, for the code on the page. Its number is taken while it is signed, so that a signer who
    refuses leaves no gap. In Indonesian, the language of the office.
    Raises: Unavailable (`paper_not_set`, `not_signed`).
    """
    local = now.astimezone(ZoneInfo(draft.unit.zone))
    sequence = store.next_sequence(session, draft.kind, draft.unit.id, local.year)
    form = store.find_form(session, str(draft.unit.path).partition(".")[0]) or rules.Form()
    number = rules.number_of(draft.kind, draft.unit.code, local.date(), sequence, form)
    signer, paper_id = documents.signer(now), uuid4()
    printed = documents.stamp(text("paper_signed", "id"), _lines(number, by, local, signer.is_test), f"{address}/verify/{paper_id}")
    signed = signer.sign(set_page({**printed, "number": number}), f"{draft.title}, {number}")
    paper = store.Paper(
        id=paper_id, kind=draft.kind, unit_id=draft.unit.id, year=local.year, sequence=sequence, number=number, title=draft.title,
        about=draft.about, person_id=draft.person_id, sha256=documents.digest(signed), signer=documents.check(signed).signer,
        is_test=signer.is_test, issued_by=by.person_id, issued_at=now, pdf=signed,
    )  # fmt: skip
    store.add(session, paper)
    told = {name: getattr(paper, name) for name in ("kind", "number", "title", "about", "sha256", "signer", "is_test")}
    entry = {**told, "unit": draft.unit.code, "person": draft.person_id, "by": by.person_id}
    ledger.append(session, "paper", f"paper:{paper_id}", entry, now, openly={"sha256": paper.sha256})
    return get(session, paper_id)


def set_form(session: Session, agency: str, form: rules.Form, by: Actor, now: datetime) -> rules.Form:
    """The form in which the agency's papers are numbered from now on; those that were issued keep their numbers.

    Raises: Invalid (a flaw of the form), NotFound (`unknown_unit`, also out of scope), Conflict (`paper_form_agency`).
    """
    if flaw := rules.flaw_of(form):
        raise errors.Invalid(flaw)
    unit = people.get_unit(session, agency, by.paths(*FORMS))
    if "." in str(unit.path):
        raise errors.Conflict("paper_form_agency", unit=agency)
    form_id = store.add_form(session, unit.id, form, by.person_id, now)
    entry = {"agency": agency, "pattern": form.pattern, "marks": dict(form.marks), "by": by.person_id}
    ledger.append(session, "paper_form", f"paper_form:{form_id}", entry, now)
    return form


def get_form(session: Session, agency: str, by: Actor) -> rules.Form:
    """The form in which the agency's papers are numbered now.

    Raises: NotFound (`unknown_unit`, also out of scope).
    """
    return store.find_form(session, people.get_unit(session, agency, by.paths(*FORMS, *READS)).code) or rules.Form()


def get(session: Session, paper_id: UUID) -> store.Issued:
    """The paper.

    Raises: NotFound.
    """
    found = store.find(session, paper_id)
    if found is None:
        raise errors.NotFound("unknown_paper", paper=paper_id)
    return found


def known_of(session: Session, paper_id: UUID) -> Known:
    """What anybody may know of the paper.

    Raises: NotFound.
    """
    paper = get(session, paper_id)
    others = tuple(other for other in store.list_about(session, paper.about) if other.id != paper.id)
    leaves = ledger.find_by_subject(session, f"paper:{paper_id}")
    return Known(paper, others, jws.b64(leaves[-1][0]))


def pdf_for(session: Session, paper_id: UUID, by: Actor) -> tuple[store.Issued, bytes]:
    """The paper and its bytes, for those who answer for its unit and for the one it is about.

    Raises: NotFound, the same for a paper out of scope and one that does not exist.
    """
    paper = get(session, paper_id)
    if not (by.covers(paper.unit_path, *READS) or (paper.person_id is not None and paper.person_id == by.person_id)):
        raise errors.NotFound("unknown_paper", paper=paper_id)
    return paper, store.pdf_of(session, paper_id)


def file_name(paper: store.Issued) -> str:
    """A name for the file: its number, without what file systems refuse."""
    return f"{paper.number.replace('/', '-')}.pdf"


def _lines(number: str, by: Actor, local: datetime, is_test: bool) -> list[str]:
    """What is printed beside the code: number, who, when, and that it is a test where it is one."""
    month = text(f"recap_month_{local.month}", "id")
    when = text("paper_signed_at", "id", day=f"{local.day} {month} {local.year}", clock=f"{local:%H.%M}", zone=local.tzname())
    lines = [text("paper_number", "id", number=number), text("paper_by", "id", name=by.name, nip=by.nip), when]
    return [*lines, text("paper_test", "id")] if is_test else lines
