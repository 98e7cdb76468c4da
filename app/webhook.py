"""Telling another server something: one signed POST over TLS, to an address of the open internet, and no redirect is followed."""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

# Whoever takes longer is asked again later; the next checkpoint must not wait for him.
PATIENCE_S = 5


class NotDelivered(Exception):
    """The other server did not take it; the words say why and hold no secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: the same `id` whenever it is sent again."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, the shared secret (`whsec_…`), and hosts that may have a private address."""

    url: str
    secret: str = field(repr=False)
    private_hosts: Collection[str] = ()


def signature(secret: str, message: Message, timestamp: int) -> str:
    """The value of the header `webhook-signature`.

    Raises: ValueError for a secret that is none.

    Source: Standard Webhooks 1.0, "Signature scheme" and "Secret" (HMAC-SHA256, base64, prefix `whsec_`).
    """
    if not secret.startswith("whsec_"):
        raise ValueError("a webhook secret begins with whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    if len(key) < 24:
        raise ValueError("a webhook secret has at least 24 bytes")
    signed = f"{message.id}.{timestamp}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def send(target: Target, message: Message, now: datetime) -> None:
    """Hand the message over; whoever answers with a status of 200 to 299 has taken it.

    Raises: NotDelivered.

    Source: Standard Webhooks 1.0, "Headers"; OWASP server-side request forgery prevention (the checked address is the one used).
    """
    parts = urlsplit(target.url)
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(target.secret, message, timestamp),
    }
    connection = _connection(parts, _address_of(parts, target.private_hosts))
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/", message.body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"status {status}")


def _address_of(parts: SplitResult, private_hosts: Collection[str]) -> tuple[str, int]:
    """The address to connect to, looked up once, so that no second look-up can lead elsewhere.

    Raises: NotDelivered.
    """
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme not in ("http", "https") or not host:
        raise NotDelivered("not an address of a server")
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise NotDelivered("unknown host") from error
    addresses = [ipaddress.ip_address(address.partition("%")[0]) for address in sorted(found)]
    real = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    is_here = all(address.is_loopback for address in real)
    if parts.scheme != "https" and not is_here:
        raise NotDelivered("not https")
    if not all(address.is_global and not address.is_multicast for address in real) and not is_here and host not in private_hosts:
        raise NotDelivered("private address")
    if is_here and host not in ("localhost", "127.0.0.1", "::1", *private_hosts):
        raise NotDelivered("private address")
    return str(addresses[0]), port


def _connection(parts: SplitResult, address: tuple[str, int]) -> http.client.HTTPConnection:
    """A connection to that address and no other, speaking to the host by its name."""
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        plain = socket.create_connection(address, timeout=PATIENCE_S)
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(plain, server_hostname=parts.hostname) if parts.scheme == "https" else plain
    except OSError as error:
        raise NotDelivered(type(error).__name__) from error
    return connection
