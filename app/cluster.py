"""The private PostgreSQL with PostGIS: where it lives, starting and stopping it, its roles and databases."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from app.config import var

DATABASE = "tapak"
SUPERUSER = "postgres"
PORT = 5432

# PostgreSQL refuses to be run by root: Debian's package makes a user for it.
SERVER_USER = "postgres"
APT = "apt-get install postgresql postgresql-postgis"

# 15 is the first with NULLS NOT DISTINCT, which the schema uses.
OLDEST_MAJOR = 15

# The kernel's limit for a socket's path, counted with the lock file PostgreSQL puts beside it.
LONGEST_SOCKET_PATH = 107

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # 2 web processes of 16 threads, the scheduler, and a person looking.
    "max_connections": "100",
    "timezone": "UTC",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Every query here is short; compiling one costs more than it saves.
    "jit": "off",
    "idle_in_transaction_session_timeout": "30s",
    "log_min_duration_statement": "500ms",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
}

# A power cut may take a test's database.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "logging_collector": "off",
    "log_min_duration_statement": "-1",
    "idle_in_transaction_session_timeout": "0",
}

# The owner migrates and cannot create roles; the program's role has what the migrations grant and nothing else.
# Generic plans: a custom plan of a partitioned table looks cheaper for ever, so each call would plan anew.
BOOTSTRAP = f"""
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS ltree;
CREATE EXTENSION IF NOT EXISTS btree_gist;
\\connect postgres
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY['tapak_owner', 'tapak_app']) AS role
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \\gexec
GRANT tapak_app TO tapak_owner;
ALTER ROLE tapak_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE tapak_app SET plan_cache_mode = force_generic_plan;
SELECT 'CREATE DATABASE {DATABASE} OWNER tapak_owner'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""


