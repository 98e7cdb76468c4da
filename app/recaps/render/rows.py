"""A worksheet that takes whole rows: a recap has 1.4 million cells, and the library spends 10 microseconds on each."""

from collections.abc import Sequence
from operator import add
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet


class RowSheet(Worksheet):  # type: ignore[misc]  # pyproject.toml lets mypy skip the library
    """A worksheet in constant memory whose rows may also be written as one piece of XML.

    It reaches into the library (`_write_single_row`, `fh`, `_get_xf_index`, `_escape_control_characters`), whose version
    is pinned; a test opens what it writes with another library. Rows written this way must go down the sheet, like all
    rows in constant memory, and the last row must be written by the library, which then knows the sheet's size.
    """

    def write_cells(self, row: int, cells: Sequence[str]) -> None:
        """Write a row of cells made by `words`, `number` and `blank`, from the first column on.

        Between two row numbers stands the rest of one cell and the beginning of the next, so the row is a join by its number.
        """
        self._write_single_row(row)
        line = str(row + 1)
        between = map(add, ("", *cells), (*self._beginnings(len(cells)), ""))
        self.fh.write(f'<row r="{line}">{line.join(between)}</row>')

    def words(self, value: str, look: Format) -> str:
        """A cell of text, from behind its row number on; what is in it stays text."""
        said = escape(self._escape_control_characters(value))
        space = "" if said == said.strip() else ' xml:space="preserve"'
        return f'" s="{look._get_xf_index()}" t="inlineStr"><is><t{space}>{said}</t></is></c>'

    def number(self, value: int | float, look: Format) -> str:
        """A cell of a number, from behind its row number on."""
        return f'" s="{look._get_xf_index()}"><v>{value:.16G}</v></c>'

    def blank(self, look: Format) -> str:
        """A cell of nothing but its look, from behind its row number on."""
        return f'" s="{look._get_xf_index()}"/>'

    def _beginnings(self, width: int) -> list[str]:
        """The first columns' cells up to their row number."""
        found: list[str] = self.__dict__.setdefault("_cell_beginnings", [])
        found.extend(f'<c r="{xl_col_to_name(column)}' for column in range(len(found), width))
        return found[:width]
