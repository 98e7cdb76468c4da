"""`flask geofences`: sites from files."""

from datetime import datetime
from pathlib import Path

import click
import orjson

from app import clock, errors
from app.cli.told import Told
from app.config import int_setting
from app.db import Session, transaction
from app.geofences import actions
from app.geofences.rules.lint import Lint, lint
from app.geofences.rules.problems import Severity
from app.texts import text


@click.group(cls=Told)
def geofences() -> None:
    """Sites: examine and load GeoJSON files."""


@geofences.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Examine files or folders of GeoJSON; fail when one would be refused."""
    found = {file: lint(_read(file)) for file in _files(paths)}
    for file, result in found.items():
        _show(file, result)
    if any(result.refusals for result in found.values()):
        raise click.exceptions.Exit(1)


@geofences.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Load files or folders of GeoJSON, all or none; a changed outline is a new version of its site."""
    now = clock.now()
    with transaction() as session:
        loaded = [_load_one(session, file, now) for file in _files(paths)]
    for site in loaded:
        click.echo(f"{site.code:24} version {site.version}{'' if site.is_new else ' (unchanged)'}")


@geofences.command()
@click.argument("code")
@click.option("--renew", "wish", flag_value="renew", help="Another secret: the link and the codes there were end.")
@click.option("--end", "wish", flag_value="end", help="No code at this door from now on.")
def screen(code: str, wish: str | None) -> None:
    """Print the link of the screen at a site's door; the first time, this gives the site its rotating code."""
    now = clock.now()
    try:
        with transaction() as session:
            if wish == "end":
                actions.end_door_code(session, code, None, now)
                return
            if wish == "renew":
                found = actions.renew_door_code(session, code, None, now)
            else:
                found = actions.find_screen(session, code, None) or actions.renew_door_code(session, code, None, now)
    except errors.NotFound as refusal:
        raise click.ClickException(text(refusal.code, "en", **refusal.params)) from None
    click.echo(f"http://127.0.0.1:{int_setting('port')}{found.path}")


def _load_one(session: Session, file: Path, now: datetime) -> actions.Loaded:
    """The file's site in force; a refusal names the file and every place in it."""
    try:
        return actions.keep(session, _read(file), None, now)
    except errors.TapakError as refusal:
        places = refusal.errors if isinstance(refusal, errors.Invalid) else {}
        lines = [f"{file.name}: {text(refusal.code, 'en', **refusal.params)}"]
        lines += [f"  {place}  {text(said[0], 'en', **said[1])}" for place, said in places.items() if isinstance(said, tuple)]
        raise click.ClickException("\n".join(lines)) from None


def _files(paths: tuple[Path, ...]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.geojson")) if path.is_dir() else [path])]


def _read(file: Path) -> object:
    """The file's JSON, or nothing that is a feature when it is none."""
    try:
        return orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise click.ClickException(f"{file}: not JSON ({error})") from None


def _show(file: Path, result: Lint) -> None:
    worth = result.worth
    if worth is None:
        click.echo(f"{file.name:32} refused")
    else:
        shares = "  ".join(f"{pct} % at {accuracy} m" for accuracy, pct in worth.auto_accept_pct.items())
        click.echo(f"{file.name:32} {worth.area_m2:9.0f} m2  in-radius {worth.in_radius_m:4.0f} m  accepted: {shares}")
    for problem in result.problems:
        mark = "refused" if problem.severity == Severity.REFUSE else "warning"
        click.echo(f"    {mark} {problem.pointer}: {text(problem.code, 'en', **problem.params)}")
