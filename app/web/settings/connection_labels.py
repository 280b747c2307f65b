"""Labels and sentences about a company's connections."""

from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l, ngettext

from app.core.phone import display
from app.domain.companies.connection_credentials_form import OTHER_MAIL_PROVIDER
from app.domain.companies.mail_providers import MAIL_PROVIDERS, find_by_address
from app.domain.notifications.sender_accounts import CHANNELS
from app.models import Connection
from app.providers.messaging.base import Channel, SenderAccount
from app.web.labels import Label

NAMES = {
    "retell": "Retell", "calcom": "Cal.com", "twilio": "Twilio", "sms_gateway": _l("SMS-Gateway"), "smtp": _l("E-Mail-Versand"),
}  # fmt: skip
ICONS = {"retell": "audio-lines", "calcom": "calendar", "twilio": "message-square", "sms_gateway": "phone-forwarded", "smtp": "mail"}
PURPOSES = {
    "retell": _l("Spricht mit Ihren Anrufern. Mit einem eigenen Konto gehören Rufnummern, Stimmen und Abrechnung Ihnen."),
    "calcom": _l("Ihr Kalender bei Cal.com. Termine gehen in beide Richtungen, damit keine Zeit doppelt vergeben wird."),
    "twilio": _l("Verschickt SMS unter Ihrer Nummer oder Ihrem Namen: Bestätigungen, Erinnerungen, Links."),
    "sms_gateway": _l("Verschickt SMS über Ihren eigenen Anbieter. Antworten darauf kommen nur über Twilio bei uns an."),
    "smtp": _l("Verschickt E-Mails von Ihrer Adresse, über den Mailserver Ihres Anbieters."),
}
WEBHOOK_LABELS = {
    "inbound": _l("Wenn es klingelt"),
    "function": _l("Fragen im Gespräch"),
    "webhook": _l("Was geschieht"),
    "voice/status": _l("Stand der Anrufe"),
    "sms": _l("Eingehende SMS: Antworten, STOP und START"),
}
# The fields without secrets, which a page may show again after an error.
VISIBLE_FIELDS: dict[str, tuple[str, ...]] = {
    "retell": (), "calcom": (), "twilio": ("account", "sender"), "smtp": ("address", "provider", "host", "port", "user"),
    "sms_gateway": ("url", "sender", "header", "encoding", "recipient_field", "text_field", "sender_field"),
}  # fmt: skip
STATES = {
    "none": Label(_l("nicht eingerichtet"), "circle-help"),
    "platform": Label(_l("geht über AskProAI"), "circle-check"),
    "unchecked": Label(_l("noch nie geprüft"), "circle-help", "warn"),
    "checking": Label(_l("wird geprüft"), "hourglass", "tool"),
    "ok": Label(_l("verbunden"), "circle-check", "booked"),
    "warn": Label(_l("verbunden, etwas fehlt"), "triangle-alert", "warn"),
    "refused": Label(_l("abgelehnt"), "octagon-x", "bad"),
    "unreachable": Label(_l("nicht erreicht"), "triangle-alert", "warn"),
}
REASONS = {
    "bad_key": _l("Der Schlüssel wird dort nicht angenommen. Wahrscheinlich wurde er gelöscht oder erneuert."),
    "not_allowed": _l("Der Anbieter lässt dieses Konto nicht herein. Bitte prüfen Sie Konto, Passwort und Absender."),
    "forbidden": _l("Der Schlüssel darf dort nicht, was wir brauchen. Bitte nehmen Sie einen mit vollen Rechten."),
    "no_credit": _l("Das Guthaben dort ist aufgebraucht."),
    "not_reached": _l("Der Anbieter war nicht erreichbar."),
    "no_answer": _l("Der Anbieter hat nicht rechtzeitig geantwortet."),
    "rate_limited": _l("Der Anbieter bittet um eine Pause. Bitte versuchen Sie es in ein paar Minuten noch einmal."),
    "private_address": _l(
        "Diese Adresse liegt in einem privaten Netz, das wir von außen nicht erreichen. Bitte nehmen Sie die öffentliche."
    ),
    "no_sender": _l("Es fehlt, als wer wir senden sollen."),
}
# The same in the words of one provider's own form.
REASONS_OF_PROVIDERS = {
    ("smtp", "not_allowed"): _l("Der Mailserver nimmt diesen Benutzernamen mit diesem Passwort nicht an."),
    ("smtp", "sender_refused"): _l("Benutzername und Passwort stimmen, aber der Mailserver verschickt nichts von dieser Adresse."),
    ("smtp", "host_unknown"): _l("Einen Mailserver mit diesem Namen gibt es nicht. Bitte prüfen Sie die Schreibweise."),
    ("smtp", "not_reached"): _l("Den Server gibt es, aber an diesem Port nimmt er keine Mails an. Üblich sind 465 und 587."),
    ("smtp", "tls_failed"): _l(
        "An diesem Port kommt keine verschlüsselte Verbindung zustande, und unverschlüsselt schicken wir kein Passwort. "
        "Bitte nehmen Sie den anderen: 465 oder 587."
    ),
    ("smtp", "no_answer"): _l("Der Mailserver hat mitten in der Prüfung nicht mehr geantwortet. Bitte versuchen Sie es noch einmal."),
    ("sms_gateway", "not_allowed"): _l("Ihr SMS-Anbieter nimmt den Schlüssel nicht an. Bitte prüfen Sie Schlüssel und Kopfzeile."),
    ("sms_gateway", "not_reached"): _l(
        "Unter dieser Adresse antwortet niemand. Bitte prüfen Sie sie mit der Beschreibung Ihres Anbieters."
    ),
    ("twilio", "not_allowed"): _l("Twilio nimmt Kontokennung und Zugangswort nicht an."),
}
# What providers ask for before they let a program in, by the keys of domain/companies/mail_providers.
MAIL_HINTS = {
    "google": _l("Google nimmt hier nur ein App-Passwort an, das Sie in Ihrem Google-Konto anlegen."),
    "microsoft": _l("Bei Microsoft 365 muss „Authentifiziertes SMTP“ für dieses Postfach erlaubt sein."),
    "gmx": _l("Bei GMX müssen Sie einmal in den Einstellungen „POP3/IMAP“ erlauben."),
    "web": _l("Bei WEB.DE müssen Sie einmal in den Einstellungen „POP3/IMAP“ erlauben."),
    "telekom": _l("T-Online nimmt hier nur das E-Mail-Passwort an, das Sie im Kundencenter anlegen, nicht das Ihres Logins."),
}
TEST_REASONS = {
    ("sms", "unreachable"): _l("Der Anbieter erreicht diese Nummer nicht."),
    ("sms", "opted_out"): _l("Von dieser Nummer kam STOP, der Anbieter stellt ihr nichts mehr zu."),
    ("email", "unreachable"): _l("Der Mailserver kennt diese Adresse nicht."),
    ("email", "mailbox_full"): _l("Das Postfach ist voll."),
}
# What leaves nothing over an own account, by channel.
OUTAGES = {
    "sms": _l("SMS gehen gerade nicht hinaus."),
    "email": _l("E-Mails gehen gerade nicht hinaus."),
}
# Consequences of removing a connection, if the platform's account takes over and if none does.
WITH_PLATFORM_ACCOUNT = {
    "retell": (
        _l("Ihre Assistentin wird im Konto von AskProAI eingetragen. Rufnummern, die nur in Ihrem Konto liegen, erreicht sie nicht mehr."),
    ),
    "calcom": (),
    "twilio": (_l("SMS gehen dann über AskProAI, nicht mehr unter Ihrem Absender."),),
    "sms_gateway": (_l("SMS gehen dann über Twilio oder AskProAI, nicht mehr über Ihren Anbieter."),),
    "smtp": (_l("E-Mails gehen dann über AskProAI, nicht mehr von Ihrer Adresse."),),
}
WITHOUT_CONNECTION = {
    "calcom": (
        _l("Neue Termine gehen nicht mehr zu Cal.com, und was dort geschieht, sehen wir nicht. Was dort steht, bleibt stehen."),
        _l("Was welcher Terminart entspricht, bleibt gemerkt, falls Sie sich wieder verbinden."),
    ),
    "twilio": (_l("SMS werden dann nicht mehr verschickt: auch keine Bestätigungen und Erinnerungen."),),
    "sms_gateway": (_l("SMS werden dann nur noch verschickt, wenn Twilio verbunden ist."),),
    "smtp": (_l("E-Mails werden dann nicht mehr verschickt."),),
}


