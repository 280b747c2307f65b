"""Questions back to the caller: what is missing, and what may be meant."""

from flask_babel import gettext as _

from app.core.errors import AppError, InvalidInput


class ClarificationNeeded(AppError):
    """An argument is ambiguous; the message is the question to ask, `options` the possible readings, `known` the rest."""

    status = 422
    code = "ambiguous"


class MissingArgument(InvalidInput):
    """Required arguments are missing: `fields` names them, the message asks for the first."""

    code = "missing"


def require_arguments(args: object, *names: str) -> None:
    """Raise MissingArgument for those of the arguments that are not given."""
    if missing := [name for name in names if getattr(args, name) is None]:
        raise MissingArgument(get_question(missing[0]), fields=missing)


def ask_for_first_person() -> str:
    return _("Für jede Person trage ich einen eigenen Termin ein. Auf welchen Namen läuft der erste?")


def get_question(field: str) -> str:
    """Get the question that asks for a missing field."""
    return {
        "service": _("Was darf es denn sein?"),
        "date": _("An welchem Tag passt es Ihnen?"),
        "time": _("Um wie viel Uhr passt es Ihnen?"),
        "new_date": _("Auf welchen Tag soll ich den Termin verschieben?"),
        "new_time": _("Auf welche Uhrzeit soll ich den Termin verschieben?"),
        "name": _("Auf welchen Namen darf ich das eintragen?"),
        "phone": _("Unter welcher Nummer sind Sie erreichbar?"),
        "email": _("Wie lautet die E-Mail-Adresse?"),
        "text": _("Was darf ich ausrichten?"),
        "hold": _("Welche Zeit soll ich wieder freigeben?"),
        "question": _("Was möchten Sie wissen?"),
    }.get(field, _("Was genau meinen Sie?"))
