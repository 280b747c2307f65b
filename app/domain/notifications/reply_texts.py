"""Our answers to what people write, by the name of their template; `options` are numbered.

They stay ours: people answer their words, and we act on them.
"""

from flask_babel import lazy_gettext as _l

REPLY_TEXTS = {
    "reply_confirmed": _l("%(company)s: Danke, wir freuen uns auf Sie am %(when)s."),
    "reply_all_confirmed": _l("%(company)s: Danke, alle %(count)s Termine sind vermerkt. Wir freuen uns auf Sie."),
    "reply_kept": _l("%(company)s: Gut, es bleibt bei Ihrem Termin am %(when)s."),
    "reply_times": _l(
        "%(company)s: Statt %(when)s ist frei: %(options)s. Antworten Sie mit der Nummer, oder schreiben Sie uns Tag und Uhrzeit."
    ),
    "reply_taken": _l("%(company)s: Diese Zeit ist gerade vergeben worden. Frei ist noch: %(options)s. Antworten Sie mit der Nummer."),
    "reply_no_times": _l("%(company)s: Wir haben keine andere freie Zeit gefunden. Jemand aus unserem Team meldet sich bei Ihnen."),
    "reply_moved": _l("%(company)s: Ihr Termin ist verschoben, neu: %(when)s."),
    "reply_cancel_question": _l("%(company)s: %(what)s am %(when)s wirklich absagen? Antworten Sie mit JA. Sonst bleibt der Termin."),
    "reply_cancel_question_fee": _l(
        "%(company)s: %(what)s am %(when)s wirklich absagen? Das kostet jetzt %(fee)s Euro. Antworten Sie mit JA."
        " Sonst bleibt der Termin."
    ),
    "reply_cancel_unclear": _l(
        "%(company)s: Das war nicht eindeutig. Sollen wir %(what)s am %(when)s absagen, antworten Sie bitte mit JA."
        " Sonst bleibt der Termin."
    ),
    "reply_cancel_unclear_fee": _l(
        "%(company)s: Das war nicht eindeutig. Sollen wir %(what)s am %(when)s für %(fee)s Euro absagen, antworten Sie bitte mit JA."
        " Sonst bleibt der Termin."
    ),
    "reply_cancelled": _l("%(company)s: Ihr Termin am %(when)s ist abgesagt."),
    "reply_cancelled_fee": _l("%(company)s: Ihr Termin am %(when)s ist abgesagt. Dafür fallen %(fee)s Euro an."),
    "reply_too_late_to_cancel": _l(
        "%(company)s: Absagen konnten Sie hier nur bis %(until)s. Ihre Nachricht liegt bei unserem Team, wir melden uns."
    ),
    "reply_too_late_to_move": _l(
        "%(company)s: Verschieben konnten Sie hier nur bis %(until)s. Ihre Nachricht liegt bei unserem Team, wir melden uns."
    ),
    "reply_which": _l("%(company)s: Welcher Termin ist gemeint? %(options)s. Bitte antworten Sie mit der Nummer."),
    "reply_which_matter": _l("%(company)s: Was ist gemeint? %(options)s. Bitte antworten Sie mit der Nummer."),
    "reply_offer_taken": _l("%(company)s: Der Platz gehört Ihnen, %(what)s am %(when)s ist gebucht."),
    "reply_offer_declined": _l("%(company)s: Danke für die Antwort. Sie bleiben auf der Warteliste."),
    "reply_offer_gone": _l("%(company)s: Dieser Platz ist leider nicht mehr frei. Sie bleiben auf der Warteliste."),
    "reply_rated": _l("%(company)s: Danke für Ihre Antwort."),
    "reply_rated_low": _l("%(company)s: Danke für Ihre offene Antwort. Unser Team liest sie."),
    "reply_rating": _l("%(company)s: Wie war es? Bitte antworten Sie mit einer Zahl von 1 (schlecht) bis 5 (sehr gut)."),
    "reply_choose": _l("%(company)s: Bitte antworten Sie nur mit einer Nummer: %(options)s."),
    "reply_unclear": _l("%(company)s: Das haben wir nicht verstanden. 1 = ich komme, 2 = verschieben, NEIN = absagen."),
    "reply_help": _l(
        "%(company)s: 1 = ich komme, 2 = verschieben, NEIN = absagen, STOP = keine SMS mehr. Alles andere liest unser Team."
    ),
    "reply_received": _l("%(company)s: Danke für Ihre Nachricht. Unser Team liest sie und meldet sich, wenn noch etwas offen ist."),
    "reply_over": _l("%(company)s: Ihr Termin am %(when)s hat schon begonnen. Ihre Nachricht liegt bei unserem Team."),
}  # fmt: skip
