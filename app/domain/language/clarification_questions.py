"""Clarification questions for ambiguous time expressions, as whole sentences."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from app.domain.language.parsed_time import Language
from app.domain.language.spoken_format import WEEKDAYS, capitalise, join_or, say_day, say_month_day, say_time

PART_WORDS: dict[Language, dict[str | None, str]] = {
    "de": {"morning": "vormittags", "noon": "mittags", "afternoon": "nachmittags", "evening": "abends"},
    "en": {"morning": "in the morning", "noon": "around noon", "afternoon": "in the afternoon", "evening": "in the evening"},
}


class AmbiguousExpression(Exception):
    """The expression is ambiguous or invalid; `ask` builds the question in a language."""

    def __init__(self, ask: Callable[[Language], str], options: Sequence[str] = ()) -> None:
        super().__init__(ask("en"))
        self.ask = ask
        self.options = tuple(options)


def no_time_given() -> AmbiguousExpression:
    return AmbiguousExpression(
        lambda language: {"de": "Für welchen Tag und welche Uhrzeit?", "en": "For which day and what time?"}[language]
    )


def only_exclusions() -> AmbiguousExpression:
    return AmbiguousExpression(
        lambda language: {"de": "An welchem Tag passt es Ihnen denn?", "en": "Which day would suit you, then?"}[language]
    )


def which_date() -> AmbiguousExpression:
    return AmbiguousExpression(lambda language: {"de": "Welches Datum meinen Sie?", "en": "Which date do you mean?"}[language])


def which_time(times: Sequence[time] = ()) -> AmbiguousExpression:
    """Ask for the time; `times` are possible."""
    return AmbiguousExpression(
        lambda language: {"de": "Welche Uhrzeit meinen Sie?", "en": "What time do you mean?"}[language],
        [at.strftime("%H:%M") for at in times],
    )


def unread_time(day: date | None, today: date) -> AmbiguousExpression:
    """Ask for the time that was not understood, naming the day that was."""

    def ask(language: Language) -> str:
        named = f" {say_day(day, language, today=today)}" if day else ""
        return f"Um wie viel Uhr{named}?" if language == "de" else f"What time{named}?"

    return AmbiguousExpression(ask)


def unread_day(at: time | None, part: str | None) -> AmbiguousExpression:
    """Ask for the day that was not understood, naming the time that was."""

    def ask(language: Language) -> str:
        if language == "de":
            named = f" um {say_time(at, language)}" if at is not None else f" {PART_WORDS['de'][part]}" if part in PART_WORDS["de"] else ""
            return f"An welchem Tag{named}?"
        named = f" at {say_time(at, language)}" if at is not None else f" {PART_WORDS['en'][part]}" if part in PART_WORDS["en"] else ""
        return f"Which day{named}?"

    return AmbiguousExpression(ask)


def no_such_day(day: int, month: int | None = None) -> AmbiguousExpression:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{f'Den {say_month_day(day, month, language)}' if month else 'Diesen Tag'} gibt es nicht. Welchen Tag meinen Sie?"
        return f"There is no {say_month_day(day, month, language) if month else 'such day'}. Which day do you mean?"

    return AmbiguousExpression(ask)


def no_such_time(words: str) -> AmbiguousExpression:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{words} gibt es nicht. Welche Uhrzeit meinen Sie?"
        return f"There is no such time as {words}. What time do you mean?"

    return AmbiguousExpression(ask)


def ambiguous_day(days: Sequence[date], today: date) -> AmbiguousExpression:
    """Ask which of these dates is meant."""

    def ask(language: Language) -> str:
        named = join_or([say_day(day, language, today=today, case="until") for day in days], language)
        return f"Meinen Sie {named}?" if language == "de" else f"Do you mean {named}?"

    return AmbiguousExpression(ask, [day.isoformat() for day in days])


def weekday_mismatch(day: date, expected: date) -> AmbiguousExpression:
    """Ask about a date that falls on another weekday than the one named."""

    def ask(language: Language) -> str:
        is_one, other = say_day(day, language, case="the"), say_day(expected, language, case="until")
        if language == "de":
            return f"Das ist {is_one}. Meinen Sie diesen Tag oder {other}?"
        return f"That is {is_one}. Do you mean that day or {other}?"

    return AmbiguousExpression(ask, [day.isoformat(), expected.isoformat()])


def ambiguous_time(times: Sequence[time]) -> AmbiguousExpression:
    def ask(language: Language) -> str:
        named = join_or([say_time(at, language) for at in times], language)
        return f"Meinen Sie {named}?" if language == "de" else f"Do you mean {named}?"

    return AmbiguousExpression(ask, [at.strftime("%H:%M") for at in times])


def ambiguous_day_part(parts: Sequence[str]) -> AmbiguousExpression:

    def ask(language: Language) -> str:
        named = join_or([PART_WORDS[language][part] for part in parts], language)
        return f"Lieber {named}?" if language == "de" else f"Would you prefer {named}?"

    return AmbiguousExpression(ask, parts)


def skipped_hour(day: date, at: time) -> AmbiguousExpression:
    def ask(language: Language) -> str:
        if language == "de":
            start, clock = capitalise(_say_date(day, language)), _format_clock(at)
            return f"{start}, werden die Uhren vorgestellt: {clock} gibt es da nicht. Welche Uhrzeit passt Ihnen?"
        return f"The clocks go forward {_say_date(day, language)}, so there is no {_format_clock(at)}. What time would suit you?"

    return AmbiguousExpression(ask)


def repeated_hour(day: date, at: time, passes: Sequence[datetime]) -> AmbiguousExpression:
    def ask(language: Language) -> str:
        if language == "de":
            return (
                f"{capitalise(_say_date(day, language))}, gibt es {_format_clock(at)} zweimal. Vor oder nach dem Zurückstellen der Uhren?"
            )
        return f"{_format_clock(at)} comes twice {_say_date(day, language)}. Before or after the clocks go back?"

    return AmbiguousExpression(ask, [candidate.isoformat() for candidate in passes])


def ambiguous_night(day: date, at: time) -> AmbiguousExpression:
    """Ask which night a time after midnight belongs to."""
    nights = [day - timedelta(days=1), day]

    def ask(language: Language) -> str:
        named = join_or([_say_night(night, language) for night in nights], language)
        return f"Meinen Sie die Nacht {named}?" if language == "de" else f"Do you mean the night {named}?"

    return AmbiguousExpression(ask, [f"{night + timedelta(days=1)}T{at:%H:%M}" for night in nights])


def _say_night(day: date, language: Language) -> str:
    first, last = (WEEKDAYS[language][each.weekday()] for each in (day, day + timedelta(days=1)))
    return f"von {first} auf {last}" if language == "de" else f"from {first} to {last}"


def _say_date(day: date, language: Language) -> str:
    return say_day(day, language)


def _format_clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"