class ClusterError(Exception):
    """The private cluster cannot do what was asked; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One private server: data and log in `directory/pg`, socket in `directory/run`. No TCP port: the folder is the access control.

    Where the server's user cannot reach the folder, or the socket's path would be too long, they are links to folders elsewhere.
    """

    directory: Path
    for_tests: bool = False

    @property
    def data(self) -> Path:
        """The server's data directory."""
        return Path(os.path.realpath(self.directory / "pg")) / "data"

    @property
    def socket(self) -> Path:
        """The directory of the server's socket, without links, because a link's path may be too long."""
        return Path(os.path.realpath(self.directory / "run"))

    def url(self, role: str = "tapak_app", database: str = DATABASE) -> str:
        """The SQLAlchemy address of a database as one role sees it."""
        return f"postgresql+psycopg2://{role}@/{database}?host={quote(str(self.socket))}&port={PORT}"

    def is_running(self) -> bool:
        """Whether the server answers."""
        command = [program("pg_isready"), "-q", "-h", str(self.socket), "-p", str(PORT)]
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def start(self) -> bool:
        """Whether the server had to be started; afterwards it runs and has its roles, extensions and the program's database.

        Raises: ClusterError when PostgreSQL is missing, will not start, or a folder in its way belongs to somebody else.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self.is_running():
                return False
            self._place("pg")
            self._place("run")
            if not self.data.exists():
                self._make_data()
            self._forget_dead_server()
            self._write_settings()
            log = self.data.parent / "start.log"
            try:
                _as_server([program("pg_ctl"), "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "-s", "start"])
            except ClusterError as error:
                raise ClusterError(f"{error} {log.read_text()[-2000:]}") from None
            self.sql(BOOTSTRAP, database="template1")
            return True

    def stop(self) -> bool:
        """Whether there was a server to stop. A test's cluster is thrown away when it stops."""
        with self._locked() if self.directory.exists() else contextlib.nullcontext():
            was_running = self.is_running()
            if was_running:
                mode = "immediate" if self.for_tests else "fast"
                _as_server([program("pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "-s", "stop"])
        if self.for_tests:
            self.remove()
        return was_running

    def remove(self) -> None:
        """Delete a stopped cluster for ever, with what its links point to."""
        for name in ("pg", "run"):
            shown = self.directory / name
            shutil.rmtree(os.path.realpath(shown), ignore_errors=True)
            if shown.is_symlink():
                shown.unlink()
        (self.directory / "cluster.lock").unlink(missing_ok=True)

    def create_database(self, name: str, template: str | None = None) -> None:
        """A new database of the migrations' role with the extensions, copied from a template that nobody is connected to."""
        # Copying files takes 10 ms for a small template; the default of writing everything to the log takes longer.
        self.sql(f"CREATE DATABASE {_plain(name)} OWNER tapak_owner TEMPLATE {_plain(template or 'template1')} STRATEGY file_copy")

    def drop_database(self, name: str) -> None:
        """Drop a database, if it is there, whoever is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {_plain(name)} WITH (FORCE)")

    def sql(self, script: str, database: str = "postgres") -> str:
        """What psql prints, unaligned and without headings, for a script run as superuser."""
        where = ["-h", str(self.socket), "-p", str(PORT), "-U", SUPERUSER, "-d", database]
        return _run([program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where], given=script)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Two commands that start or stop the same cluster take turns."""
        with open(self.directory / "cluster.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _place(self, name: str) -> None:
        """See to it that `directory/name` leads to a folder of the server's user that no other user can enter."""
        shown, elsewhere = self.directory / name, self._elsewhere(name)
        if not shown.is_symlink():
            _make_private(shown)
            too_long = name == "run" and len(os.fsencode(shown / f".s.PGSQL.{PORT}.lock")) > LONGEST_SOCKET_PATH
            if not too_long and "yes" in _as_server(["sh", "-c", '[ ! -w "$0" ] || echo yes', str(shown)]):
                return
            if any(shown.iterdir()):
                raise ClusterError(f"{shown} holds a cluster its server can no longer reach: move the checkout back.")
            shown.rmdir()
            shown.symlink_to(elsewhere)
        if shown.readlink().name != elsewhere.name:
            raise ClusterError(f"{shown} leads to another checkout's cluster, {shown.readlink()}: remove the link.")
        _make_private(shown.readlink())

    def _elsewhere(self, name: str) -> Path:
        """The folder that stands in for `directory/name`: durable for data, gone at the next boot for a socket."""
        durable, fleeting = ("/var/lib", "/run") if os.geteuid() == 0 else ("~/.local/share", os.environ.get("XDG_RUNTIME_DIR"))
        base = tempfile.gettempdir() if self.for_tests else durable if name == "pg" else fleeting or tempfile.gettempdir()
        key = hashlib.sha256(os.fsencode(self.directory.resolve())).hexdigest()[:12]
        return Path(base).expanduser() / f"tapak-{key}-{name}"

    def _make_data(self) -> None:
        """Initialise under another name first, so that a killed initdb does not leave half a cluster under the right one."""
        unfinished = self.data.with_name("data.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        options = [
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        ]
        quick = ["--no-sync"] if self.for_tests else ["--data-checksums"]
        _as_server([program("initdb"), "-D", str(unfinished), *options, *quick])
        unfinished.rename(self.data)

    def _forget_dead_server(self) -> None:
        """Remove the pid files of a server that was killed: after a restart of the machine their number may be any process."""
        for lock in (self.data / "postmaster.pid", self.socket / f".s.PGSQL.{PORT}.lock"):
            if lock.exists():
                pid = lock.read_text().split("\n", 1)[0]
                # Asked as the server's user: in a container even root may not look at the processes of others.
                if _as_server(["sh", "-c", 'readlink "/proc/$0/cwd" || true', pid]).strip() != str(self.data):
                    lock.unlink()

    def _write_settings(self) -> None:
        """Write the server's settings anew at each start, so that a changed one takes effect."""
        settings = SETTINGS | {"unix_socket_directories": str(self.socket)} | (TEST_SETTINGS if self.for_tests else {})
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        _as_server(["tee", str(self.data / "postgresql.conf")], given="\n".join(lines) + "\n")


def private() -> Cluster:
    """The cluster of this checkout, under `var/`."""
    return Cluster(var())


def url(role: str = "tapak_app", database: str = DATABASE) -> str:
    """The address of the private cluster's database as one role sees it."""
    return private().url(role, database)


def program(name: str) -> str:
    """Path of a program of the newest installed PostgreSQL that also has PostGIS."""
    found = [
        int(control.parts[-3])
        for control in Path("/usr/share/postgresql").glob("*/extension/postgis.control")
        if control.parts[-3].isdigit() and Path(f"/usr/lib/postgresql/{control.parts[-3]}/bin/initdb").exists()
    ]
    if max(found, default=0) < OLDEST_MAJOR:
        raise ClusterError(f"PostgreSQL {OLDEST_MAJOR} or newer with PostGIS is not installed: {APT}")
    return f"/usr/lib/postgresql/{max(found)}/bin/{name}"


def _server_user() -> pwd.struct_passwd:
    """The user that runs the server: oneself, or Debian's `postgres` when oneself is root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise ClusterError(f"There is no user {SERVER_USER} to run the server: {APT}") from None


def _as_server(command: Sequence[str], given: str = "") -> str:
    """Output of a command run by the server's user, who may be unable to enter the present folder."""
    if os.geteuid() != 0:
        return _run(command, given)
    user = _server_user()
    return _run(["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--reset-env", *command], given)


def _run(command: Sequence[str], given: str = "") -> str:
    """Output of a command. Raises: ClusterError with what it said when it fails."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode != 0:
        raise ClusterError(f"{' '.join(command[:12])} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _make_private(folder: Path) -> None:
    """Make a folder that only the server's user can enter. Raises: ClusterError when one stands there that is not so."""
    user = _server_user()
    try:
        folder.mkdir(mode=0o700, parents=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
    except FileExistsError:
        # Of a link this is the link's own mode, which is open to all.
        found = folder.lstat()
        if not folder.is_dir() or found.st_uid != user.pw_uid or found.st_mode & 0o077:
            raise ClusterError(f"{folder} must be a folder of the user {user.pw_name} alone (mode 0700).") from None


def _plain(name: str) -> str:
    """The name, if it needs no quotes."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ClusterError(f"{name!r} is not a plain database name.")
    return name
