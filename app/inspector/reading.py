"""An export as it is read: what is said at its head, then leaf after leaf."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app import jws
from app.ledger.rules import Checkpoint, commitment, find_checkpoint_in, is_included, leaf_hash

FORMAT = 1
Line = Mapping[str, Any]


class Unreadable(ValueError):
    """The file is not an export of this format."""


@dataclass(slots=True)
class Export:
    """What an export holds; `lines` are its leaves, read once, and `devices` grows with them."""

    first: int
    size: int
    keys: dict[str, Ed25519PublicKey]
    subtrees: tuple[tuple[int, bytes], ...]
    notes: list[str]
    quoted: list[Line]
    lines: Iterator[Line]
    devices: dict[str, jws.Jwk] = field(default_factory=dict)
    outlines: dict[int, Line] = field(default_factory=dict)

    def leaves(self) -> Iterator[Line]:
        """The leaves in the order of the file, devices and outlines noted on the way."""
        for line in self.lines:
            if line["type"] == "device":
                self.devices[jws.thumbprint(line["jwk"])] = line["jwk"]
            elif line["type"] == "leaf":
                note_outline(self, line)
                yield line
            else:
                raise Unreadable(f"a {line['type']} among the leaves")

    def public_keys(self) -> tuple[bytes, ...]:
        """The raw keys that checkpoints may be signed with."""
        return tuple(key.public_bytes_raw() for key in self.keys.values())

    def checkpoints(self) -> Iterator[Checkpoint | None]:
        """The checkpoints, oldest first; None for one that none of the keys signed."""
        return (find_checkpoint_in(note, self.public_keys()) for note in self.notes)

    def is_quoted_rightly(self, line: Line, root: bytes) -> bool:
        """Whether a quoted leaf stands where it says under the root, and commits to the content beside it."""
        path = [jws.unb64(step) for step in line["path"]]
        return is_included(leaf_hash(line["entry"]), line["index"], self.size, path, root) and has_its_content(line)


def read(rows: Iterable[str], trusted: Iterable[jws.Jwk] | None) -> Export:
    """The export; with `trusted` only these keys count, whatever the export says.

    Raises: Unreadable.
    """
    lines = (json.loads(row) for row in rows)
    head: Line = next(lines, {})
    if head.get("type") != "ledger" or head.get("format") != FORMAT:
        raise Unreadable("no ledger of this format")
    parts: dict[str, list[Line]] = {"key": [], "subtree": [], "checkpoint": [], "quoted": []}
    rest: Iterator[Line] = iter(())
    for line in lines:
        if line["type"] not in parts:
            rest = _again(line, lines)
            break
        parts[line["type"]].append(line)
    export = Export(
        first=head["first"],
        size=head["size"],
        keys={jws.thumbprint(jwk): jws.public_ed25519(jwk) for jwk in trusted or [line["jwk"] for line in parts["key"]]},
        subtrees=tuple((line["level"], jws.unb64(line["hash"])) for line in parts["subtree"]),
        notes=[line["note"] for line in parts["checkpoint"]],
        quoted=parts["quoted"],
        lines=rest,
    )
    for line in export.quoted:
        note_outline(export, line)
    return export


def has_its_content(line: Line) -> bool:
    """Whether the content beside a leaf is the one it commits to; one that was erased is not there and says nothing."""
    return "content" not in line or json.loads(line["entry"]).get("content") == commitment(line["salt"], line["content"])


def note_outline(export: Export, line: Line) -> None:
    """Keep the outline a site's leaf commits to, for the check-ins that were judged by it."""
    if "content" in line and json.loads(line["entry"])["kind"] == "site_version":
        content = json.loads(line["content"])
        export.outlines[content["version_id"]] = json.loads(content["outline"])


def _again(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest
