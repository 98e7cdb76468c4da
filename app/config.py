"""Every setting of the program, its default and what it is for; read from the environment."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its environment variable, default and purpose. The type of the default is its type."""

    variable: str
    default: str | int | bool | Path | None
    help: str


SETTINGS: dict[str, Setting] = {
    "database_url": Setting("DATABASE_URL", None, "Database the program uses; absent: the private cluster under var/."),
    "database_owner_url": Setting("DATABASE_OWNER_URL", None, "Database login that owns the tables, for migrations only."),
    "port": Setting("PORT", 8000, "Port on 127.0.0.1 that `make run` serves."),
    "var": Setting("TAPAK_VAR", ROOT / "var", "Folder of everything this installation keeps outside the database."),
    "origin": Setting("TAPAK_ORIGIN", "tapak.local/ledger", "Name of the ledger in its checkpoints; a schema-less address."),
    "decrees": Setting("TAPAK_DECREES", None, "Folder of the agency's own decree files; absent: the shipped ones only."),
    "zone": Setting("TAPAK_ZONE", "Asia/Makassar", "Time zone in which the night begins and job times are meant."),
    "pool_size": Setting("TAPAK_POOL_SIZE", 16, "Database connections a process keeps: as many as it has threads."),
    "night_processes": Setting("TAPAK_NIGHT_PROCESSES", 2, "Processes that share the night's work where it is for many people."),
    "database_wait_s": Setting("TAPAK_DATABASE_WAIT_S", 0, "Silence of the database after which a request gives up; 0: never."),
    "upload_wait_s": Setting("TAPAK_UPLOAD_WAIT_S", 10, "Silence in the middle of a request after which the web hangs up."),
    "log_level": Setting("TAPAK_LOG_LEVEL", "INFO", "Least severe event that is logged."),
    "body_limit_bytes": Setting(
        "TAPAK_BODY_LIMIT_BYTES", 2_000_000, "Largest request body; 100 check-ins with ten fixes fit in it."
    ),
    "metrics_token": Setting("TAPAK_METRICS_TOKEN", None, "Bearer token that opens /metrics to other machines; absent: to none."),
    "build": Setting("TAPAK_BUILD", "checkout", "Name of what is deployed, such as a commit; /metrics shows it."),
    "known_apps": Setting("TAPAK_KNOWN_APPS", "", "Apps check-ins may come from, as name/version with spaces; empty: any."),
    "checkpoint_webhooks": Setting("TAPAK_CHECKPOINT_WEBHOOKS", None, "Addresses told of each checkpoint, apart by spaces."),
    "webhook_secret": Setting("TAPAK_WEBHOOK_SECRET", None, "Secret that signs them (whsec_…), agreed with the receivers."),
    "webhook_private_hosts": Setting("TAPAK_WEBHOOK_PRIVATE_HOSTS", None, "Hosts of them that may have a private address."),
    "address": Setting("TAPAK_ADDRESS", None, "Address of this server in QR codes, https://…; absent: the one that was asked."),
    "signer": Setting("TAPAK_SIGNER", None, "TOML file that says who signs papers; absent: a certificate marked as a test."),
    "report_days": Setting("TAPAK_REPORT_DAYS", 90, "Days after which reports and positions are erased, verdicts never."),
    "attachment_limit_bytes": Setting("TAPAK_ATTACHMENT_LIMIT_BYTES", 1_500_000, "Largest attachment; below the largest body."),
    "attachment_days": Setting("TAPAK_ATTACHMENT_DAYS", 730, "Days after which files beside requests are erased, hashes never."),
    "demo": Setting("TAPAK_DEMO", False, "Lets `demo load` write into this database."),
}


def setting(name: str) -> str | int | bool | Path | None:
    """The value of a setting, in the type of its default.

    Raises: ValueError when the environment holds something that is not of that type.
    """
    row = SETTINGS[name]
    raw = os.environ.get(row.variable)
    if raw is None or raw == "":
        return row.default
    if isinstance(row.default, bool):
        if raw.lower() not in ("0", "1", "false", "true"):
            raise ValueError(f"{row.variable} must be 0, 1, false or true, not {raw!r}")
        return raw.lower() in ("1", "true")
    if isinstance(row.default, int):
        return int(raw)
    return _path(raw) if isinstance(row.default, Path) else raw


def text_setting(name: str) -> str:
    """A setting that is text."""
    return cast(str, setting(name))


def int_setting(name: str) -> int:
    """A setting that is a whole number."""
    return cast(int, setting(name))


def var(*parts: str) -> Path:
    """A path under the folder of everything kept outside the database."""
    return _within(cast(Path, setting("var")), *parts)


@lru_cache(maxsize=64)
def _path(raw: str) -> Path:
    """The path, made once: every receipt asks for the folder of the keys."""
    return Path(raw)


@lru_cache(maxsize=256)
def _within(folder: Path, *parts: str) -> Path:
    return folder.joinpath(*parts)
