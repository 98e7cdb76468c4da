"""`flask phone`: a reference phone on the terminal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
import orjson

from app import clock
from app.cli.told import Told
from app.config import int_setting, text_setting, var
from app.phone import actions, delivery, words
from app.phone.folder import Folder
from app.phone.outline import spot_in
from app.phone.wire import NoAnswer, NotNow, Refused, Server
from app.texts import LANGUAGES, text

PLATFORMS = ("android", "ios", "web")
ATTEMPTS = 6
# What a phone with a clear sky reports, and how old its fix is by then.
ACCURACY_M, AGE_MS = 8.0, 750


@dataclass(frozen=True, slots=True)
class Hand:
    """The phone a command holds, and in which language it speaks."""

    nip: str
    folder: Folder
    server: Server
    language: str

    def say(self, code: str, **params: object) -> None:
        """Print a sentence."""
        click.echo(text(code, self.language, **params))


class Position(click.ParamType):  # type: ignore[type-arg]
    """`LAT,LON` in degrees."""

    name = "LAT,LON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        try:
            lat, lon = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not LAT,LON such as -8.6685,115.2340", param, ctx)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self.fail(f"{value!r}: latitude comes first, and the earth is smaller", param, ctx)
        return lat, lon


def of_phone(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--nip`, `--state`, `--server` and `--lang`, and say in a sentence why it could not be done."""

    @click.option("--nip", required=True, help="Employee number, 18 digits.")
    @click.option("--state", type=click.Path(path_type=Path), help="Folder of this phone; else var/phones/NIP.")
    @click.option("--server", "address", help="Address of the server; else where it was enrolled, else this machine.")
    @click.option("--lang", "language", type=click.Choice(LANGUAGES), default="id", show_default=True)
    @wraps(command)
    def wrapped(nip: str, state: Path | None, address: str | None, language: str, **options: Any) -> None:
        folder = Folder(state or var("phones", nip))
        device = folder.find("device") or {}
        home = f"http://127.0.0.1:{int_setting('port')}"
        hand = Hand(nip, folder, Server(address or device.get("server") or home, language), language)
        try:
            command(hand, **options)
        except Refused as refusal:
            raise click.ClickException(refusal.detail) from None
        except NoAnswer as silence:
            raise click.ClickException(text("phone_no_answer", language, why=silence, count=len(folder.queue()))) from None
        except NotNow:
            raise click.ClickException(text("phone_not_now", language, count=len(folder.queue()))) from None
        except actions.NotEnrolled:
            raise click.ClickException(text("phone_not_enrolled", language, nip=nip)) from None

    return wrapped


@click.group(cls=Told)
def phone() -> None:
    """A reference phone: enrol it, check in, send what waits."""


@phone.command()
@of_phone
@click.option("--password", help="Password of the account; asked for if left out.")
@click.option("--code", help="One-time activation code, for the first sign-in.")
@click.option("--new-password", help="With --code: the password to choose; asked for if left out.")
@click.option("--name", default="Terminal", show_default=True, help="What the phone is called.")
@click.option("--platform", type=click.Choice(PLATFORMS), default="android", show_default=True)
def enroll(
    hand: Hand, password: str | None, code: str | None, new_password: str | None, name: str, platform: str
) -> None:  # fmt: skip
    """Sign in, make a key, and bind it to the employee. Doing it again is the same phone."""
    if code is not None:
        chosen = new_password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
        actions.activate(hand.folder, hand.server, hand.nip, code, chosen)
    else:
        actions.sign_in(hand.folder, hand.server, hand.nip, password or click.prompt("Password", hide_input=True))
    device = actions.enrol(hand.folder, hand.server, hand.nip, name, platform)
    status = text(f"phone_status_{device['status']}", hand.language)
    hand.say("phone_enrolled", name=name, nip=hand.nip, status=status, folder=hand.folder.path)
    for site in actions.today(hand.folder, hand.server)["sites"][:1]:
        lat, lon = spot_in(site["outline"])
        hand.say("phone_try", nip=hand.nip, lat=lat, lon=lon, site=site["name"])


@phone.command()
@of_phone
@click.option("--at", "position", type=Position(), required=True, help="Where the phone is, latitude first.")
@click.option("--direction", type=click.Choice(["in", "out"]), required=True)
@click.option("--accuracy", type=click.FloatRange(min=0), default=ACCURACY_M, show_default=True, help="Metres.")
@click.option("--code", help="What the screen at the door shows, if there is one.")
@click.option("--mock", is_flag=True, help="As a fake-GPS app: the system says that an app supplied the position.")
@click.option("--offline", is_flag=True, help="Only sign and keep it; `phone sync` sends it later.")
@click.option("--json", "as_json", is_flag=True, help="Print the server's answers instead, one a line.")
def checkin(
    hand: Hand,
    position: tuple[float, float],
    direction: str,
    accuracy: float,
    code: str | None,
    mock: bool,
    offline: bool,
    as_json: bool,
) -> None:
    """Check in or out at a position, and say what the server answers."""
    actions.enrolled(hand.folder)
    if not offline:
        actions.freshen_anchor(hand.folder, hand.server)
    lat, lon = position
    fix = {"lat": lat, "lon": lon, "accuracy_m": accuracy, "age_ms": AGE_MS, "provider": "gps", "is_mock": mock}
    actions.check_in(hand.folder, direction, [fix], clock.now(), code)
    if offline:
        hand.say("phone_kept_offline", count=len(hand.folder.queue()), nip=hand.nip)
    else:
        _show(hand, delivery.sync(hand.folder, hand.server, attempts=1), as_json)


@phone.command()
@of_phone
@click.option("--attempts", type=click.IntRange(1, 50), default=ATTEMPTS, show_default=True, help="Before giving up for now.")
@click.option("--json", "as_json", is_flag=True, help="Print the server's answers instead, one a line.")
def sync(hand: Hand, attempts: int, as_json: bool) -> None:
    """Send the check-ins that wait on the phone."""
    actions.enrolled(hand.folder)
    if not hand.folder.queue():
        hand.say("phone_nothing_waits")
    _show(hand, delivery.sync(hand.folder, hand.server, attempts), as_json)
    actions.freshen_anchor(hand.folder, hand.server)


@phone.command()
@of_phone
def today(hand: Hand) -> None:
    """Show the running workday: its hours, what is done, what is next."""
    for line in words.lines_of_day(actions.today(hand.folder, hand.server), hand.nip, hand.language, text_setting("zone")):
        click.echo(line)


@phone.command()
@of_phone
@click.option("--device", "device_id", required=True, help="As `phone today` names it.")
def disown(hand: Hand, device_id: str) -> None:
    """Say that a phone that wants to take this one's place is not yours."""
    actions.disown(hand.folder, hand.server, device_id)
    hand.say("phone_disowned")


def _show(hand: Hand, said: Iterable[delivery.Sent], as_json: bool) -> None:
    is_refused = False
    for sent in said:
        is_refused |= sent.item["status"] == "refused"
        if as_json:
            click.echo(orjson.dumps(sent.item).decode())
            continue
        for line in words.lines_of(sent, hand.language, text_setting("zone")):
            click.echo(line)
    if is_refused:
        raise SystemExit(1)
