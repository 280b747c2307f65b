"""What mails about one's own account say, in the user's language."""

from collections.abc import Callable

from flask_babel import gettext as _

from app.core import settings
from app.models import User


def write_account_mail(kind: str, user: User, *, link: str) -> tuple[str, str]:
    """Title and text; `link` is what the mail is about, where it is about one. The language is the current one."""
    title, paragraphs = TEXTS[kind](user, link)
    return title, "\n\n".join(paragraphs)


Text = tuple[str, list[str]]


def _write_password_reset(user: User, link: str) -> Text:
    return _("Ihr neues Passwort"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("jemand möchte für Ihren Zugang ein neues Passwort setzen. Waren Sie das, geht es hier weiter."),
        _("Neues Passwort wählen: %(link)s", link=link),
        _("Der Link gilt 15 Minuten und nur einmal. Waren Sie das nicht, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist."),
    ]


def _write_password_changed(user: User, _link: str) -> Text:
    return _("Ihr Passwort wurde geändert"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("das Passwort Ihres Zugangs wurde gerade geändert. Auf allen anderen Geräten sind Sie damit abgemeldet."),
        _build_warning(),
    ]


def _write_email_confirmation(user: User, link: str) -> Text:
    return _("Bitte bestätigen Sie Ihre neue Adresse"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("mit dieser Adresse möchten Sie sich künftig anmelden. Sie gilt, sobald Sie sie bestätigen, bis dahin die alte."),
        _("Adresse bestätigen: %(link)s", link=link),
        _("Der Link gilt 24 Stunden und nur einmal. Waren Sie das nicht, löschen Sie diese Mail einfach."),
    ]


def _write_email_change_requested(user: User, _link: str) -> Text:
    link = _link_to("/account/password")
    return _("Ihre E-Mail-Adresse soll sich ändern"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("für Ihren Zugang wurde eine andere E-Mail-Adresse angegeben. Sie gilt erst, wenn sie über die Mail dorthin bestätigt ist."),
        _("Waren Sie das nicht, ändern Sie bitte gleich Ihr Passwort, dann wird nichts daraus: %(link)s", link=link),
    ]


def _write_email_changed(user: User, _link: str) -> Text:
    return _("Ihre E-Mail-Adresse wurde geändert"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("die neue E-Mail-Adresse Ihres Zugangs ist bestätigt. Mit dieser hier können Sie sich nicht mehr anmelden."),
        _("Waren Sie das nicht, wenden Sie sich bitte sofort an den Support."),
    ]


def _write_two_factor_enabled(user: User, _link: str) -> Text:
    return _("Die Anmeldung in zwei Schritten ist an"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("ab jetzt fragt die Anmeldung nach dem Passwort auch nach einem Code aus Ihrer App."),
        _build_warning(),
    ]


def _write_two_factor_disabled(user: User, _link: str) -> Text:
    return _("Die Anmeldung in zwei Schritten ist aus"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("ab jetzt genügt zur Anmeldung wieder das Passwort allein."),
        _build_warning(),
    ]


def _write_passkey_added(user: User, _link: str) -> Text:
    return _("Ein neuer Passkey für Ihren Zugang"), [
        _("Guten Tag %(name)s,", name=user.name),
        _("zu Ihrem Zugang ist ein Passkey hinzugekommen. Damit geht die Anmeldung ohne Passwort."),
        _build_warning(),
    ]


def _build_warning() -> str:
    return _(
        "Waren Sie das nicht, setzen Sie bitte gleich ein neues Passwort und sehen Sie Ihr Konto durch: %(link)s", link=_link_to("/account")
    )


def _link_to(path: str) -> str:
    return f"{settings().public_base}{path}"


TEXTS: dict[str, Callable[[User, str], Text]] = {
    "password_reset": _write_password_reset, "password_changed": _write_password_changed,
    "email_confirmation": _write_email_confirmation, "email_change_requested": _write_email_change_requested,
    "email_changed": _write_email_changed, "two_factor_enabled": _write_two_factor_enabled,
    "two_factor_disabled": _write_two_factor_disabled, "passkey_added": _write_passkey_added,
}  # fmt: skip
