"""Variables of message texts: words for people, names for storage, and values put in once."""

import pytest

from app.domain.notifications.template_variables import VARIABLES, list_names, substitute, to_stored, to_words


def test_words_of_any_language_and_case_become_names_and_back() -> None:
    stored = to_stored("{Leistung} am { termin }, {STAFF}: {Neuer  Termin}")
    assert stored == "{what} am {when}, {who}: {rebook}"
    assert to_words(stored, "de") == "{Leistung} am {Termin}, {Mitarbeiter}: {Neuer Termin}"
    assert to_words(stored, "en") == "{service} am {appointment}, {staff}: {new appointment}"
    assert to_words(to_stored("{Quatsch}"), "de") == "{Quatsch}", "what is no variable stays for the error to name"


def test_no_word_stands_for_two_variables() -> None:
    for language in ("de", "en"):
        words = [variable.words[language].casefold() for variable in VARIABLES.values()]
        assert len({*words}) == len(words)
    by_word: dict[str, set[str]] = {}
    for variable in VARIABLES.values():
        for word in (variable.name, *variable.words.values()):
            by_word.setdefault(word.casefold(), set()).add(variable.name)
    assert {word: names for word, names in by_word.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("text", "values", "written"),
    [
        ("Guten Tag {customer}, bis {day}.", {"customer": "Mira Sommer", "day": "Di."}, "Guten Tag Mira Sommer, bis Di."),
        ("Guten Tag {customer}, bis {day}.", {"customer": None, "day": "Di."}, "Guten Tag, bis Di."),
        ("{day}. {rebook}.", {"day": "Mo. 11. Jan.", "rebook": "Bis dann."}, "Mo. 11. Jan. Bis dann."),
        ("{customer}, bis {day}.", {"day": "Di."}, "bis Di."),
        ("{what}.", {"what": "{link} %(link)s {{ 7*7 }}", "link": "no"}, "{link} %(link)s {{ 7*7 }}."),
        ("{count} Termine", {"count": 0}, "0 Termine"),
        ("Ort:\n{address}", {"address": ""}, "Ort:\n"),
    ],
)
def test_values_are_put_in_once_and_missing_ones_leave_no_gap(text: str, values: dict[str, object], written: str) -> None:
    assert substitute(text, values) == written


def test_what_stands_in_braces_is_listed() -> None:
    assert list_names("{when} {} {config.SECRET_KEY} {when") == ["when", "", "config.SECRET_KEY"]
