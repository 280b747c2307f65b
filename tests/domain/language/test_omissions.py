"""Sentences at which the rules ask are read again without the words that tell something beside the wish."""

from datetime import UTC, datetime

import pytest

from app.domain.language import omissions
from app.domain.language.linear_classifier import TextClassifier
from app.domain.language.normalization import normalize
from app.domain.language.parser import parse_time_expression

# a Friday
NOW, ZONE = datetime(2026, 11, 20, 9, 15, tzinfo=UTC), "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("Mein Mann holt um vier die Kinder, danach passt es mir, also Mittwoch ab halb fünf", "2026-11-25", None),
        ("Sechzehn Uhr dreißig, ich verbessere mich, siebzehn Uhr dreißig, am Dienstag", "2026-11-24", "17:30"),
        ("In drei Wochen, wenn ich wieder Tagschicht habe, am liebsten am Freitag um zehn", "2026-12-11", "10:00"),
    ],
)
def test_a_wish_is_read_without_what_stands_beside_it(text: str, day: str, at: str | None) -> None:
    when = parse_time_expression(text, NOW, ZONE)
    assert not when.question
    assert (str(when.day), f"{when.at:%H:%M}" if when.at else None) == (day, at)


def test_nothing_is_left_out_where_there_is_a_choice() -> None:
    assert list(omissions.find_remainders(normalize("Um vier hab ich Schule, also am Dienstag um drei oder um fünf"))) == []


def test_no_time_is_cut() -> None:
    words = omissions.get_kinds(omissions.split_text("um 10 , am 4. um 8 , 9 uhr"))
    cuts = {place for span in omissions.list_spans(words) for place in span}
    assert cuts == {0, 2, 3, 5, 10}


def test_a_long_speech_is_left_as_it_is() -> None:
    assert list(omissions.find_remainders("ich hab um 4 schule, " * 10)) == []


def test_a_stretch_weighs_what_its_features_weigh() -> None:
    words = omissions.get_kinds(omissions.split_text("i drop the kids off at half 8 , thursday at 9"))
    weights = TextClassifier(omissions.WEIGHTS).get_weights(omissions.LABEL)
    for score, start, end in omissions._score_spans(words, weights):
        names = omissions.extract_features(words, start, end)
        total = sum(weights.values[bucket] for name in names for bucket in omissions.hash_features([name]))
        assert score == pytest.approx(total * weights.scale + weights.bias)
