"""SKP results over HTTP: brought in by personnel as a file."""

from collections.abc import Mapping
from typing import Any

from app import clock
from app.db import transaction
from app.http import UPLOAD, BroughtSchema, UploadArgs, actor, allowed, refuse_flaws, shown_flaws, uploaded
from app.ratings import actions
from app.ratings.api.blueprint import ratings
from app.ratings.rules import resultfile


@ratings.post("/assessments/file")
@allowed(*actions.BRINGS)
@ratings.arguments(UploadArgs, location="query")
@ratings.response(200, BroughtSchema)
@ratings.doc(requestBody=UPLOAD)
def import_results(args: Mapping[str, Any]) -> dict[str, Any]:
    """Bring in SKP results, CSV or XLSX (docs/assessments.md): every row is checked, all are kept as assessments or none."""
    file = resultfile.parse(uploaded())
    with transaction() as session:
        brought = actions.import_results(session, file, actor(), clock.now(), args["dry_run"])
        if not args["dry_run"]:
            refuse_flaws(brought.problems)
    return {
        **{name: getattr(brought, name) for name in ("added", "changed", "same", "is_written")},
        "problem_count": len(brought.problems),
        "problems": shown_flaws(brought.problems),
    }
