"""A mailbox read over IMAP4 (RFC 3501), never written to: no mail is marked, moved or deleted."""

import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from pybreaker import CircuitBreakerError

from app.core import metrics
from app.core.circuit_breaker import breaker
from app.core.clock import now
from app.core.errors import ProviderError
from app.providers.http import ConnectionFailed

TIMEOUT_S = 10.0
PORTS = {"imap": 143, "imaps": 993}
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
# A report holds the mail that it is about, which may be long; what matters stands at its beginning.
MAX_MAIL_BYTES = 256 * 1024
# how far a mailbox is read back that was never read before
INITIAL_PERIOD = timedelta(days=7)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxRefused(ProviderError):
    """The server refuses the sign-in or the folder."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class Position:
    """The last mail that was read: its UID holds as long as the mailbox keeps its UIDVALIDITY (RFC 3501, 2.3.1.1)."""

    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class MailBatch:
    """Mails in the order of their arrival, with the position after them."""

    mails: list[bytes] = field(repr=False)
    position: Position
    has_more: bool


class ImapMailbox:
    """`imaps://user:password@host/INBOX`; `imap://` with STARTTLS, which only this machine may lack."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._host, self._port = self._url.hostname or "localhost", self._url.port or PORTS[self._url.scheme]
        self._folder = unquote(self._url.path.strip("/")) or "INBOX"

    def read(self, after: Position | None, *, limit: int) -> MailBatch:
        """Read the mails that came after this position. Raises ConnectionFailed or MailboxRefused."""
        result, began = "failed", time.perf_counter()
        try:
            with breaker(f"imap:{self._host}:{self._port}", shown_as="imap").calling():
                try:
                    batch = self._read(after, limit)
                except (OSError, imaplib.IMAP4.abort) as error:
                    raise ConnectionFailed("The mailbox cannot be reached.", retryable=True) from error
            result = "ok"
            return batch
        except CircuitBreakerError as error:
            result = "held_back"
            raise ConnectionFailed("The mailbox failed repeatedly; its circuit breaker is open.", retryable=True) from error
        except imaplib.IMAP4.error as error:
            result = "refused"
            raise MailboxRefused("The mailbox refuses the sign-in or the folder.") from error
        except ProviderError as error:
            result = error.code
            raise
        finally:
            metrics.PROVIDER_REQUESTS.labels("imap", result).inc()
            metrics.PROVIDER_SECONDS.labels("imap").observe(time.perf_counter() - began)

    def _read(self, after: Position | None, limit: int) -> MailBatch:
        with self._open() as (server, uid_validity):
            known = after.uid if after is not None and after.uid_validity == uid_validity else None
            uids = _search(server, known)
            mails = [mail for uid in uids[:limit] if (mail := _fetch(server, uid)) is not None]
            last = max([known or 0, *uids[:limit]])
            return MailBatch(mails, Position(uid_validity, last), has_more=len(uids) > limit)

    @contextmanager
    def _open(self) -> Iterator[tuple[imaplib.IMAP4, int]]:
        """The server with the folder open for reading only, and the folder's UIDVALIDITY."""
        context = ssl.create_default_context()
        if self._url.scheme == "imaps":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(self._host, self._port, ssl_context=context, timeout=TIMEOUT_S)
        else:
            server = imaplib.IMAP4(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._url.scheme == "imap" and "STARTTLS" in server.capabilities:
                server.starttls(context)
            elif self._url.scheme == "imap" and self._host not in LOOPBACK_HOSTS:
                raise imaplib.IMAP4.error("The password would be sent in the clear.")
            server.login(unquote(self._url.username or ""), unquote(self._url.password or ""))
            escaped = self._folder.replace("\\", "\\\\").replace('"', '\\"')
            _require(server.select(f'"{escaped}"', readonly=True))
            yield server, int(server.response("UIDVALIDITY")[1][0] or 0)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()
            # a LOGOUT that fails leaves the socket open
            with suppress(OSError):
                server.shutdown()


def _search(server: imaplib.IMAP4, known: int | None) -> list[int]:
    """The UIDs after this one, the lowest first; without one those of the last days."""
    since = now() - INITIAL_PERIOD
    criterion = f"UID {known + 1}:*" if known is not None else f"SINCE {since.day}-{MONTHS[since.month - 1]}-{since.year}"
    found = _require(server.uid("SEARCH", criterion))
    uids = {int(uid) for line in found if line for uid in line.split()}
    # "n:*" holds the last mail also where its UID is below n
    return sorted(uid for uid in uids if known is None or uid > known)


def _fetch(server: imaplib.IMAP4, uid: int) -> bytes | None:
    """The mail, cut to its beginning; None where somebody has deleted it since."""
    answer = _require(server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_MAIL_BYTES}>)"))
    parts = [part for part in answer if isinstance(part, tuple)]
    return next((part[1] for part in parts if re.search(rb"BODY\[\]", part[0])), None)


def _require(answer: tuple[str, list]) -> list:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data
