"""docs/protocol-vectors.json is what the program does, holds by foreign code, and that code sees what does not hold."""

import copy
import json
import re
import subprocess
import sys

import pytest

from app.config import ROOT
from app.phone import delivery, wire
from app.phone.folder import Queued
from app.phone.receipt import is_proof
from app.phone.report import hash_of
from tests.phone import check_vectors, example, vectors

DOCUMENT = vectors.DOCUMENT.read_text("utf-8")

# What is there for people, or for the server alone to know: no phone can check it.
UNCHECKED = {
    "about", "name", "reasons", "verdict", "counts", "site", "p_inside", "distance_m", "work_date", "next", "time_grade",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept():
    """The vectors as they are committed."""
    return json.loads(vectors.FILE.read_text("utf-8"))


def test_the_committed_vectors_are_what_the_program_does_today(database, app):
    made = vectors.as_text(vectors.vectors(app))
    assert vectors.FILE.read_text("utf-8") == made, "run python -m tests.phone.vectors and read what it changed"


def test_every_vector_holds_by_code_that_loads_nothing_of_this_program():
    script = (
        "import json, sys; from tests.phone import check_vectors as c; c.check(json.loads(c.FILE.read_text('utf-8')));"
        " sys.exit(', '.join(name for name in sys.modules if name.split('.')[0] == 'app') or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def places(found, path=()):
    """Every place that holds a single value, and every list that could be a member shorter."""
    if isinstance(found, dict):
        for name, inner in found.items():
            yield from places(inner, (*path, name))
        return
    yield path
    if isinstance(found, list):
        for at, inner in enumerate(found):
            yield from places(inner, (*path, at))


def damaged(kept, path):
    """The vectors with one value changed in each way: a text at its beginning, in its middle and near its end."""
    value = kept
    for step in path:
        value = value[step]
    match value:
        case bool():
            others = [not value]
        case int() | float():
            others = [value + 1]
        case str():
            places = {0, len(value) // 2, max(0, len(value) - 2)} if path[-1] != "body" else {0}
            others = [value[:at] + ("B" if value[at : at + 1] == "A" else "A") + value[at + 1 :] for at in sorted(places)]
        case list():
            others = [value[:-1] if value else ["/x"]]
        case None:
            others = ["A"]
    for other in others:
        made = copy.deepcopy(kept)
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = other
        yield made


def parts(kept):
    """Name of the check, and vectors of which everything in one section should hold, with the paths into it worth damaging."""
    for name in ("server_key", "signing", "ledger"):
        yield name, kept, [(name, *path) for path in places(kept[name])]
    for name, at in (("devices", 0), ("devices", 3), ("anchors", 0)):
        yield name, kept, [(name, at, *path) for path in places(kept[name][at])]
    for at in (0, 1, len(kept["check_ins"]) - 1):
        yield "check_ins", kept, [("check_ins", at, *path) for path in places(kept["check_ins"][at])]
    yield "answers", {**kept, "answers": kept["answers"][:1]}, [("answers", 0, *path) for path in places(kept["answers"][0])]
    # Whatever is done to a check-in that is refused, it may well be refused for the same reason: only what was said is damaged.
    for item in kept["refused"]:
        told = [(name, *path) for name in ("result", "problem") for path in places(item[name])]
        yield "refused", {**kept, "refused": [item]}, [("refused", 0, *path) for path in told]


def test_whatever_value_is_changed_the_check_sees_it(kept):
    """All but the words for people and what a phone cannot know."""
    unseen = []
    for name, vectors_, paths in parts(kept):
        for path in paths:
            if UNCHECKED & set(path) or path[-1] in ("status", "enrolled_at") and "devices" in path:
                continue
            for made in damaged({name: vectors_[name]}, path):
                try:
                    check_vectors.PARTS[name]({**vectors_, **made})
                except (check_vectors.Wrong, KeyError, TypeError, ValueError, IndexError):
                    continue
                unseen.append("/".join(map(str, path)))
    assert unseen == []


@pytest.mark.parametrize("member, value", [("prev", "A" * 43), ("seq", 9)], ids=["prev", "seq"])
def test_a_report_that_does_not_follow_the_one_before_is_seen(kept, member, value):
    first, second, third = kept["check_ins"][:3]
    payload = json.dumps(json.loads(third["payload"]) | {member: value})
    compact = example.signed(example.PHONE, payload)
    altered = {**third, "payload": payload, "jws": compact, "payload_hash": hash_of(compact)}
    with pytest.raises(check_vectors.Wrong, match=member):
        check_vectors.check_ins({**kept, "check_ins": [first, second, altered]})


def test_the_reference_phone_keeps_and_forgets_as_the_vectors_say(kept, tmp_path):
    for item in kept["answers"]:
        batch = [Queued(tmp_path / "x", seq, compact) for seq, compact in enumerate(item["reports"], start=1)]
        try:
            results = delivery._items(wire._read(item["status"], None, item["body"].encode()), batch)
        except (wire.NoAnswer, wire.NotNow):
            waits = [True] * len(batch)
        else:
            keys = [kept["server_key"]["jwk"]]
            sent = [
                delivery.Sent(each, said, is_proof(said, each.compact, keys)) for each, said in zip(batch, results, strict=True)
            ]
            waits = [not each.lasts for each in sent]
        assert waits == item["waits"], item["name"]


def test_the_worked_example_of_the_document_is_one_of_the_vectors(kept):
    assert vectors.worked_example(kept) in DOCUMENT


def test_the_document_names_every_part_of_the_file(kept):
    assert [name for name in kept.keys() - {"about"} if f"`{name}`" not in DOCUMENT] == []
    assert {item["problem"]["code"] for item in kept["refused"]} <= set(re.findall(r"`(\w+)`", DOCUMENT))
