"""Pay as files: rows in, bytes out, nothing asked of the database."""

from app.pay.render.payroll import COLUMNS, write_payroll

__all__ = ["COLUMNS", "write_payroll"]
