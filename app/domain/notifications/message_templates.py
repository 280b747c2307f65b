"""The texts of messages, each of one kind; the German sentence is the key of its translations. A company may have its own of some.

A text message stays in the short alphabet of its carriers (`sms_segments`): no typographic quotes, dashes or dots, and the link at the end.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, get_locale, lazy_gettext as _l

from app.core.locale import LANGUAGES
from app.domain.notifications.reply_texts import REPLY_TEXTS
from app.domain.notifications.template_variables import from_catalog, substitute_texts
from app.domain.notifications.template_versions import TemplateKey, TemplateScope, find_nearest

BOOKING = ("company", "customer", "what", "when", "day", "time", "who", "where", "address", "phone")
OFFER = ("company", "customer", "what", "when", "day", "time", "where", "address", "phone", "until", "link")
CALL = ("company", "where", "phone")
HELD = (*CALL, "what", "when", "day", "time", "until", "link")
CALLBACK = (*CALL, "when", "day", "time")
TIME = ("when", "time")
DAY = ("when", "day")
COMPANY_WIDE = TemplateScope()


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A title, which is a mail's subject, and a text, with values by the names of `template_variables`.

    `variables` are those that a company's own text may use, of each group in `required` one; without any the text stays ours:
    people answer its words and we act on them, or it must be right at once.
    """

    name: str
    kind: str
    title: LazyString
    body: LazyString
    variables: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()

    @property
    def is_editable(self) -> bool:
        return bool(self.variables)

    def get_texts(self) -> tuple[str, str]:
        """Get our own title and text in the language that is set."""
        return from_catalog(str(self.title)), from_catalog(str(self.body))


