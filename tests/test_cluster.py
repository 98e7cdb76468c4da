"""The private PostgreSQL: who may do what in it, and that it starts wherever the checkout lies and however it was stopped."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, exc, text

from app import cluster
from app.cluster import Cluster, ClusterError

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs the server as himself and reaches his own folders")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can reach, with a short path."""
    made = Path(tempfile.mkdtemp(prefix="tapak-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """A running cluster for the tests that do not stop it."""
    with tempfile.TemporaryDirectory(prefix="tapak-") as made:
        running = Cluster(Path(made), for_tests=True)
        running.start()
        yield running
        running.stop()


def ask(address: str, *statements: str) -> object:
    """The first value of the last statement."""
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            found = connection.execute(text(statement))
        return found.scalar() if found.returns_rows else None


def test_starting_a_running_cluster_changes_nothing(shared: Cluster) -> None:
    assert shared.start() is False
    assert shared.is_running()


@pytest.mark.parametrize("extension", ["postgis", "ltree", "btree_gist"])
def test_every_new_database_has_the_extensions(shared: Cluster, extension: str) -> None:
    shared.create_database("fresh")
    found = ask(shared.url("tapak_owner", "fresh"), f"SELECT count(*) FROM pg_extension WHERE extname = '{extension}'")
    shared.drop_database("fresh")
    assert found == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE friend",
        "CREATE DATABASE loot",
        "SET ROLE tapak_owner",
        "SET ROLE postgres",
        "CREATE TABLE public.mine (id int)",
        "ALTER ROLE tapak_app SUPERUSER",
        "SELECT pg_read_file('postgresql.conf')",
        "DROP EXTENSION postgis",
    ],
)
def test_the_programs_role_may_not(shared: Cluster, statement: str) -> None:
    with pytest.raises(exc.ProgrammingError, match="permission denied|must be owner|must be superuser"):
        ask(shared.url("tapak_app"), statement)


def test_the_owner_may_make_tables_but_no_roles(shared: Cluster) -> None:
    assert ask(shared.url("tapak_owner"), "CREATE TABLE public.mine (id int)", "DROP TABLE public.mine") is None
    with pytest.raises(exc.ProgrammingError, match="permission denied"):
        ask(shared.url("tapak_owner"), "CREATE ROLE friend")


def test_there_is_no_network_port_and_no_way_in_for_other_users(shared: Cluster) -> None:
    assert ask(shared.url(), "SHOW listen_addresses") == ""
    assert shared.socket.stat().st_mode & 0o077 == 0
    assert shared.data.parent.stat().st_mode & 0o077 == 0


def test_a_copied_database_holds_what_its_template_held(shared: Cluster) -> None:
    shared.create_database("original")
    ask(shared.url("tapak_owner", "original"), "CREATE TABLE kept AS SELECT 42 AS answer")
    shared.create_database("copied", template="original")
    assert ask(shared.url("tapak_owner", "copied"), "SELECT answer FROM kept") == 42
    for name in ("copied", "original"):
        shared.drop_database(name)
    shared.drop_database("copied")


@pytest.mark.parametrize("name", ["", "Upper", 'a"; DROP ROLE tapak_app; --', "1st", "x" * 64])
def test_a_database_name_that_needs_quotes_is_refused(shared: Cluster, name: str) -> None:
    with pytest.raises(ClusterError, match="plain"):
        shared.create_database(name)


def test_what_was_committed_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    private = Cluster(folder)
    assert private.start() is True
    ask(private.url("tapak_owner"), "CREATE TABLE kept AS SELECT 42 AS answer")
    assert private.stop() is True
    assert private.stop() is False
    assert private.start() is True
    assert ask(private.url("tapak_owner"), "SELECT answer FROM kept") == 42
    assert ask(private.url(), "SHOW fsync") == "on"
    private.stop()
    private.remove()
    assert list(folder.iterdir()) == []


def test_a_killed_server_starts_again_even_when_its_number_is_another_process_now(folder: Path) -> None:
    tested = Cluster(folder, for_tests=True)
    tested.start()
    pid_file = tested.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    os.kill(int(lines[0]), signal.SIGKILL)
    while tested.is_running():
        pass
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert tested.start() is True
    tested.stop()


def test_an_initdb_that_was_killed_is_done_again(folder: Path) -> None:
    tested = Cluster(folder, for_tests=True)
    tested._place("pg")
    (tested.data.with_name("data.new") / "half").mkdir(parents=True)
    assert tested.start() is True
    tested.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder: Path) -> None:
    tested = Cluster(folder / ("x" * 100), for_tests=True)
    tested.start()
    assert (tested.directory / "run").is_symlink()
    assert ask(tested.url(), "SELECT current_user") == "tapak_app"
    tested.stop()
    assert not tested.socket.exists()


@only_root
def test_a_folder_the_server_cannot_reach_is_served_from_elsewhere(folder: Path) -> None:
    folder.chmod(0o700)
    tested = Cluster(folder / "var", for_tests=True)
    tested.start()
    elsewhere = tested.data.parent
    assert (tested.directory / "pg").is_symlink() and elsewhere.stat().st_mode & 0o077 == 0
    assert ask(tested.url(), "SELECT current_user") == "tapak_app"
    tested.stop()
    assert not elsewhere.exists() and list(tested.directory.iterdir()) == []


def test_a_link_to_another_checkouts_cluster_is_refused(folder: Path) -> None:
    (folder / "pg").symlink_to("/var/lib/tapak-0123456789ab-pg")
    with pytest.raises(ClusterError, match="another checkout"):
        Cluster(folder).start()


@pytest.mark.parametrize("stands", ["open", "a link"])
def test_a_folder_that_others_could_have_prepared_is_refused(folder: Path, stands: str) -> None:
    tested = Cluster(folder / ("x" * 100), for_tests=True)
    elsewhere = tested._elsewhere("run")
    if stands == "open":
        elsewhere.mkdir(mode=0o755)
    else:
        (folder / "trap").mkdir(mode=0o700)
        elsewhere.symlink_to(folder / "trap")
    server = cluster._server_user()
    os.chown(elsewhere, server.pw_uid, server.pw_gid, follow_symlinks=False)
    try:
        with pytest.raises(ClusterError, match="alone"):
            tested.start()
    finally:
        elsewhere.unlink() if elsewhere.is_symlink() else elsewhere.rmdir()
        tested.remove()


def test_without_postgresql_the_message_names_the_packages(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(cluster, "OLDEST_MAJOR", 99)
    with pytest.raises(ClusterError, match="apt-get install postgresql postgresql-postgis"):
        Cluster(folder).start()
