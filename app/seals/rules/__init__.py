"""What a seal needs, what an amendment changes, and where an acknowledgement stands."""

from app.seals.rules.acknowledgement import Said, State, Step, state_of
from app.seals.rules.amendment import Figures, changes_anything, figures_of
from app.seals.rules.readiness import Month, obstacle_of

__all__ = [
    "Figures",
    "Month",
    "Said",
    "State",
    "Step",
    "changes_anything",
    "figures_of",
    "obstacle_of",
    "state_of",
]
