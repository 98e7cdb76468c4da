"""Recaps as files: rows in, bytes out, nothing asked of the database."""

from app.recaps.render.heading import Heading
from app.recaps.render.pages import pdf_of, write_pdf
from app.recaps.render.separated import write_csv
from app.recaps.render.workbook import write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "pdf": write_pdf}

__all__ = ["WRITERS", "Heading", "pdf_of", "write_csv", "write_pdf", "write_xlsx"]
