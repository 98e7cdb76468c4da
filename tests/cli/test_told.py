"""Every command that cannot reach its database, or is refused by it, ends with a sentence."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, text

from app import db
from app.cli import GROUPS
from app.cli.told import Told
from app.config import ROOT

COMMANDS = {group.name: group for group in GROUPS}
NIP = "198001012005011001"
NEEDING_A_DATABASE = [
    "db upgrade",
    "db downgrade",
    "db check",
    f"geofences load {ROOT}/geofences",
    f"people activate-code {NIP}",
    f"people grant {NIP} hr BALI",
    "jobs list",
    "jobs run night",
    "ledger checkpoint",
    "ledger prove 1",
    "ledger audit",
    "recaps export --month 2026-10 --unit BALI --format csv -o {folder}/rekap.csv",
    "demo load",
]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A database nobody answers for."""
    address = "postgresql+psycopg2://nobody@127.0.0.1:1/none"
    for name, value in (("DATABASE_URL", address.replace("+psycopg2", "")), ("TAPAK_DEMO", "1"), ("TAPAK_VAR", str(tmp_path))):
        monkeypatch.setenv(name, value)
    db.Sessions.configure(bind=create_engine(address), join_transaction_mode="conditional_savepoint")
    yield


def invoke(line: str, folder: Path) -> click.testing.Result:
    group, *words = line.format(folder=folder).split()
    return CliRunner().invoke(COMMANDS[group], words)


@pytest.mark.parametrize("line", NEEDING_A_DATABASE, ids=lambda line: " ".join(line.split()[:2]))
def test_without_a_database_it_says_so(away: None, tmp_path: Path, line: str) -> None:
    answer = invoke(line, tmp_path)
    assert answer.exit_code == 1, answer.output
    said = answer.output.splitlines()
    assert said[-1].startswith("Error: ") and any(words in said[-1] for words in ("gives no answer", "tidak menjawab"))
    assert not isinstance(answer.exception, db.errors.TapakError) and not list(tmp_path.glob("*.csv"))


def test_what_the_database_refuses_is_told_in_its_words(database: Engine, tmp_path: Path) -> None:
    with database.begin() as connection:
        connection.execute(text("RESET ROLE; DROP TABLE job_runs"))
        connection.execute(text("SET ROLE tapak_app"))
    answer = invoke("jobs list", tmp_path)
    assert (answer.exit_code, len(answer.output.splitlines())) == (1, 1)
    assert answer.output.startswith("Error: The database refused: ") and '"job_runs" does not exist' in answer.output


@pytest.mark.parametrize("group", [group for group in GROUPS if isinstance(group, click.Group)], ids=lambda group: group.name)
def test_every_group_tells_and_every_command_says_what_it_does(group: click.Group) -> None:
    assert isinstance(group, Told)
    commands = [group, *group.commands.values()]
    assert [command.name for command in commands if not (command.help or "").rstrip().endswith((".", ")"))] == []
    assert CliRunner().invoke(group, ["--help"]).exit_code == 0
