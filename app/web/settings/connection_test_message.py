"""A test of a channel: one short message to the reader's own mail address, or to the mobile number that they type."""

from flask import g
from flask_babel import gettext as _
from flask_login import current_user

from app.core.clock import now
from app.core.errors import AppError, InvalidInput, ProviderError, TooManyRequests
from app.core.ids import new_ulid
from app.core.phone import RECEIVES_SMS, display, normalise
from app.core.rate_limiter import RateLimit
from app.core.transactions import run_read_only, transaction
from app.domain.audit.log import record
from app.domain.notifications.sender_accounts import CHANNELS, find_test_sender
from app.domain.notifications.suppressions import find_suppressed
from app.providers import open_messenger
from app.providers.messaging.base import OutgoingMessage
from app.web.fields import Phone
from app.web.formatting import clock
from app.web.forms import Form
from app.web.settings import connection_labels

# test messages of one user
TEST_LIMIT = RateLimit("connection_test", 5, per_s=600)


class TestForm(Form):
    phone: Phone = ""


class TestNotSent(AppError):
    """The provider did not take the test message."""

    status = 409
    code = "test_not_sent"


def send_test_message(provider: str) -> str:
    """Send it and say when and to whom, as the page shows it. Raises InvalidInput, TooManyRequests, TestNotSent."""
    message = _build_test(provider)
    if (wait_s := TEST_LIMIT.hit(current_user.id)) is not None:
        raise TooManyRequests(_("Das waren viele Tests. In ein paar Minuten geht es wieder."), retry_after_s=wait_s)
    _send_test(provider, message)
    is_mail = CHANNELS[provider] == "email"
    to, hint = (message.to, _("Sehen Sie in Ihr Postfach, sonst in den Spam-Ordner.")) if is_mail else (display(message.to), "")
    sent = _("Um %(time)s verschickt an %(address)s: Der Anbieter hat die Nachricht angenommen.", time=clock(now()), address=to)
    return f"{sent} {hint}".rstrip()


def _build_test(provider: str) -> OutgoingMessage:
    """Raises InvalidInput."""
    name = g.company.name
    text = _("Test von %(name)s: Ihre Nachrichten kommen an.", name=name)
    title = _("Test: %(title)s", title=name) if CHANNELS[provider] == "email" else ""
    return OutgoingMessage(new_ulid(), _get_test_recipient(provider), text, title)


def _get_test_recipient(provider: str) -> str:
    """Raises InvalidInput where the number is none that text messages may go to."""
    if CHANNELS[provider] == "email":
        return str(current_user.email)
    number = normalise(TestForm.read().phone, source="human")
    if number.identity is None or number.line_type not in RECEIVES_SMS:
        raise InvalidInput(fields={"phone": _("Bitte eine Mobilnummer, zum Beispiel 0151 23456789.")})
    if find_suppressed([number.identity]):
        raise InvalidInput(fields={"phone": _("Dorthin schicken wir nichts: Von dort kam STOP, oder die Nummer gibt es nicht mehr.")})
    return number.identity


def _send_test(provider: str, message: OutgoingMessage) -> None:
    """Send it with no transaction open. Raises TestNotSent."""
    sender = run_read_only(lambda: find_test_sender(provider))
    if sender is None:
        raise TestNotSent(_("Dafür ist noch nichts eingerichtet."))
    result = "sent"
    try:
        open_messenger(sender).send(message)
    except ProviderError as error:
        result = error.code
        raise TestNotSent(connection_labels.describe_failed_test(provider, sender, error.code)) from error
    finally:
        with transaction():
            record("connection_tested", data={"provider": sender.provider, "result": result})
