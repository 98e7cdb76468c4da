"""On which line of a decree file a path such as `lateness[0].bands[1].pct` stands."""

import re
from collections.abc import Sequence

STEP = re.compile(r"([A-Za-z0-9_-]+)(?:\[(\d+)\])?")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')


def line_of(text: str, path: str) -> int:
    """The line, counted from 1, of the deepest part of the path that is there; 0 when not even its clause is.

    The program's decrees are written clause by clause with one row a line; the reader of TOML gives no positions.
    """
    lines = [QUOTED.sub(_blank, line) for line in text.splitlines()]
    steps = STEP.findall(path)
    if not steps:
        return 0
    first, last = _clause(lines, *steps[0])
    found = first
    for name, number in steps[1:] if steps[0][1] else steps:
        at = _key(lines, name, found - 1 if found else 0, last)
        if at is None:
            break
        found = at
        if number:
            found = _row(lines, int(number), at, last)
            last = found + 1
    return found


def _blank(match: re.Match[str]) -> str:
    """As many characters that mean nothing."""
    return "_" * len(match.group())


def _clause(lines: Sequence[str], name: str, number: str) -> tuple[int, int]:
    """The line of the clause's head and the line after its last one; a key of the file itself stands before every clause."""
    heads = [at for at, line in enumerate(lines, start=1) if line.lstrip().startswith("[[")]
    if not number:
        return next((at for at in heads if lines[at - 1].strip() == f"[[{name}]]"), 0), len(lines) + 1
    mine = [at for at in heads if lines[at - 1].strip() == f"[[{name}]]"]
    if int(number) >= len(mine):
        return 0, len(lines) + 1
    begin = mine[int(number)]
    return begin, next((at for at in heads if at > begin), len(lines) + 1)


def _key(lines: Sequence[str], name: str, after: int, before: int) -> int | None:
    """The line between two that gives this key a value."""
    given = re.compile(rf"(^|[{{,\s]){re.escape(name)}\s*=")
    return next((at for at in range(max(after, 0) + 1, before) if given.search(lines[at - 1])), None)


def _row(lines: Sequence[str], number: int, after: int, before: int) -> int:
    """The line on which the row of that number begins, counted from the line of its list."""
    begun = -1
    for at in range(after, before):
        begun += lines[at - 1].count("{")
        if begun >= number:
            return at
    return after
