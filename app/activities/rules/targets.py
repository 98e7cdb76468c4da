"""What somebody plans to achieve in a period, and what may be said about it."""

from dataclasses import dataclass
from decimal import Decimal

from app.activities.rules.period import Period
from app.activities.rules.standing import Answer, Standing


@dataclass(frozen=True, slots=True)
class Aim:
    """A planned result of work of a period, and how it is measured. `replaces`: the returned one that it stands in for."""

    period: Period
    description: str
    indicator: str
    quantity: Decimal
    quantity_unit: str
    replaces: int | None = None


def refusal_of_target(standing: Standing, is_replaced: bool, answer: Answer) -> str | None:
    """Why the answer cannot follow, as the code of a refusal: a target is agreed on or returned, and taken back only unanswered.

    Source: our design (docs/activities.md "Targets"); PermenPANRB 6/2022 has the superior agree on the plan.
    """
    if standing is Standing.WITHDRAWN:
        return "target_withdrawn"
    if is_replaced:
        return "target_replaced"
    if answer is Answer.WITHDRAW:
        return None if standing is Standing.WAITING else "target_decided"
    same = {Standing.APPROVED: Answer.APPROVE, Standing.RETURNED: Answer.RETURN}
    return "target_decided" if same.get(standing) is answer else None


def takes_work(standing: Standing, is_replaced: bool) -> bool:
    """Whether activities may still be logged for the target.

    Source: our design (docs/activities.md "Targets").
    """
    return standing in (Standing.WAITING, Standing.APPROVED) and not is_replaced
