"""A worksheet that takes whole rows: a recap has 1.4 million cells, and the library spends 10 microseconds on each."""

from collections.abc import Sequence
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
        """Write a row of cells made by `words`, `number` and `blank`, from the first column on."""
        self._write_single_row(row)
        line = str(row + 1)
        addressed = "".join(cell.replace("@", name + line, 1) for cell, name in zip(cells, self._names(len(cells)), strict=True))
        self.fh.write(f'<row r="{line}">{addressed}</row>')

    def words(self, value: str, look: Format) -> str:
        """A cell of text; what is in it stays text. The first @ stands for the cell's address."""
        said = escape(self._escape_control_characters(value))
        return f'<c r="@" s="{look._get_xf_index()}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'

    def number(self, value: int | float, look: Format) -> str:
        """A cell of a number."""
        return f'<c r="@" s="{look._get_xf_index()}"><v>{value:.16G}</v></c>'

    def blank(self, look: Format) -> str:
        """A cell of nothing but its look."""
        return f'<c r="@" s="{look._get_xf_index()}"/>'

    def _names(self, width: int) -> list[str]:
        """The letters of the first columns."""
        names: list[str] = self.__dict__.setdefault("_column_names", [])
        names.extend(xl_col_to_name(column) for column in range(len(names), width))
        return names[:width]
