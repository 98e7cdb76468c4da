"""What is wrong with a drawn site, each time with the place in the document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stops the site or only warns of it."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: its code (the text is in app/texts), its JSON pointer, and what the text names."""

    code: str
    pointer: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    severity: Severity = Severity.REFUSE
