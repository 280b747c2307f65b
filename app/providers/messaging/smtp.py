"""E-mail over SMTP (RFC 5321); the Message-ID (RFC 5322) contains our reference, so that a second copy is recognised."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from pybreaker import CircuitBreakerError

from app.core import email_address, metrics
from app.core.circuit_breaker import breaker
from app.core.errors import ProviderError
from app.core.ssrf_guard import PrivateAddressError, connect_public
from app.providers.http import ConnectionFailed, ResponseTimeout
from app.providers.messaging.base import CalendarFile, MessageRejected, OutgoingMessage, RejectionReason, SenderAccount, SenderAccountCheck

TIMEOUT_S = 5.0
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
# Mailbox unknown, not local, name not allowed (RFC 5321, 4.2.3).
UNREACHABLE_CODES = {550, 551, 553}
# The server closes down (RFC 5321, 3.8); other temporary answers to an address concern its mailbox only.
SERVICE_NOT_AVAILABLE = 421
ACCEPTED = 250


class HostUnknown(ConnectionFailed):
    """No server has this name."""

    code = "host_unknown"


class TlsFailed(ConnectionFailed):
    """The server does not speak TLS there, or shows no certificate for its name."""

    code = "tls_failed"


class PublicSmtp(smtplib.SMTP):
    """SMTP client that connects to public addresses only."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect_public(host, port, timeout)


class PublicSmtpSsl(smtplib.SMTP_SSL, PublicSmtp):
    """The same over TLS; the certificate is still verified by host name."""


class Smtp:
    """`smtp://user:password@host:587` (with STARTTLS where it is offered), `smtps://…` from the first byte.

    A password goes to this machine alone without TLS.
    """

    def __init__(self, sender: SenderAccount) -> None:
        self._sender, self._url = sender, urlsplit(sender.url)
        self._host, self._port = self._url.hostname or "localhost", self._url.port or PORTS.get(self._url.scheme, 587)

    def send(self, message: OutgoingMessage) -> str:
        mail = build_mail(message, self._sender.address)
        self._call_with_breaker(lambda server: server.send_message(mail))
        return str(mail["Message-ID"])

    def check(self) -> SenderAccountCheck:
        """Sign in and name the sender, then take it back: nothing is sent."""
        self._call_with_breaker(self._try_sender)
        return SenderAccountCheck()

    def _try_sender(self, server: smtplib.SMTP) -> None:
        mailbox = _get_mailbox(self._sender.address)
        server.ehlo_or_helo_if_needed()
        code, answer = server.mail(mailbox)
        if code != ACCEPTED:
            raise smtplib.SMTPSenderRefused(code, answer, mailbox)
        server.rset()

    def _call_with_breaker(self, work: Callable[[smtplib.SMTP], object]) -> None:
        fault, result, began = None, "failed", time.perf_counter()
        try:
            with breaker(f"smtp:{self._host}:{self._port}", shown_as="smtp").calling():
                fault = self._perform(work)
            result = "refused" if fault else "ok"
        except CircuitBreakerError as error:
            result = "held_back"
            raise ConnectionFailed("The mail server failed repeatedly; its circuit breaker is open.", retryable=True) from error
        except ProviderError as error:
            result = error.code
            raise
        finally:
            metrics.PROVIDER_REQUESTS.labels("smtp", result).inc()
            metrics.PROVIDER_SECONDS.labels("smtp").observe(time.perf_counter() - began)
        if fault:
            raise fault

    def _perform(self, work: Callable[[smtplib.SMTP], object]) -> ProviderError | None:
        """Return a fault of this one message instead of raising it: for the breaker it is no failure of the server."""
        is_connected = False
        try:
            with self._connect() as server:
                is_connected = True
                work(server)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _text in error.recipients.values())
            return _to_rejection(code) if code == SERVICE_NOT_AVAILABLE or code >= 500 else _build_temporary_error(code)
        except smtplib.SMTPSenderRefused as error:
            # says nothing of the recipient, whatever its code
            return _to_rejection(error.smtp_code, refusal="sender_refused")
        except smtplib.SMTPResponseException as error:
            return _to_rejection(error.smtp_code)
        except PrivateAddressError as error:
            return MessageRejected("private_address", str(error))
        except (OSError, smtplib.SMTPException) as error:
            if is_connected:
                raise ResponseTimeout("The mail server did not answer in time.", retryable=True) from error
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
                raise HostUnknown("No server has this name.", retryable=True) from error
            if isinstance(error, ssl.SSLError):
                raise TlsFailed("The mail server is not reached over TLS.", retryable=True) from error
            raise ConnectionFailed("The mail server cannot be reached.", retryable=True) from error
        return None

    def _connect(self) -> smtplib.SMTP:
        user_supplied = self._sender.is_user_supplied
        if self._url.scheme == "smtps":
            over_tls = PublicSmtpSsl if user_supplied else smtplib.SMTP_SSL
            server: smtplib.SMTP = over_tls(self._host, self._port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            server = (PublicSmtp if user_supplied else smtplib.SMTP)(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._url.scheme != "smtps":
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
                elif self._url.username and self._host not in LOOPBACK_HOSTS:
                    raise TlsFailed("The password would be sent in the clear.", retryable=True)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except Exception:
            server.close()
            raise
        return server


def build_mail(message: OutgoingMessage, address: str) -> EmailMessage:
    """Build the mail before the server is asked for anything. Raises MessageRejected where it cannot be sent to or written."""
    to = email_address.to_ascii(message.to)
    if to is None:
        raise MessageRejected("unreachable", "This is not one e-mail address.")
    label, mailbox = parseaddr(address)[0], _get_mailbox(address)
    mail = EmailMessage()
    try:
        mail["From"], mail["To"], mail["Subject"] = formataddr((label, mailbox)), to, message.subject
        mail["Message-ID"] = f"<{message.ref}@{mailbox.partition('@')[2] or 'localhost'}>"
        mail["Date"], mail["Auto-Submitted"] = formatdate(localtime=False), "auto-generated"
        if message.reply_to:
            mail["Reply-To"] = email_address.to_ascii(message.reply_to) or message.reply_to
        if message.unsubscribe_url:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(message.body)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        if message.calendar is not None:
            _attach_calendar(mail, message.calendar)
    except ValueError as error:
        raise MessageRejected("refused", "The mail cannot be written.") from error
    return mail


def _get_mailbox(address: str) -> str:
    mailbox = parseaddr(address)[1]
    return email_address.to_ascii(mailbox) or mailbox


def _attach_calendar(mail: EmailMessage, calendar: CalendarFile) -> None:
    """Attach the file as mail programs look for it: its METHOD stands in the content type, too (RFC 6047)."""
    mail.add_attachment(
        calendar.content, maintype="text", subtype="calendar", filename="termin.ics", params={"method": calendar.method, "charset": "UTF-8"}
    )


def _to_rejection(code: int, *, refusal: RejectionReason | None = None) -> MessageRejected:
    """Translate a reply code: 4yz is transient, 5yz permanent (RFC 5321, 4.2.1). Raises ConnectionFailed for 4yz."""
    if code < 500:
        raise _build_temporary_error(code)
    reason: RejectionReason = refusal or (
        "unreachable" if code in UNREACHABLE_CODES else "not_allowed" if code in (530, 534, 535, 554) else "refused"
    )
    return MessageRejected(reason, f"The mail server answered {code}.")


def _build_temporary_error(code: int) -> ConnectionFailed:
    return ConnectionFailed(f"The mail server answered {code}.", retryable=True)
