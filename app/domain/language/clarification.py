"""Questions to ask back when words about time leave something open: whole sentences, ready to be said."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from app.domain.language.spoken_format import begun, one_of, say_day, say_month_day, say_time
from app.domain.language.time_expression import Language


class Unclear(Exception):
    """The words cannot mean one thing; `ask` makes the question in a language."""

    def __init__(self, ask: Callable[[Language], str], options: Sequence[str] = ()) -> None:
        super().__init__(ask("en"))
        self.ask = ask
        self.options = tuple(options)


def nothing_said() -> Unclear:
    return Unclear(lambda language: {"de": "Für welchen Tag und welche Uhrzeit?", "en": "For which day and what time?"}[language])


def not_by_exclusion() -> Unclear:
    return Unclear(lambda language: {"de": "An welchem Tag passt es Ihnen denn?", "en": "Which day would suit you, then?"}[language])


def no_such_day(day: int, month: int | None = None) -> Unclear:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{f'Den {say_month_day(day, month, language)}' if month else 'Diesen Tag'} gibt es nicht. Welchen Tag meinen Sie?"
        return f"There is no {say_month_day(day, month, language) if month else 'such day'}. Which day do you mean?"

    return Unclear(ask)


def no_such_time(words: str) -> Unclear:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{words} gibt es nicht. Welche Uhrzeit meinen Sie?"
        return f"There is no such time as {words}. What time do you mean?"

    return Unclear(ask)


def which_day(days: Sequence[date], today: date) -> Unclear:
    """Asks which of these dates is meant."""

    def ask(language: Language) -> str:
        named = one_of([say_day(day, language, today=today, case="until") for day in days], language)
        return f"Meinen Sie {named}?" if language == "de" else f"Do you mean {named}?"

    return Unclear(ask, [day.isoformat() for day in days])


def weekday_differs(day: date, meant: date) -> Unclear:
    """The date named falls on another weekday than the one named."""

    def ask(language: Language) -> str:
        is_one, other = say_day(day, language, case="the"), say_day(meant, language, case="until")
        if language == "de":
            return f"Das ist {is_one}. Meinen Sie diesen Tag oder {other}?"
        return f"That is {is_one}. Do you mean that day or {other}?"

    return Unclear(ask, [day.isoformat(), meant.isoformat()])


def which_time(times: Sequence[time]) -> Unclear:
    def ask(language: Language) -> str:
        named = one_of([say_time(at, language) for at in times], language)
        return f"Meinen Sie {named}?" if language == "de" else f"Do you mean {named}?"

    return Unclear(ask, [at.strftime("%H:%M") for at in times])


def which_part(parts: Sequence[str]) -> Unclear:
    words = {
        "de": {"morning": "vormittags", "noon": "mittags", "afternoon": "nachmittags", "evening": "abends"},
        "en": {"morning": "in the morning", "noon": "around noon", "afternoon": "in the afternoon", "evening": "in the evening"},
    }

    def ask(language: Language) -> str:
        named = one_of([words[language][part] for part in parts], language)
        return f"Lieber {named}?" if language == "de" else f"Would you prefer {named}?"

    return Unclear(ask, parts)


def hour_is_missing(day: date, at: time) -> Unclear:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{begun(_on(day, language))}, werden die Uhren vorgestellt: {_clock(at)} gibt es da nicht. Welche Uhrzeit passt Ihnen?"
        return f"The clocks go forward {_on(day, language)}, so there is no {_clock(at)}. What time would suit you?"

    return Unclear(ask)


def hour_comes_twice(day: date, at: time, passes: Sequence[datetime]) -> Unclear:
    def ask(language: Language) -> str:
        if language == "de":
            return f"{begun(_on(day, language))}, gibt es {_clock(at)} zweimal. Vor oder nach dem Zurückstellen der Uhren?"
        return f"{_clock(at)} comes twice {_on(day, language)}. Before or after the clocks go back?"

    return Unclear(ask, [moment.isoformat() for moment in passes])


def _on(day: date, language: Language) -> str:
    return say_day(day, language)


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"
