"""Clarification questions for ambiguous time expressions, as whole sentences."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from app.domain.language.spoken_format import capitalise, join_or, say_day, say_month_day, say_time
from app.domain.language.time_expression import Language


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
    words = {
        "de": {"morning": "vormittags", "noon": "mittags", "afternoon": "nachmittags", "evening": "abends"},
        "en": {"morning": "in the morning", "noon": "around noon", "afternoon": "in the afternoon", "evening": "in the evening"},
    }

    def ask(language: Language) -> str:
        named = join_or([words[language][part] for part in parts], language)
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

    return AmbiguousExpression(ask, [moment.isoformat() for moment in passes])


def _say_date(day: date, language: Language) -> str:
    return say_day(day, language)


def _format_clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"
