"""`flask keys`: names only, oldest first, and a rotation that takes nothing away."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app import jws
from app.cli.keys import keys


def test_a_rotated_key_is_the_last_one_listed_and_what_was_signed_before_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    (before,) = CliRunner().invoke(keys, ["list"]).output.split()
    receipt = jws.keyring(tmp_path / "keys").sign("receipt+jws", {"id": "1"})
    rotated = CliRunner().invoke(keys, ["rotate"])
    assert rotated.exit_code == 0
    listed = CliRunner().invoke(keys, ["list"])
    assert (listed.exit_code, listed.output.split()) == (0, [before, rotated.output.strip()])
    keyring = jws.keyring(tmp_path / "keys")
    assert keyring.opened(receipt, "receipt+jws") == {"id": "1"}
    assert jws.split(keyring.sign("receipt+jws", {}))[0]["kid"] == rotated.output.strip()
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "keys").iterdir()} == {0}


def test_a_command_that_is_none_is_said_to_be_none() -> None:
    answer = CliRunner().invoke(keys, ["delete"])
    assert answer.exit_code == 2 and "No such command 'delete'" in answer.output
