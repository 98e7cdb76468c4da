"""How cells look: every colour stands beside a code that says the same in letters."""

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from app.recaps.rules import LEAVE_CODES, NO_IN, NO_OUT, ON_TIME, PRESENT_CODES, STATUS_CODES

AMBER, ORANGE, RED, GREEN, BLUE, GREY, PALE = "#FFF2CC", "#F8CBAD", "#FF9999", "#E2EFDA", "#DDEBF7", "#D9D9D9", "#F2F2F2"
STATUS_FILLS = {
    "assigned": GREEN,
    "absent": RED,
    "not_yet": GREY,
    "holiday": BLUE,
    "joint_leave": BLUE,
    "dispensation": BLUE,
    "incident": BLUE,
    "off": PALE,
}


def fill_of(code: str) -> str | None:
    """The background of a code; present and on time has none."""
    if code in ("", ON_TIME):
        return None
    if code in PRESENT_CODES:
        return ORANGE if NO_IN in code or NO_OUT in code else AMBER
    for status, fill in STATUS_FILLS.items():
        if STATUS_CODES[status] == code:
            return fill
    return GREEN


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        def made(**changes: object) -> Format:
            return book.add_format({"valign": "vcenter"} | changes)

        count = {"border": 1, "align": "center", "num_format": '0;-0;"-"', "shrink": True}  # a zero is a dash: what is, stands out
        head: dict[str, object] = {"bold": True, "border": 1, "align": "center", "bg_color": GREY, "text_wrap": True}
        total: dict[str, object] = {"bold": True, "bg_color": PALE}
        self.title = made(bold=True, font_size=14)
        self.notice = made(bold=True, font_color="#C00000")
        self.plain = made()
        self.wrapped = made(text_wrap=True, valign="top", indent=1)
        self.strong = made(bold=True)
        self.head = made(**head)
        self.upright_head = made(**head, rotation=90, font_size=9)
        self.words = made(border=1, shrink=True, indent=1)
        self.count = made(**count)
        self.pct = made(border=1, num_format="0.00#", shrink=True)
        self.total = made(**count, **total)
        self.total_pct = made(**total, border=1, num_format="0.00#", shrink=True)
        self.codes = {
            code: made(border=1, align="center", **({"bg_color": fill} if (fill := fill_of(code)) else {}))
            for code in ("", *PRESENT_CODES, *STATUS_CODES.values(), *LEAVE_CODES.values())
        }
