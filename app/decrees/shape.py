"""What a TOML table may hold: one description that reads it strictly, says what is wrong, and is published as JSON Schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a decree file, and where: `lateness[0].bands[1].pct`, and on which line of the file (0: unknown)."""

    path: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value must be. `read` gives None for a wrong one, for which `instead` stands in: such a file never becomes law."""

    read: Callable[[Any], Any]
    wanted: str
    schema: Mapping[str, Any]
    instead: Any = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what it holds, what it means, and what it is when left out; `rows` describe a list of tables."""

    kind: Kind | None
    help: str
    is_required: bool = True
    default: Any = None
    rows: "Mapping[str, Key] | None" = None


Shape = Mapping[str, Key]

EXACT = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Said:
    """A table as it was read; after a problem some of its values are only placeholders."""

    path: str
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    problems: list[Problem]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def has(self, key: str) -> bool:
        """Whether the key stands there."""
        return key in self.raw

    def refuse(self, key: str, message: str) -> None:
        """Note a problem at this key."""
        self.problems.append(Problem(f"{self.path}.{key}" if self.path else key, message))


def read_table(raw: Mapping[str, Any], path: str, shape: Shape, problems: list[Problem]) -> Said:
    """The table's values by its shape, and a problem for each that is wrong, missing or unknown."""
    values: dict[str, Any] = {}
    said = Said(path, raw, values, problems)
    for name, key in shape.items():
        if name not in raw and not key.is_required:
            values[name] = key.default
        else:
            values[name] = _rows(said, name, key.rows) if key.rows is not None else _value(said, name, key.kind)
    for name in raw.keys() - shape.keys():
        said.refuse(name, "is not a key that means anything here")
    return said


def _value(said: Said, name: str, kind: Kind | None) -> Any:
    assert kind is not None, "a key without rows has a kind"
    found = said.raw.get(name)
    value = None if found is None else kind.read(found)
    if value is None:
        said.refuse(name, f"must be {kind.wanted}" + ("" if found is None else f", not {found!r}"))
        return kind.instead
    return value


def _rows(said: Said, name: str, shape: Shape) -> tuple[Said, ...]:
    found = said.raw.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(row, dict) for row in found):
        said.refuse(name, "must be a list of tables" + ("" if found is None else f", not {found!r}"))
        return ()
    path = f"{said.path}.{name}" if said.path else name
    return tuple(read_table(row, f"{path}[{number}]", shape, said.problems) for number, row in enumerate(found))


def schema_of(shape: Shape) -> dict[str, Any]:
    """The same as JSON Schema."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, key in shape.items() if key.is_required],
        "properties": {name: _schema_of_key(key) for name, key in shape.items()},
    }


def _schema_of_key(key: Key) -> dict[str, Any]:
    if key.rows is not None:
        return {"type": "array", "minItems": 1, "items": schema_of(key.rows), "description": key.help}
    assert key.kind is not None, "a key without rows has a kind"
    return {**key.kind.schema, "description": key.help}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _minutes(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _clock(value: Any) -> time | None:
    return value if isinstance(value, time) and value.second == value.microsecond == 0 else None


TEXT = Kind(_text, "a text that is not blank", {"type": "string", "pattern": "\\S"}, "")
FLAG = Kind(lambda value: value if isinstance(value, bool) else None, "true or false", {"type": "boolean"}, False)
MINUTES = Kind(_minutes, "whole minutes", {"type": "integer", "minimum": 0}, 0)
COUNT = Kind(lambda value: _minutes(value) or None, "a whole number from 1", {"type": "integer", "minimum": 1}, 1)
DAY = Kind(_day, "a date like 2024-01-02", {"type": "string", "format": "date"}, date.min)
CLOCK = Kind(
    _clock, "a time of day in whole minutes like 07:30:00", {"type": "string", "pattern": "^\\d\\d:\\d\\d(:00)?$"}, time.min
)


def choice(*allowed: str) -> Kind:
    """One of the allowed words."""

    def read(value: Any) -> str | None:
        return value if isinstance(value, str) and value in allowed else None

    return Kind(read, f"one of {', '.join(allowed)}", {"type": "string", "enum": list(allowed)}, allowed[0])


def words(*allowed: str) -> Kind:
    """One or more of the allowed words, none twice; any words when none are named."""
    fit = (lambda word: word in allowed) if allowed else _text

    def read(value: Any) -> tuple[str, ...] | None:
        is_list = isinstance(value, list) and value and all(isinstance(word, str) and fit(word) for word in value)
        return tuple(value) if is_list and len(set(value)) == len(value) else None

    item = choice(*allowed).schema if allowed else TEXT.schema
    schema = {"type": "array", "minItems": 1, "uniqueItems": True, "items": item}
    return Kind(read, f"a list of {', '.join(allowed) or 'words'}, none twice", schema, allowed[:1])


def number(highest: int, *said: str) -> Kind:
    """An exact number from 0 to `highest`, written as a string because TOML's own decimals are binary; or one of the words."""

    def read(value: Any) -> Decimal | str | None:
        if not isinstance(value, str):
            return None
        if value in said:
            return value
        return Decimal(value) if EXACT.fullmatch(value) and Decimal(value) <= highest else None

    also = "".join(f" or {word!r}" for word in said)
    exact = {"type": "string", "pattern": f"^{EXACT.pattern}$"}
    schema = {"anyOf": [exact, {"enum": list(said)}]} if said else exact
    return Kind(read, f'an exact number from 0 to {highest} in quotes, like "0.5"{also}', schema, Decimal(0))
