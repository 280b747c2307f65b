"""Every reason can be said, in German and in English."""

from typing import get_args

from flask import Flask
from flask_babel import force_locale

from app.domain.calendar.explaining import Code, Reason
from app.domain.calendar.sentences import sentence
from tests.support.tables import each_row


@each_row("code", get_args(Code))
def test_every_code_has_a_sentence(app: Flask, code: Code) -> None:
    with app.test_request_context():
        said = {sentence(Reason(code, staff_id=who), {"anna": "Anna"}) for who in ("anna", None)}
        assert all(words.endswith(".") for words in said)


def test_a_person_is_named_where_it_is_about_them(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert sentence(Reason("booked", staff_id="anna"), {"anna": "Anna"}) == "Anna hat dann schon einen Termin."
        assert sentence(Reason("holiday", staff_id="anna"), {"anna": "Anna"}) == "An diesem Feiertag ist geschlossen."
        assert sentence(Reason("booked")) == "Diese Zeit ist schon vergeben."


def test_in_english_too(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert sentence(Reason("closed")) == "Closed at this time."
