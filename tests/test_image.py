"""The image and compose.yaml against the code: what they name is there, only what is needed goes in, no secret has a default."""

import re
import shlex
from fnmatch import fnmatch

import pytest
import yaml
from flask import Flask

from app.cluster import BOOTSTRAP
from app.config import ROOT, SETTINGS

IMAGE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text("utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
STEPS = [
    (line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in IMAGE.replace("\\\n", " ").splitlines() if re.match("[A-Z]+ ", line)
]
COPIED = [source for step, words in STEPS if step == "COPY" for source in words.split()[:-1]]
PROGRAM = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
ENVIRONMENT = sorted({name for service in PROGRAM.values() for name in service["environment"]})
CMD = shlex.split(re.sub(r'[\[\],"]', " ", dict(STEPS)["CMD"]))


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a path into the build: of the lines that match, the last decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").removeprefix("**/")
            parts = [path, *path.split("/")] if "**/" in line else [path.split("/")[0]]
            if any(fnmatch(part, pattern) for part in parts):
                sent = line.startswith("!")
    return sent


@pytest.mark.parametrize("source", COPIED)
def test_what_the_image_copies_is_there_and_sent(source: str) -> None:
    assert (ROOT / source).exists() and is_sent(source)


def test_everything_that_the_program_is_made_of_is_copied() -> None:
    assert {"app", "migrations", "geofences", "wsgi.py", "gunicorn.conf.py", "requirements.txt"} <= set(COPIED)


@pytest.mark.parametrize("path", ["var", "var/keys", ".git", ".venv", ".env", "tests", "bench", "app/__pycache__", "docs"])
def test_what_is_not_the_program_is_kept_out(path: str) -> None:
    assert not is_sent(path)


def test_the_last_user_of_the_image_is_nobodys_root_and_owns_the_state_only() -> None:
    users = [words for step, words in STEPS if step == "USER"]
    assert users and users[-1] == "tapak" and f"useradd --system --no-create-home {users[-1]}" in IMAGE
    workdir = dict(STEPS)["WORKDIR"]
    assert dict(STEPS)["VOLUME"] == f"{workdir}/var" and "install -d -o tapak -m 0700 var" in IMAGE
    assert SETTINGS["var"].default == ROOT / "var"  # so that is where the state is, seen from the image's folder


def test_image_and_debian_have_the_python_that_the_program_is_tested_with() -> None:
    (base,) = [words for step, words in STEPS if step == "FROM"]
    assert re.fullmatch(r"python:3\.11-slim-\w+", base)


@pytest.mark.parametrize("words", [service["command"] for service in PROGRAM.values() if "command" in service])
def test_each_command_is_one(app: Flask, words: str) -> None:
    program, option, module, *names = shlex.split(words)
    assert (program, option, module) == ("flask", "--app", "wsgi")
    command: object = app.cli
    for name in names:
        command = command.commands[name]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_each_variable_is_a_setting(name: str) -> None:
    assert name in {setting.variable for setting in SETTINGS.values()}


def test_the_builds_name_is_a_setting() -> None:
    assert re.findall(r"^ARG (\w+)", IMAGE, re.M) == ["TAPAK_BUILD"] == [SETTINGS["build"].variable]


def test_one_port_everywhere(app: Flask) -> None:
    port = str(SETTINGS["port"].default)
    web = PROGRAM["web"]
    assert dict(STEPS)["EXPOSE"] == port
    assert " ".join(CMD) == f"gunicorn --bind 0.0.0.0:{port} wsgi:app"
    assert web["ports"] == [f"127.0.0.1:{port}:{port}"]  # not offered to the network without a proxy that speaks TLS
    assert f"http://127.0.0.1:{port}/readyz" in web["healthcheck"]["test"]
    assert "/readyz" in {rule.rule for rule in app.url_map.iter_rules()}


def test_nothing_secret_has_a_default() -> None:
    passwords = re.findall(r"\$\{([^}:]+)(:[^}]*)?\}", COMPOSE_TEXT.partition("x-program")[2])
    assert {name for name, _ in passwords} == {"TAPAK_SUPERUSER_PASSWORD", "TAPAK_OWNER_PASSWORD", "TAPAK_APP_PASSWORD"}
    assert all(otherwise.startswith(":?") for _, otherwise in passwords)
    assert not re.search(r"password\s*[:=]\s*['\"]?\w", COMPOSE_TEXT, re.I) and "PASSWORD" not in IMAGE


def test_only_what_migrates_has_the_owners_rights() -> None:
    assert [name for name, service in PROGRAM.items() if "DATABASE_OWNER_URL" in service["environment"]] == ["migrate"]
    waits = {name: service.get("depends_on", {}) for name, service in PROGRAM.items()}
    assert waits["web"] == waits["scheduler"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_database_gets_the_extensions_that_the_private_one_has() -> None:
    said = COMPOSE["configs"]["roles"]["content"]
    wanted = re.findall(r"CREATE EXTENSION IF NOT EXISTS \w+", BOOTSTRAP)
    assert len(wanted) == 3 and all(extension in said for extension in wanted)
    for right in ("GRANT tapak_app TO tapak_owner", "ALTER ROLE tapak_app SET plan_cache_mode = force_generic_plan"):
        assert right in said and right in BOOTSTRAP
