"""Pay as files: rows in, bytes out, nothing asked of the database."""

from app.pay.render.payroll import COLUMNS, write_payroll
from app.pay.render.statement import Statement, file_name, pdf_of

__all__ = ["COLUMNS", "Statement", "file_name", "pdf_of", "write_payroll"]
