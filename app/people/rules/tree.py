"""The tree of units as paths of codes."""

import re

UNIT_CODE = re.compile(r"[A-Z0-9_]{2,40}")


def is_unit_code(text: str) -> bool:
    """Whether the text can be a unit's code: also a label of a path, hence no space, dot or dash.

    Source: PostgreSQL 15 manual F.23 (ltree labels); docs/people-csv.md.
    """
    return UNIT_CODE.fullmatch(text) is not None


def path_of(code: str, parent_path: str | None) -> str:
    """The path of a unit below its parent; an agency has none above it.

    Source: docs/people-csv.md "The tree".
    """
    return code if parent_path is None else f"{parent_path}.{code}"


def paths_of(parents: dict[str, str | None]) -> dict[str, str | None]:
    """Path of every unit by code, from the code of each unit's parent; None for a unit in a circle or below one.

    Source: docs/people-csv.md "The tree".
    """
    paths: dict[str, str | None] = {}
    for code in parents:
        trail: list[str] = []
        step: str | None = code
        while step is not None and step not in paths and step not in trail:
            trail.append(step)
            step = parents[step]
        known = None if step is None else paths.get(step)
        broken = step is not None and known is None
        for unit in reversed(trail):
            known = None if broken else path_of(unit, known)
            paths[unit] = known
    return paths
