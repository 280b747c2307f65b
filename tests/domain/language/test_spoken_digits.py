"""Telephone numbers digit by digit: read whole, or not at all."""

from app.domain.language.spoken_digits import read_digits
from tests.support.tables import each_row


@each_row(
    "said, digits",
    [
        ("0171 3920334", "01713920334"),
        ("+49 171 3920334", "+491713920334"),
        ("null eins sieben eins drei neun zwo null drei drei vier", "01713920334"),
        ("zero one seven one three nine two zero double three four", "01713920334"),
        ("oh one seven one, three nine two, oh, double three, four", "01713920334"),
        ("null eins sieben eins neununddreißig zwanzig Doppel-drei vier", "01713920334"),
        ("null eins sieben eins neununddreißig zwanzig doppeldrei vier", "01713920334"),
        ("0171 39 20 zweimal die drei vier", "01713920334"),
        ("0171 39 20 dreimal die fünf", "01713920555"),
        ("triple five two zero one double nine eight", "555201998"),
        ("Oh, my number is oh one seven one double three", "017133"),
        ("plus vier neun eins sieben eins drei neun zwei null drei drei vier", "+491713920334"),
        ("Meine Nummer ist, äh, null eins sieben eins und dann drei neun zwei null eins null zwei, danke Ihnen", "01713920102"),
        ("Vorwahl 030, dann 23 12 51 00", "03023125100"),
    ],
)
def test_what_is_said_is_read_whole(said: str, digits: str) -> None:
    assert read_digits(said) == digits


@each_row(
    "said",
    [
        "null eins sieben eins drei neun zwei null eins, nein, zwei",
        "zero one seven one, sorry, zero one seven two three nine two",
        "null eins sieben eins drölf drei neun zwei",
        "0171 irgendwas mit 39 am Ende",
        "zero one seven one three nine two double",
        "meine Nummer weiß ich nicht",
        "",
    ],
)
def test_what_is_unclear_or_taken_back_is_not_guessed(said: str) -> None:
    assert read_digits(said) is None
