"""Asking the server over HTTP, and telling a refusal from a silence."""

import http.client
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

# Nothing is waited for longer without a word; `clocks.is_prompt` bounds the whole of the answer that has to be fast.
PATIENCE_S = 10


class NoAnswer(Exception):
    """Nobody knows whether the server got the request: no network, a broken connection, or not a word in time."""


class Choked(NoAnswer):
    """The server failed at this very request, or would not read so much at once (500, 413): a smaller one may be answered."""


class NotNow(Exception):
    """The server answered that nothing was kept and that it should be asked again, after `wait_s` if it says so."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class Refused(Exception):
    """The server understood and said no; `detail` is its sentence for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address, and the language it is asked to answer in."""

    address: str
    language: str

    def get(self, path: str, token: str | None = None) -> Any:
        """The JSON of a page.

        Raises: NoAnswer, NotNow, Refused.
        """
        return self._ask("GET", path, None, token)

    def post(self, path: str, body: Mapping[str, Any] | None = None, token: str | None = None) -> Any:
        """The JSON answered to a body.

        Raises: NoAnswer, NotNow, Refused.
        """
        return self._ask("POST", path, body, token)

    def delete(self, path: str, token: str) -> None:
        """Have something taken away.

        Raises: NoAnswer, NotNow, Refused.
        """
        self._ask("DELETE", path, None, token)

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, token: str | None) -> Any:
        headers = {"Accept": "application/json", "Accept-Language": self.language}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = _connection(self.address)
        try:
            connection.request(method, path, None if body is None else orjson.dumps(body), headers)
            answer = connection.getresponse()
            return _read(answer.status, answer.getheader("Retry-After"), answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            connection.close()


def _connection(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    if parts.hostname is None or parts.scheme not in ("http", "https"):
        raise ValueError(f"not an address of a server: {address!r}")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=PATIENCE_S)


def _read(status: int, retry_after: str | None, body: bytes) -> Any:
    """The answer's JSON, or the exception that says what became of the request."""
    if status in (429, 502, 503, 504):
        raise NotNow(_seconds(retry_after))
    if status in (413, 500):
        raise Choked(f"status {status}")
    try:
        found = orjson.loads(body) if body else None
    except orjson.JSONDecodeError as error:
        raise NoAnswer("the answer is not JSON") from error
    if 200 <= status < 300:
        return found
    if not 400 <= status < 500:
        raise NoAnswer(f"status {status}")
    problem = found if isinstance(found, dict) else {}
    detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
    errors = problem.get("errors")
    wrong = "; ".join(f"{field}: {why}" for field, why in sorted(errors.items())) if isinstance(errors, dict) else ""
    raise Refused(status, str(problem.get("code", "")), f"{detail} ({wrong})" if wrong else detail)


def _seconds(retry_after: str | None) -> float:
    """Retry-After in seconds; a date or nothing says no more than "later"."""
    try:
        seconds = float(retry_after or 0)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
