"""What the program cites is written down."""

import re

from app.config import ROOT

CITED = re.compile(r'docs/decisions\.md\s+"([^"]+)"')


def test_every_decision_that_is_cited_is_written_down_in_at_most_ten_lines():
    entries = (ROOT / "docs" / "decisions.md").read_text("utf-8").split("\n### ")[1:]
    titles = {entry.partition("\n")[0] for entry in entries}
    sources = [*(ROOT / "app").rglob("*.py"), ROOT / "pyproject.toml"]
    cited = {title for file in sources for title in CITED.findall(file.read_text("utf-8"))}
    assert cited and cited <= titles
    long = [entry for entry in entries if len([line for line in entry.partition("\n## ")[0].splitlines()[1:] if line]) > 10]
    assert long == []
