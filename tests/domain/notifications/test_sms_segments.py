"""Segments of a text message as carriers count them."""

from app.domain.notifications.sms_segments import count_segments, is_gsm_7
from tests.support.tables import each_row

TEXTS = (
    ("", 1), ("ä" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
    # the euro sign takes two characters, and is not cut at the end of a part
    ("€" * 80, 1), ("€" * 81, 2), ("a" * 152 + "€" + "a" * 10, 2), ("a" * 152 + "€" + "a" * 151, 2), ("a" * 152 + "€" + "a" * 152, 3),
    # one character from outside makes all of them long
    ("„" + "a" * 69, 1), ("„" + "a" * 70, 2), ("„" + "a" * 133, 2), ("„" + "a" * 134, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 67, 3),
)  # fmt: skip


@each_row("text, segments", TEXTS)
def test_texts_have_these_many_segments(text: str, segments: int) -> None:
    assert count_segments(text) == segments


@each_row(
    "text, short", [("Grüße, 12,50 € [ja]", True), ("Ihr „Termin“", False), ("10–12 Uhr", False), ("bis später …", False), ("😀", False)]
)
def test_alphabet_of_a_text(text: str, short: bool) -> None:
    assert is_gsm_7(text) is short
