"""What is held about oneself, to take away."""

import orjson
from flask import Response

from app import clock
from app.audits import store
from app.db import transaction
from app.http import Blueprint, actor, signed_in
from app.http.fields import rfc3339

audits = Blueprint("audits", __name__, url_prefix="/v1", description="Everything held about a person.")


@audits.get("/me/export")
@signed_in
@audits.response(200, content_type="application/json")
def export_mine() -> Response:
    """Everything held about oneself, by table, as it is stored: check-ins with their positions too, days, findings, who looked.

    What is forgotten is not in it, nor are secrets of signing in; attached files are opened one by one.
    """
    now = clock.now()
    with transaction() as session:
        held = store.each_held(session, actor().person_id)
    rows = ",".join(f'"{name}":{said}' for name, said in held.items())
    head = orjson.dumps({"nip": actor().nip, "made_at": rfc3339(now)}).decode()
    name = f"tapak-{actor().nip}-{now:%Y%m%d}.json"
    return Response(
        f'{head[:-1]},"held":{{{rows}}}}}',
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
