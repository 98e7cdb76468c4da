"""Recaps as files: rows in, bytes out, nothing asked of the database."""

from app.recaps.render.heading import Heading
from app.recaps.render.separated import write_csv
from app.recaps.render.workbook import write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}

__all__ = ["WRITERS", "Heading", "write_csv", "write_xlsx"]
