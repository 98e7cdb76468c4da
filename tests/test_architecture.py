"""What the shape of the program promises, checked by walking the program itself."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import texts
from app.access import Role
from app.config import ROOT, SETTINGS

FILES = sorted((ROOT / "app").rglob("*.py"))
RULES = sorted(path for path in FILES if path.name == "rules.py" or path.parent.name == "rules")
FRAMEWORKS = ("flask", "sqlalchemy", "marshmallow", "geoalchemy2", "apscheduler", "werkzeug", "psycopg2")
LONGEST_FILE = 300

# Addresses that a framework adds by itself: the OpenAPI document is public.
UNMARKED = {"/openapi.json"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize("path", RULES, ids=module_of)
def test_rules_load_without_a_framework(path: Path) -> None:
    script = (
        f"import {module_of(path)}, sys; found = [m for m in {FRAMEWORKS!r} if m in sys.modules]; sys.exit(', '.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", RULES, ids=module_of)
def test_every_public_rule_names_its_source(path: Path) -> None:
    functions = [node for node in parsed(path).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    unsourced = [node.name for node in functions if "Source:" not in (ast.get_docstring(node) or "")]
    assert unsourced == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_says_what_it_owns_and_is_short_enough_to_read(path: Path) -> None:
    assert ast.get_docstring(parsed(path)), "a module begins with one sentence that says what it owns"
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def raised_codes() -> Iterator[tuple[str, str]]:
    """Every literal code in `errors.X("code", …)` of the program, with its file."""
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "errors"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value, module_of(path)


def test_every_code_that_is_raised_has_words_in_both_languages() -> None:
    known = texts.catalogue()
    assert sorted({(code, where) for code, where in raised_codes() if code not in known}) == []


def test_both_languages_of_a_text_take_the_same_parameters() -> None:
    def parameters(words: str) -> set[str]:
        return set(re.findall(r"(?<!\{)\{(\w+)[^{}]*\}(?!\})", words))

    known = texts.catalogue()
    assert [code for code, entry in known.items() if parameters(entry["id"]) != parameters(entry["en"])] == []


def test_every_address_says_who_may_call_it(app: Flask) -> None:
    silent = {
        str(rule)
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], "access", None) and str(rule) not in UNMARKED
    }
    assert silent == set()


def test_who_may_call_is_everybody_this_machine_or_roles_that_exist(app: Flask) -> None:
    named = {name for view in app.view_functions.values() for name in getattr(view, "access", ())}
    assert named <= {"public", "machine", *Role}


def test_every_setting_says_what_it_is_for_and_has_a_variable_of_its_own() -> None:
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())
    assert len({setting.variable for setting in SETTINGS.values()}) == len(SETTINGS)


def test_every_flag_has_a_check_and_every_check_a_flag() -> None:
    from app.checkins.rules.signals import CHECKS, Flag

    assert set(CHECKS) == set(Flag)
    assert all(f"signal_{flag}" in texts.catalogue() for flag in Flag)


def test_job_names_are_distinct() -> None:
    from app.jobs.table import JOBS

    assert len({job.name for job in JOBS}) == len(JOBS)


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "decrees").glob("*.toml")), ids=lambda path: path.stem)
def test_every_clause_of_a_decree_is_sourced_and_in_order_of_date(path: Path) -> None:
    for name, clauses in tomllib.loads(path.read_text("utf-8")).items():
        if not isinstance(clauses, list):
            continue
        since = [clause["since"] for clause in clauses if "key" not in clause]
        assert all(clause["source"] and clause["quality"] in "SGC" for clause in clauses), name
        assert since == sorted(since) or name in ("leave", "hours", "overlay"), name


def test_no_machine_path_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    home = str(ROOT.parent) + "/"
    holding = [name for name in tracked if (file := ROOT / name).is_file() and len(home) > 2 and home.encode() in file.read_bytes()]
    assert holding == []