def _list_templates() -> tuple[MessageTemplate, ...]:
    return (
        MessageTemplate(
            "booked", "booking_link", _l("Ihr Termin am %(when)s"),
            _l("%(company)s: %(what)s am %(when)s, %(where)s, ist gebucht. Ändern oder absagen: %(link)s"),
            (*BOOKING, "link"), (("link",), TIME),
        ),
        MessageTemplate(
            "requested", "booking_link", _l("Ihr Termin am %(when)s"),
            _l("%(company)s: %(what)s am %(when)s, %(where)s, wird noch bestätigt. Ändern oder absagen: %(link)s"),
            (*BOOKING, "link"), (("link",), TIME),
        ),
        MessageTemplate(
            "series_booked", "booking_link", _l("Ihre %(count)s Termine ab %(day)s"),
            _l("%(company)s: %(what)s, %(where)s, ist %(count)s Mal gebucht: %(dates)s. Ändern oder absagen: %(link)s"),
            (*BOOKING, "count", "dates", "link"), (("link",), ("dates",)),
        ),
        MessageTemplate(
            "series_requested", "booking_link", _l("Ihre %(count)s Termine ab %(day)s"),
            _l("%(company)s: %(what)s, %(where)s, wird %(count)s Mal noch bestätigt: %(dates)s. Ändern oder absagen: %(link)s"),
            (*BOOKING, "count", "dates", "link"), (("link",), ("dates",)),
        ),
        MessageTemplate(
            "confirmed", "booking_confirmed", _l("Ihr Termin ist bestätigt"),
            _l("%(company)s: %(what)s am %(when)s, %(where)s, ist bestätigt. Ändern oder absagen: %(link)s"),
            (*BOOKING, "link"), (("link",), TIME),
        ),
        MessageTemplate(
            "moved", "booking_moved", _l("Ihr Termin ist verschoben"),
            _l("%(company)s: %(what)s ist verschoben auf %(when)s %(instead)s, %(where)s, bei %(who)s. Ändern oder absagen: %(link)s"),
            (*BOOKING, "instead", "link"), (("link",), TIME),
        ),
        MessageTemplate(
            "reassigned", "booking_moved", _l("Ihr Termin ist jetzt bei %(who)s"),
            _l("%(company)s: %(what)s am %(when)s ist jetzt bei %(who)s. Ändern oder absagen: %(link)s"),
            (*BOOKING, "link"), (("link",), ("who",)),
        ),
        MessageTemplate(
            "cancelled", "booking_cancelled", _l("Ihr Termin ist abgesagt"),
            _l("%(company)s: %(what)s am %(when)s, %(where)s, ist abgesagt. %(rebook)s"),
            (*BOOKING, "rebook"), (DAY,),
        ),
        MessageTemplate(
            "series_cancelled", "booking_cancelled", _l("Ihr Termin ist abgesagt"),
            _l("%(company)s: Ihre %(count)s Termine %(what)s ab %(when)s sind abgesagt. %(rebook)s"),
            (*BOOKING, "count", "rebook"), (("count",), DAY),
        ),
        MessageTemplate(
            "reminder", "booking_reminder", _l("Ihr Termin am %(when)s"),
            _l("%(company)s: Ihr Termin steht an, %(what)s am %(when)s, %(where)s. Zusagen, verschieben oder absagen: %(link)s"),
            (*BOOKING, "link"), (("link",), TIME),
        ),
        MessageTemplate(
            "offered", "waitlist_offer", _l("Ein Platz ist frei geworden"),
            _l("%(company)s: Ein Platz ist frei geworden, %(what)s am %(when)s. Wir halten ihn bis %(until)s Uhr für Sie: %(link)s"),
            OFFER, (("link",), ("until",), TIME),
        ),
        MessageTemplate(
            "offered_by_text", "waitlist_offer", _l("Ein Platz ist frei geworden"),
            _l(
                "%(company)s: Ein Platz ist frei geworden, %(what)s am %(when)s. Wir halten ihn bis %(until)s Uhr für Sie."
                " Antworten Sie mit JA oder NEIN, oder hier: %(link)s"
            ),
            OFFER, (("link",), ("until",), TIME),
        ),
        MessageTemplate(
            "own_appointments", "customer_link", _l("Ihre Termine"),
            _l("%(company)s: Ihre Termine ansehen, verschieben oder absagen: %(link)s"),
            ("company", "customer", "link"), (("link",),),
        ),
        MessageTemplate(
            "consent_confirmation", "consent_confirmation", _l("Bitte bestätigen Sie Ihre Einwilligung"),
            _l("%(company)s: Bitte bestätigen Sie Ihre Einwilligung in Werbung, sonst gilt sie nicht: %(link)s"),
        ),
        MessageTemplate(
            "proxy_confirmation", "proxy_confirmation", _l("Wer darf für Sie anrufen?"),
            _l("%(company)s: Jemand möchte am Telefon Ihre Termine für Sie regeln. Wer, und ob das in Ordnung ist: %(link)s"),
        ),
        *_list_marketing_messages(),
        *_list_call_messages(),
        *_list_replies(),
        MessageTemplate("staff_message", "staff_message", _l("Nachricht"), _l("%(company)s: %(text)s")),
        MessageTemplate(
            "staff_notice", "staff_notice", _l("%(what)s: %(company)s"),
            _l("%(what)s\n%(where)s\n\nAnsehen: %(link)s\n\nWas Sie bekommen, legen Sie unter Meine Benachrichtigungen fest."),
        ),
        MessageTemplate(
            "staff_digest", "staff_digest", _l("%(company)s: Ihr Überblick für %(day)s"),
            _l("%(text)s\n\nZum Dashboard: %(link)s\n\nWas Sie bekommen und wann, legen Sie unter Meine Benachrichtigungen fest."),
        ),
        MessageTemplate(
            "invitation", "invitation", _l("Ihre Einladung: %(company)s"),
            _l(
                "%(company)s lädt Sie zu AskProAI ein. Dort stehen die Anrufe und die Termine des Betriebs.\n\n"
                "Sie wählen einen Namen und ein Passwort, dann sind Sie angemeldet. Der Link gilt bis zum %(until)s und nur einmal.\n\n"
                "Einladung annehmen: %(link)s\n\nWissen Sie nichts davon, lassen Sie diese Mail einfach liegen."
            ),
        ),
        MessageTemplate("code", "code", _l("Ihr Code"), _l("%(company)s: Ihr Code ist %(code)s. Er gilt zehn Minuten.")),
        MessageTemplate(
            "emergency", "emergency", _l("Notfall am Telefon"),
            _l("%(company)s, %(where)s: Notfall am Telefon (%(what)s). Anruf von %(who)s um %(time)s Uhr. Bitte sofort kümmern."),
        ),
    )  # fmt: skip


