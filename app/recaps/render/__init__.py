"""Recaps as files: rows in, bytes out, nothing asked of the database."""

from app.recaps.render.columns import plain
from app.recaps.render.heading import Heading, day_words, month_words
from app.recaps.render.pages import MOST_PEOPLE, pdf_of, write_pdf
from app.recaps.render.separated import write_csv
from app.recaps.render.workbook import write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "pdf": write_pdf}

__all__ = [
    "MOST_PEOPLE",
    "WRITERS",
    "Heading",
    "day_words",
    "month_words",
    "pdf_of",
    "plain",
    "write_csv",
    "write_pdf",
    "write_xlsx",
]
