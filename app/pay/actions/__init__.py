"""Stating base amounts, telling months and handing them over, as one module: `from app.pay import actions`."""

from app.pay.actions.bases import STATES, Brought, import_bases
from app.pay.actions.payroll import HANDS_OVER, Payroll, file_name, write_payroll
from app.pay.actions.statements import READERS, statement_of
from app.pay.render import Statement

__all__ = [
    "Brought", "HANDS_OVER", "Payroll", "READERS", "STATES", "Statement", "file_name", "import_bases", "statement_of",
    "write_payroll",
]  # fmt: skip