def _list_marketing_messages() -> tuple[MessageTemplate, ...]:
    """To whoever agreed to them; the link withdraws that."""
    return (
        MessageTemplate(
            "review_request", "review_request", _l("Wie war es bei uns?"),
            _l("%(company)s: Danke für Ihren Besuch am %(day)s. Wir freuen uns über Ihre Bewertung: %(review)s Abbestellen: %(link)s"),
            ("company", "customer", "what", "day", "who", "where", "review", "link"), (("link",), ("review",)),
        ),
        MessageTemplate(
            "satisfaction", "satisfaction", _l("Wie war es?"),
            _l("%(company)s: Wie war Ihr Besuch am %(day)s? Ihre Antwort, ein Klick genügt: %(rate)s Abbestellen: %(link)s"),
            ("company", "customer", "what", "day", "who", "where", "rate", "link"), (("link",), ("rate",)),
        ),
        # ours, since people answer its words
        MessageTemplate(
            "satisfaction_by_text", "satisfaction", _l("Wie war es?"),
            _l(
                "%(company)s: Wie war Ihr Besuch am %(day)s? Antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut)."
                " Abbestellen: %(link)s"
            ),
        ),
        MessageTemplate(
            "birthday", "birthday", _l("Alles Gute zum Geburtstag"),
            _l("%(company)s: Alles Gute zum Geburtstag! Abbestellen: %(link)s"),
            ("company", "customer", "link"), (("link",),),
        ),
        MessageTemplate(
            "win_back", "win_back", _l("Schön wäre es, Sie wiederzusehen"),
            _l("%(company)s: Ihr letzter Besuch ist eine Weile her, wir würden Sie gern wiedersehen. %(rebook)s Abbestellen: %(link)s"),
            ("company", "customer", "what", "day", "who", "where", "phone", "rebook", "link"), (("link",),),
        ),
        MessageTemplate(
            "recall", "recall", _l("Wieder Zeit für %(what)s"),
            _l("%(company)s: %(what)s war zuletzt am %(day)s, vielleicht ist es wieder Zeit. %(rebook)s Abbestellen: %(link)s"),
            ("company", "customer", "what", "day", "who", "where", "phone", "rebook", "link"), (("link",), ("what",)),
        ),
    )  # fmt: skip


def _list_call_messages() -> tuple[MessageTemplate, ...]:
    """What a call leaves behind for its caller."""
    return (
        MessageTemplate(
            "missed_call", "missed_call", _l("Ihr Anruf"),
            _l(
                "%(company)s: Sie haben uns angerufen, leider haben wir uns nicht gesprochen. Antworten Sie hier kurz, worum es geht,"
                " oder rufen Sie noch einmal an: %(phone)s"
            ),
            CALL,
        ),
        MessageTemplate(
            "missed_call_no_reply", "missed_call", _l("Ihr Anruf"),
            _l("%(company)s: Sie haben uns angerufen, leider haben wir uns nicht gesprochen. Sie erreichen uns unter %(phone)s."),
            CALL, (("phone",),),
        ),
        MessageTemplate(
            "callback_at", "callback_promise", _l("Ihr Rückruf"), _l("%(company)s: Wir rufen Sie am %(when)s zurück."), CALLBACK, (TIME,),
        ),
        MessageTemplate(
            "callback_between", "callback_promise", _l("Ihr Rückruf"),
            _l("%(company)s: Wir rufen Sie am %(day)s zwischen %(time)s und %(until)s Uhr zurück."),
            (*CALLBACK, "until"), (TIME, ("until",)),
        ),
        MessageTemplate(
            "callback_from", "callback_promise", _l("Ihr Rückruf"), _l("%(company)s: Wir rufen Sie am %(day)s ab %(time)s Uhr zurück."),
            CALLBACK, (TIME,),
        ),
        MessageTemplate(
            "callback_by", "callback_promise", _l("Ihr Rückruf"),
            _l("%(company)s: Wir rufen Sie am %(day)s zurück, spätestens um %(time)s Uhr."),
            CALLBACK, (TIME,),
        ),
        MessageTemplate(
            "hold_link", "hold_link", _l("Ihre Zeit ist reserviert"),
            _l(
                "%(company)s: Unser Gespräch ist abgebrochen. %(what)s am %(when)s halten wir bis %(until)s Uhr für Sie frei."
                " Hier buchen: %(link)s"
            ),
            HELD, (("link",), ("until",), TIME),
        ),
    )  # fmt: skip


def _list_replies() -> tuple[MessageTemplate, ...]:
    return tuple(MessageTemplate(name, "reply", _l("Antwort auf Ihre Nachricht"), body) for name, body in REPLY_TEXTS.items())


TEMPLATES = {template.name: template for template in _list_templates()}


def render_message(name: str, values: dict[str, Any], scope: TemplateScope = COMPANY_WIDE) -> tuple[str, str]:
    """Write title and text in the language that is set: by the company's own text that is nearest to this scope, else by ours."""
    return substitute_texts(get_applying(TemplateKey(name, get_language(), scope)), values)


def get_applying(key: TemplateKey) -> tuple[str, str]:
    """Get title and text that apply in this scope, the company's or ours in the language that is set."""
    template = TEMPLATES[key.name]
    own = find_nearest(key) if template.is_editable else None
    return (own.title or "", own.body or "") if own else template.get_texts()


def get_language() -> str:
    """Get the language of the texts: the one that is set, else German, as the translations do."""
    language = str(get_locale().language)
    return language if language in LANGUAGES else "de"
