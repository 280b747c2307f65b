"""The settings pages: one name for navigation, title, heading and index, and the fields that a search finds."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import force_locale, lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.core.locale import LANGUAGES
from app.domain.companies.slugs import fold_name
from app.web.guards import can_access

# so many letters are looked for at the beginning of a word only
MAX_PREFIX = 3


@dataclass(frozen=True)
class SettingsPage:
    """A page of the settings. `synonyms`: further words of both languages under which it is looked for."""

    endpoint: str
    group: str
    name: LazyString
    purpose: LazyString
    icon: str
    # what can be set there, in the words of the page
    fields: tuple[LazyString, ...] = ()
    synonyms: str = ""


GROUPS = {
    "business": _l("Ihr Betrieb"),
    "offer": _l("Angebot und Team"),
    "time": _l("Zeiten und Regeln"),
    "messages": _l("Nachrichten"),
    "phone": _l("Telefon und Kalender"),
}

PAGES = (
    SettingsPage(
        "company.index", "business", _l("Angaben zum Betrieb"), _l("Name, Logo, Sprache und was im Impressum steht."), "building-2",
        (
            _l("Name des Betriebs"), _l("Branche"), _l("Sprache"), _l("Zeitzone"), _l("Bundesland"), _l("Impressum und Datenschutz"),
            _l("Umsatzsteuer-ID"), _l("Logo"),
        ),
        "firma firmenname unternehmen impressum datenschutz dsgvo rechtliches anschrift adresse steuer bild "
        "company business name legal notice imprint privacy gdpr vat address timezone picture",
    ),
    SettingsPage(
        "branches.index", "business", _l("Filialen"), _l("Ihre Orte, ihre Anschrift und an wen durchgestellt wird."), "map-pin",
        (_l("Anschrift"), _l("Ort"), _l("Bundesland"), _l("Wer übernimmt"), _l("Filiale ausschalten")),
        "standort standorte niederlassung weiterleitung durchstellen gemeinde adresse schließen "
        "branch location shop site forward transfer municipality close switch off",
    ),
    SettingsPage(
        "services.index", "offer", _l("Leistungen"), _l("Was gebucht werden kann: Dauer, Preis, Puffer und andere Namen."), "scissors",
        (
            _l("Dauer in Minuten"), _l("Preis in Euro"), _l("Personen zugleich"), _l("Puffer davor"), _l("Puffer danach"),
            _l("Einwirkzeit"), _l("Wie Anrufer dazu sagen"), _l("Farbe im Kalender"),
        ),
        "angebot preise preisliste dauer behandlung service services treatment price list duration buffer capacity group course kurs",
    ),
    SettingsPage(
        "staff.index", "offer", _l("Team"), _l("Wer wo arbeitet und welche Leistungen macht."), "users",
        (_l("Arbeitet in"), _l("Macht"), _l("E-Mail"), _l("Rufnummer")),
        "mitarbeiter mitarbeiterin personal kollegen person stylist arzt employee employees staff colleague people",
    ),
    SettingsPage(
        "resources.index", "offer", _l("Räume und Geräte"), _l("Plätze, die eine Leistung außer einer Person noch braucht."), "layers",
        (_l("Art"), _l("Plätze")),
        "raum stuhl kabine hebebühne waschbecken ressource room chair equipment lift resource device",
    ),
    SettingsPage(
        "people.index", "offer", _l("Zugänge"), _l("Wer sich anmelden darf, und mit welcher Rolle."), "key-round",
        (_l("Rolle"), _l("Nur diese Filialen"), _l("Gehört im Team zu"), _l("E-Mail")),
        "benutzer nutzer konto konten einladen einladung anmeldung passwort rechte sperren account accounts user users invite invitation "
        "login sign in password permission permissions rights access block",
    ),
    SettingsPage(
        "hours.index", "time", _l("Öffnungszeiten"), _l("Die Woche, einzelne Tage, Ferien, Feiertage und Schließungen."), "clock",
        (
            _l("Jede Woche"), _l("Einzelne Tage"), _l("Für eine Zeit anders"), _l("Feiertage"),
            _l("Bundesland der Filiale"), _l("Geschlossen und abwesend"),
        ),
        "arbeitszeiten urlaub krank betriebsferien pause mittagspause sommerzeit ruhetag schicht "
        "closing closed holiday holidays vacation sick shift lunch break opening times working",
    ),
    SettingsPage(
        "policies.index", "time", _l("Regeln beim Buchen"),
        _l("Wie kurzfristig, wie weit voraus, und bis wann abgesagt werden darf."), "list-checks",
        (
            _l("Vorlauf"), _l("Absagen"), _l("Verschieben"), _l("Tage im Voraus"), _l("Platz halten"), _l("Offene Termine je Person"),
            _l("Gebühr"), _l("Betrieb bestätigt jeden Termin"),
        ),
        "storno stornierung stornofrist ausfallgebühr absagefrist frist raster vorlaufzeit "
        "cancel cancellation fee no-show policy policies lead time notice advance reschedule move deadline",
    ),
    SettingsPage(
        "on_call.index", "time", _l("Notfälle"), _l("Wer Dienst hat, und welche Worte als Notfall gelten."), "triangle-alert",
        (_l("Wer Dienst hat"), _l("Eigene Stichworte")),
        "bereitschaft notdienst rufbereitschaft 112 emergency emergencies on-call standby urgent",
    ),
    SettingsPage(
        "message_rules.index", "messages", _l("Nachrichten an die Kundschaft"),
        _l("Erinnerungen, Bestätigungen, Ruhezeiten und das Budget."), "mail",
        (_l("Erinnerungen"), _l("Ruhezeit"), _l("Budget für SMS im Monat, in Euro"), _l("Auf welchem Weg")),
        "sms e-mail mail reminder reminders text messages notification confirmation quiet hours whatsapp kosten",
    ),
    SettingsPage(
        "message_templates.index", "messages", _l("Texte der Nachrichten"), _l("Was in Erinnerungen und Bestätigungen steht."), "pencil",
        (_l("Text, für SMS und E-Mail"), _l("Betreff, nur in E-Mails")),
        "vorlage vorlagen template templates wording subject placeholder anrede",
    ),
    SettingsPage(
        "reply_addresses.index", "messages", _l("Antworten auf Mails"), _l("Wohin geht, was auf eine Mail geantwortet wird."), "inbox",
        (_l("Ganzer Betrieb"),),
        "reply-to antwort absender posteingang answer address sender",
    ),
    SettingsPage(
        "marketing_rules.index", "messages", _l("Werbung"),
        _l("Bewertungen, Geburtstage und Wiedersehen, nur mit Einwilligung."), "user-check",
        (_l("Um eine Bewertung bitten"), _l("Geburtstag"), _l("Wieder einladen, wenn kein Termin ansteht"), _l("Wie war es?")),
        "newsletter marketing review reviews google birthday recall win back consent dsgvo gdpr",
    ),
    SettingsPage(
        "line.index", "phone", _l("Rufnummern"), _l("Ihre Nummern, Testanrufe und blockierte Anrufer."), "phone",
        (_l("Leitung prüfen"),),
        "telefonnummer nummer leitung sperren blockieren phone number numbers line block blocked spam test call",
    ),
    SettingsPage(
        "connections.index", "phone", _l("Verbindungen"), _l("Eigene Konten für Telefon, Kalender, SMS und E-Mail."), "webhook",
        (_l("Schlüssel"), _l("Mailserver"), _l("Absender")),
        "retell twilio vonage sipgate cal.com calcom smtp imap api schlüssel key integration integrations mail account connect",
    ),
    SettingsPage(
        "subscriptions.index", "phone", _l("Kalender-Abos"), _l("Termine im Kalender von Telefon oder Rechner mitlesen."), "calendar",
        (_l("Neue Adresse"), _l("Wessen Termine")),
        "ical ics webcal outlook google apple calendar feed subscribe subscription export",
    ),
)  # fmt: skip
BY_ENDPOINT = {page.endpoint: page for page in PAGES}


@dataclass(frozen=True)
class Hit:
    """A page that a search found, and the fields on it whose names match."""

    page: SettingsPage
    fields: tuple[LazyString, ...] = ()


def register(app: Flask) -> None:
    """Provide templates with `settings_page` and `settings_siblings`."""
    app.jinja_env.globals.update(settings_page=BY_ENDPOINT.__getitem__, settings_siblings=list_siblings)


def list_pages() -> list[SettingsPage]:
    """List the pages that the reader may open."""
    return [page for page in PAGES if can_access(page.endpoint)]


def list_siblings(endpoint: str) -> list[SettingsPage]:
    """List the pages of the same group that the reader may open."""
    return [page for page in list_pages() if page.group == BY_ENDPOINT[endpoint].group]


def search_pages(query: str) -> list[Hit]:
    """Find the pages that hold each word of the query, in German or English; those named so come first."""
    words = _fold_text(query) if query.strip() else []
    ranked = [(rank, Hit(page, _match_fields(page, words))) for page in list_pages() if (rank := _rank(page, words)) is not None]
    return [hit for _rank_number, hit in sorted(ranked, key=lambda row: row[0])]


def _rank(page: SettingsPage, words: list[str]) -> int | None:
    """0: the name holds all words, 1: name and fields do, 2: purpose and synonyms are needed too; None: not found."""
    known: list[str] = []
    for rank, more in enumerate((_fold(page.name), _fold(*page.fields), _fold(page.purpose) + _fold_text(page.synonyms))):
        known += more
        if all(_is_in(word, known) for word in words):
            return rank
    return None


def _match_fields(page: SettingsPage, words: list[str]) -> tuple[LazyString, ...]:
    return tuple(field for field in page.fields if any(_is_in(word, _fold(field)) for word in words))


def _is_in(word: str, known: list[str]) -> bool:
    """Whether a word begins so; a longer one may stand inside, as in "Stornofrist"."""
    return any(other.startswith(word) or (len(word) > MAX_PREFIX and word in other) for other in known)


def _fold(*texts: LazyString) -> list[str]:
    """The words of the texts in each language, so that a reader finds a page under its other name too."""
    words: list[str] = []
    for language in LANGUAGES:
        with force_locale(language):
            words += _fold_text(" ".join(str(text) for text in texts))
    return words


def _fold_text(text: str) -> list[str]:
    """The words in plain letters, so that "Gebühr", "Gebuehr" and "Gebuhr" are one."""
    return fold_name(text).replace("ae", "a").replace("oe", "o").replace("ue", "u").split()
