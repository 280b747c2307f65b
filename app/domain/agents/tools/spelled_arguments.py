"""Names and addresses as they were said or spelled: what is certain is taken and read back, what is not is asked."""

from dataclasses import replace

from flask_babel import gettext as _

from app.domain.agents.tools.bookings_of_this_call import has_asked
from app.domain.agents.tools.clarification import ClarificationNeeded, MissingArgument, get_question
from app.domain.agents.tools.context import ToolContext, ToolResult
from app.domain.agents.tools.registry import ToolArgs
from app.domain.customers.contacts import ContactDetails
from app.domain.customers.name_matching import is_similar_name
from app.domain.language.spelling import READERS, SpelledText, SpellingKind, needs_spelling, spell_options, spell_out
from app.domain.language.spoken_format import join_or

# in a result's data: the caller was asked to spell the name
SPELLING_REQUEST = {"asked": "spelling"}


def resolve_name(context: ToolContext, said: str) -> str:
    """Read a name as it was said or spelled. Raises ClarificationNeeded where it is not certain."""
    return _require_certain(context, "name", READERS["name"](said, context.language))


def read_said_name(context: ToolContext, said: str | None) -> str | None:
    """Read a name for people to read: what is not certain stays as it was said."""
    return READERS["name"](said, context.language).text or said if said else None


def resolve_email(context: ToolContext, said: str) -> str:
    """Read an e-mail address. Raises ClarificationNeeded, or MissingArgument where it cannot be read at all."""
    reading = READERS["email"](said, context.language)
    if reading.text is None and not reading.options:
        raise MissingArgument(get_question("email"), fields=["email"])
    return _require_certain(context, "email", reading)


def _require_certain(context: ToolContext, kind: SpellingKind, reading: SpelledText) -> str:
    if reading.text is None:
        raise ClarificationNeeded(ask_for_spelling(context, kind, reading), options=list(reading.options))
    return reading.text


def ask_for_spelling(context: ToolContext, kind: SpellingKind, reading: SpelledText) -> str:
    """Ask which of the readings is meant, or for all of it once more."""
    if reading.options:
        letters = join_or(spell_options(kind, reading.options, context.language), context.language)
        return _("Schreibt sich das %(letters)s?", letters=letters)
    return {
        "name": _("Den Namen habe ich nicht sicher verstanden. Buchstabieren Sie ihn bitte, zum Beispiel M wie Martha."),
        "email": _("Die E-Mail-Adresse habe ich nicht sicher verstanden. Wie lautet sie, Zeichen für Zeichen?"),
        "street": _("Die Straße habe ich nicht sicher verstanden. Buchstabieren Sie sie bitte noch einmal."),
        "plate": _("Das Kennzeichen habe ich nicht sicher verstanden. Nennen Sie es bitte noch einmal, mit einer Pause nach dem Ort."),
    }[kind]


def say_letters(context: ToolContext, kind: SpellingKind, text: str) -> str:
    """ "Yilmaz, Y I L M A Z, richtig?" """
    letters = spell_out(kind, text, context.language)
    return (
        _("%(text)s, %(letters)s, richtig?", text=text, letters=letters) if kind == "name" else _("%(letters)s, richtig?", letters=letters)
    )


def add_read_back(context: ToolContext, result: ToolResult, args: ToolArgs, contact: ContactDetails, *, is_known: bool) -> ToolResult:
    """Add to the answer what was spelled, letter by letter; one of uncertain spelling that was not is asked for, once in a call.

    `is_known` says whether this name was on record before.
    """
    said_name, said_email = getattr(args, "name", None), getattr(args, "email", None)
    say, data = result.say, dict(result.data)
    if said_name and said_name != contact.name:
        say = _("%(done)s Auf den Namen %(letters)s", done=say, letters=say_letters(context, "name", contact.name))
    elif not (is_known or was_spelling_asked(context) or was_name_spelled(context)) and (
        question := _ask_for_letters(context, contact.name)
    ):
        say = f"{say} {question}"
        data |= SPELLING_REQUEST
    if contact.email and said_email and contact.email != "".join(said_email.split()).lower():
        say = _("%(done)s Die E-Mail-Adresse ist %(letters)s", done=say, letters=say_letters(context, "email", contact.email))
    return replace(result, say=say, data=data)


def _ask_for_letters(context: ToolContext, name: str) -> str | None:
    """Ask once in a call how the name is written where its sound does not tell; a verified caller is offered the own one that sounds so."""
    if was_spelling_asked(context) or was_name_spelled(context):
        return None
    caller = context.caller
    own = caller.customer.name if caller.is_verified and caller.customer else None
    if own and is_similar_name(name, own):
        return say_letters(context, "name", own)
    return _("Wenn Sie mögen: Wie schreibt sich der Name, Buchstabe für Buchstabe?") if needs_spelling(name) else None


def was_spelling_asked(context: ToolContext) -> bool:
    """Check whether this call has asked for the letters of a name already."""
    return has_asked(context, SPELLING_REQUEST)


def was_name_spelled(context: ToolContext) -> bool:
    """Check whether a name was spelled in this call already, for itself or where it was given."""
    if has_asked(context, {"kind": "name"}):
        return True
    uses = [use.arguments for use in context.earlier_uses]
    return any(isinstance(said, dict) and READERS["name"](str(said.get("name") or ""), context.language).is_spelled for said in uses)
