"""Who may do what to whom: roles held over subtrees of units."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a grant lets its holder do within its subtree; everybody is an employee of himself."""

    EMPLOYEE = "employee"
    SUPERVISOR = "supervisor"
    HR = "hr"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over the subtree of units at `path` (an ltree path such as `BALI.DISHUB`)."""

    role: Role
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person with the grants in force today; `family` names the sign-in, so that it can be ended."""

    person_id: int
    nip: str
    name: str
    grants: tuple[Grant, ...]
    family: UUID

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """Subtrees over which any of the roles is held, each once, in order of path."""
        return tuple(sorted({grant.path for grant in self.grants if grant.role in roles}))

    def covers(self, path: str, *roles: Role) -> bool:
        """Whether any of the roles is held over the unit at `path`."""
        return is_within(path, self.paths(*roles))

    def has_any(self, roles: Sequence[Role]) -> bool:
        """Whether one of the roles is held anywhere; everybody holds `employee`."""
        return Role.EMPLOYEE in roles or any(grant.role in roles for grant in self.grants)


def is_within(path: str, subtrees: Sequence[str]) -> bool:
    """Whether the unit at `path` is the root of one of the subtrees or below it."""
    return any(path == subtree or path.startswith(subtree + ".") for subtree in subtrees)