def get_status_label(connection: Connection | None, *, waits: bool, has_platform: bool) -> Label:
    if connection is None:
        return STATES["platform" if has_platform else "none"]
    if waits:
        return STATES["checking"]
    if connection.state == "ok":
        return STATES["warn" if _describe_missing(connection) else "ok"]
    return STATES.get(connection.state, STATES["unchecked"]) if connection.state != "checking" else STATES["unreachable"]


def describe_status(connection: Connection | None, *, waits: bool) -> str:
    """Describe the result of the last connection test in one or two sentences; empty without a connection."""
    if connection is None:
        return ""
    if waits:
        return _("Wir fragen gerade dort nach …")
    match connection.state:
        case "ok":
            return _describe_missing(connection) or _describe_details(connection)
        case "checking":
            return _("Auf die letzte Prüfung kam keine Antwort. Bitte prüfen Sie noch einmal.")
        case "unchecked":
            return _("Ob der Schlüssel dort gilt, hat noch niemand nachgesehen.")
    return describe_reason(connection.provider, connection.reason)


def describe_reason(provider: str, reason: str | None) -> str:
    code = reason or ""
    return str(REASONS_OF_PROVIDERS.get((provider, code)) or REASONS.get(code) or _("Der Anbieter hat abgelehnt."))


