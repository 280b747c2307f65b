"""Parts of the day that do not suit, turned into the hours that do."""

from app.domain.language.excluded_day_parts import turn_round
from tests.support.tables import each_row


@each_row(
    "words, hours",
    [
        ("any time but mornings", "ab 12:00 Uhr"),
        ("nicht vormittags", "ab 12:00 Uhr"),
        ("egal, nur nicht morgens", "ab 12:00 Uhr"),
        ("not in the morning", "ab 12:00 Uhr"),
        ("außer abends", "bis 16:59 Uhr"),
        ("anything but the evening", "bis 16:59 Uhr"),
        ("nicht mittags", "nicht mittags"),
        ("vormittags", "vormittags"),
        ("nicht vormittags, lieber abends", "nicht vormittags, lieber abends"),
        (None, None),
    ],
)
def test_hours_that_are_left(words: str | None, hours: str | None) -> None:
    assert turn_round(words) == hours
