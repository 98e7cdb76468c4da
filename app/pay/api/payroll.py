"""The hand-over to payroll over HTTP."""

import base64
import tempfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, send_file
from marshmallow import ValidationError, fields

from app import clock, errors
from app.db import transaction
from app.http import Month, Schema, actor, allowed, language
from app.pay import actions
from app.pay.api.blueprint import pay
from app.recaps import actions as recaps


class PayrollArgs(Schema):
    """Whose month: one unit and all below it, without one all of one's scope; and whether open months too."""

    unit = fields.String(load_default=None, allow_none=True)
    provisional = fields.Boolean(
        load_default=False, metadata={"description": "also an open month; its rows say `provisional`, and so does the file's name"}
    )


@pay.get("/payroll/<string(length=7):month>.csv")
@allowed(*actions.HANDS_OVER)
@pay.arguments(PayrollArgs, location="query")
@pay.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def hand_over(args: Mapping[str, Any], month: str) -> Response:
    """A sealed month for payroll (docs/payroll-csv.md): per cents, rupiah where a base amount is given, and a checksum."""
    first_day = month_named(month)
    file = tempfile.TemporaryFile(prefix="tapak-payroll-")  # noqa: SIM115  closed by the server once it is sent
    with transaction() as session:
        units = recaps.units_of(session, args["unit"], actor().paths(*actions.HANDS_OVER))
        payroll = actions.write_payroll(session, file, first_day, units, args["provisional"], language(), clock.now())
    length = file.seek(0, 2)
    file.seek(0)
    name = actions.file_name(payroll)
    answer = send_file(file, mimetype="text/csv; charset=utf-8", as_attachment=True, download_name=name)
    answer.content_length = length
    answer.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(payroll.handed.whole_sha256).decode()}:"  # RFC 9530
    return answer


def month_named(words: str) -> date:
    """The first day of the month in an address.

    Raises: NotFound (`unknown_month`).
    """
    try:
        month: date = Month().deserialize(words)
    except ValidationError as error:
        raise errors.NotFound("unknown_month", month=words) from error
    return month