def describe_mail_hint(given: dict[str, str]) -> str:
    """What the provider of this mailbox asks for before it lets a program in; empty where nothing is known of it."""
    known = find_by_address(given["address"])
    return str(MAIL_HINTS.get(given["provider"] or (known.key if known else ""), ""))


def describe_failed_setup(provider: str, reason: str, *, current: SenderAccount | None, is_own: bool, is_out: bool) -> str:
    """Say that a connection was not taken over, why, and over what messages leave meanwhile."""
    meanwhile = _describe_meanwhile(CHANNELS[provider], current, is_own=is_own, is_out=is_out)
    return _("Noch nicht übernommen. %(why)s %(meanwhile)s", why=reason, meanwhile=meanwhile)


def describe_failed_test(provider: str, sender: SenderAccount, reason: str) -> str:
    """Say why a test was not sent, over which account whichever."""
    of_channel = TEST_REASONS.get((CHANNELS[provider], reason))
    known = REASONS_OF_PROVIDERS.get((sender.provider, reason)) if sender.is_user_supplied or sender.provider == "twilio" else None
    return str(of_channel or known or REASONS.get(reason) or _("Der Anbieter hat die Nachricht abgelehnt."))


def describe_outage(channel: Channel, connection: Connection) -> str:
    return f"{OUTAGES[channel]} {describe_reason(connection.provider, connection.reason)}"


def _describe_meanwhile(channel: Channel, current: SenderAccount | None, *, is_own: bool, is_out: bool) -> str:
    is_mail = channel == "email"
    if current is None:
        return _("Solange geht keine E-Mail hinaus.") if is_mail else _("Solange geht keine SMS hinaus.")
    if is_out:
        return _("Es bleibt bei der bisherigen Verbindung; über sie geht gerade nichts hinaus.")
    if is_own:
        return _("Solange bleibt es bei der bisherigen Verbindung, und alles geht weiter hinaus.")
    return _("Solange gehen E-Mails weiter über AskProAI hinaus.") if is_mail else _("Solange gehen SMS weiter über AskProAI hinaus.")


def describe_removal(provider: str, consequences: dict[str, Any]) -> list[str]:
    """Describe the consequences of removing a connection, in sentences for the confirmation page."""
    sentences = [_("Der Schlüssel wird gelöscht. Was von dort kommt, nehmen wir nicht mehr an.")]
    if provider == "retell" and not consequences["has_platform"]:
        sentences.append(
            ngettext(
                "Unter %(num)d Rufnummer meldet sich dann niemand mehr von uns.",
                "Unter %(num)d Rufnummern meldet sich dann niemand mehr von uns.",
                consequences["numbers"],
            )
        )
        return sentences
    return sentences + [
        str(sentence) for sentence in (WITH_PLATFORM_ACCOUNT if consequences["has_platform"] else WITHOUT_CONNECTION)[provider]
    ]


def _describe_missing(connection: Connection) -> str:
    """Describe numbers or sender addresses that a valid account lacks."""
    details = connection.details or {}
    if missing := details.get("missing"):
        numbers = ", ".join(display(e164) for e164 in missing[:5])
        return _("Der Schlüssel gilt, aber in diesem Konto fehlt: %(numbers)s.", numbers=numbers)
    if details.get("has_address") is False:
        return _("Der Schlüssel gilt, aber %(sender)s gehört nicht zu diesem Konto.", sender=connection.label or "")
    return ""


def list_mail_providers() -> list[tuple[str, str]]:
    """List where a mailbox may be, each with its key: unknown first, another than ours last."""
    known = [(each.key, each.name) for each in MAIL_PROVIDERS.values()]
    return [("", _("an der Adresse erkennen")), *known, (OTHER_MAIL_PROVIDER, _("anderer Anbieter"))]


def _describe_details(connection: Connection) -> str:
    details = connection.details or {}
    if "numbers" in details:
        count_text = ngettext("%(num)d Rufnummer liegt in diesem Konto.", "%(num)d Rufnummern liegen in diesem Konto.", details["numbers"])
        return _("Der Schlüssel gilt. %(many)s", many=count_text)
    if "event_types" in details:
        count_text = ngettext("%(num)d Terminart gibt es dort.", "%(num)d Terminarten gibt es dort.", details["event_types"])
        return _("Der Schlüssel gilt. %(many)s", many=count_text)
    if details.get("name"):
        return _("Das Konto heißt dort „%(name)s“.", name=details["name"])
    return _("Die Verbindung steht.")
