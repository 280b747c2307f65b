"""E-mail over SMTP (RFC 5321); the Message-ID (RFC 5322) is made of our reference, so that a second copy is known as one."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from pybreaker import CircuitBreakerError

from app.core import metrics
from app.core.circuit_breaker import breaker
from app.core.errors import ProviderError
from app.core.ssrf_guard import PrivateAddressError, connect_public
from app.providers.http import NoAnswer, NotSent
from app.providers.messaging.base import Message, MessageRefused, Reason, RemoteSender, Sender

TIMEOUT_S = 5.0
PORTS = {"smtp": 587, "smtps": 465}
# mailbox unknown, not local, name not allowed, forward elsewhere
UNREACHABLE = {550, 551, 553}


class Outside(smtplib.SMTP):
    """Reaches only servers that stand outside of our own network."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect_public(host, port, timeout)


class OutsideOverTls(smtplib.SMTP_SSL, Outside):
    """The same, encrypted from the first byte; the certificate is still asked for by name."""


class Smtp:
    """`smtp://user:password@host:587` (with STARTTLS where it is offered), `smtps://…` from the first byte."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self._at = sender, urlsplit(sender.url)
        self._host, self._port = self._at.hostname or "localhost", self._at.port or PORTS.get(self._at.scheme, 587)

    def send(self, message: Message) -> str:
        name = f"<{message.ref}@{parseaddr(self._sender.address)[1].partition('@')[2] or 'localhost'}>"
        self._watched(lambda server: server.send_message(self._composed(message, name)))
        return name

    def look(self) -> RemoteSender:
        self._watched(lambda server: server.noop())
        return RemoteSender()

    def _watched(self, work: Callable[[smtplib.SMTP], object]) -> None:
        refused, result, began = None, "failed", time.perf_counter()
        try:
            with breaker(f"smtp:{self._host}:{self._port}", shown_as="smtp").calling():
                refused = self._inside(work)
            result = "refused" if refused else "ok"
        except CircuitBreakerError as error:
            result = "held_back"
            raise NotSent("The mail server failed again and again and is left alone for a while.", retryable=True) from error
        except ProviderError as error:
            result = error.code
            raise
        finally:
            metrics.PROVIDER_REQUESTS.labels("smtp", result).inc()
            metrics.PROVIDER_SECONDS.labels("smtp").observe(time.perf_counter() - began)
        if refused:
            raise refused

    def _inside(self, work: Callable[[smtplib.SMTP], object]) -> MessageRefused | None:
        """What the server refuses for good is no failure of the server."""
        begun = False
        try:
            with self._connected() as server:
                begun = True
                work(server)
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(max(code for code, _text in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        except PrivateAddressError as error:
            return MessageRefused("not_allowed", str(error))
        except (OSError, smtplib.SMTPException) as error:
            if begun:
                raise NoAnswer("The mail server did not answer in time.", retryable=True) from error
            raise NotSent("The mail server cannot be reached.", retryable=True) from error
        return None

    def _connected(self) -> smtplib.SMTP:
        given = self._sender.is_given
        if self._at.scheme == "smtps":
            over_tls = OutsideOverTls if given else smtplib.SMTP_SSL
            server: smtplib.SMTP = over_tls(self._host, self._port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            server = (Outside if given else smtplib.SMTP)(self._host, self._port, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if self._at.username:
            server.login(unquote(self._at.username), unquote(self._at.password or ""))
        return server

    def _composed(self, message: Message, name: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = formataddr(parseaddr(self._sender.address)), message.to, message.subject
        mail["Message-ID"], mail["Date"] = name, formatdate(localtime=False)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        return mail


def _refusal(code: int) -> MessageRefused:
    """4yz means later, 5yz never (RFC 5321, 4.2.1); what we may not do at all is for somebody here to mend."""
    if code < 500:
        raise NotSent(f"The mail server answered {code}.", retryable=True)
    reason: Reason = "unreachable" if code in UNREACHABLE else "not_allowed" if code in (530, 534, 535, 554) else "refused"
    return MessageRefused(reason, f"The mail server answered {code}.")
