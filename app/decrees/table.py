"""Reading one TOML table strictly: every key is asked for by type, and what is wrong becomes a problem with its place."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a decree file, and where: `lateness[0].bands[1].pct`."""

    path: str
    message: str


class Table:
    """One table of a decree being read; a key never asked for is an unknown key.

    After a problem the value returned is only a placeholder: a file with problems never becomes law.
    """

    def __init__(self, raw: dict[str, Any], path: str, problems: list[Problem]) -> None:
        self._raw = raw
        self.path = path
        self._problems = problems
        self._asked: set[str] = set()

    def refuse(self, key: str, message: str) -> None:
        """Note a problem at this key."""
        self._problems.append(Problem(f"{self.path}.{key}" if self.path else key, message))

    def has(self, key: str) -> bool:
        """Whether the optional key is there."""
        self._asked.add(key)
        return key in self._raw

    def says(self, key: str, word: str) -> bool:
        """Whether the key holds exactly this word."""
        self._asked.add(key)
        return self._raw.get(key) == word

    def text(self, key: str) -> str:
        """A sentence or name that is not blank."""
        value = self._take(key)
        if isinstance(value, str) and value.strip():
            return value
        return self._wrong(key, value, "a text that is not blank", "")

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words."""
        value = self._take(key)
        if isinstance(value, str) and value in allowed:
            return value
        return self._wrong(key, value, f"one of {', '.join(allowed)}", allowed[0])

    def flag(self, key: str) -> bool:
        """True or false, and false when left out."""
        value = self._raw.get(key, False) if self.has(key) else False
        return value if isinstance(value, bool) else self._wrong(key, value, "true or false", False)

    def minutes(self, key: str) -> int:
        """Whole minutes, 0 or more."""
        value = self._take(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        return self._wrong(key, value, "whole minutes", 0)

    def number(self, key: str, highest: int) -> Decimal:
        """An exact number from 0 to `highest`, written as a string because TOML's own decimals are binary."""
        value = self._take(key)
        try:
            number = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            number = None
        if number is not None and number.is_finite() and 0 <= number <= highest:
            return number
        return self._wrong(key, value, f'an exact number from 0 to {highest} in quotes, like "0.5"', Decimal(0))

    def day(self, key: str) -> date:
        """A civil date."""
        value = self._take(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return self._wrong(key, value, "a date like 2024-01-02", date.min)

    def clock(self, key: str) -> time:
        """A time of day in whole minutes."""
        value = self._take(key)
        if isinstance(value, time) and value.second == value.microsecond == 0:
            return value
        return self._wrong(key, value, "a time of day in whole minutes like 07:30:00", time.min)

    def words(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """One or more of the allowed words, none twice."""
        value = self._take(key)
        if isinstance(value, list) and value and all(word in allowed for word in value) and len(set(value)) == len(value):
            return tuple(value)
        return self._wrong(key, value, f"a list of {', '.join(allowed)}, none twice", (allowed[0],))

    def tables(self, key: str) -> list["Table"]:
        """The tables of a list that is not empty."""
        value = self._take(key)
        if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
            prefix = f"{self.path}.{key}" if self.path else key
            return [Table(entry, f"{prefix}[{index}]", self._problems) for index, entry in enumerate(value)]
        return self._wrong(key, value, "a list of tables", [])

    def written(self) -> str:
        """The table in a canonical form: the same text for the same content."""
        return json.dumps([self.path.partition("[")[0], self._raw], sort_keys=True, default=str, ensure_ascii=False)

    def close(self) -> None:
        """Note every key that nothing asked for."""
        for key in self._raw.keys() - self._asked:
            self.refuse(key, "is not a key that means anything here")

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        return self._raw.get(key)

    def _wrong(self, key: str, value: object, wanted: str, placeholder: T) -> T:
        self.refuse(key, f"must be {wanted}" + ("" if value is None else f", not {value!r}"))
        return placeholder
