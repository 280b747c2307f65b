"""Services in other words than the catalogue's."""

from datetime import datetime

import pytest

from app.domain.claims.evidence_types import Evidence, ServiceEvidence
from app.domain.claims.name_index import NameIndex

OFFERS = ("Haarschnitt Damen", "Haarschnitt Herren", "Färben", "Strähnen", "Professionelle Zahnreinigung", "Ölwechsel")


def find(text: str, *offers: str) -> set[str]:
    names = NameIndex(Evidence("Europe/Berlin", datetime(2026, 11, 27, 9), offers=[ServiceEvidence(each, (each,)) for each in offers]))
    return {service for match in names.service.finditer(text) for service in names.find_services(match[0])}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ihr haarschnitt ist gebucht", {"Haarschnitt Damen", "Haarschnitt Herren"}),
        ("der damenhaarschnitt ist gebucht", {"Haarschnitt Damen"}),
        ("your haircut is booked", {"Haarschnitt Damen", "Haarschnitt Herren"}),
        ("ihre zahnreinigung", {"Professionelle Zahnreinigung"}),
        # highlights are colour as well
        ("your colour on friday", {"Färben", "Strähnen"}),
        ("your oil change", {"Ölwechsel"}),
        ("your brakes", {"not offered: brakes"}),
        ("im durchschnitt eine stunde", set()),
        ("would you change it", set()),
    ],
)
def test_service_is_meant_by_other_words(text: str, meant: set[str]) -> None:
    assert find(text, *OFFERS) == meant


def test_name_that_says_nothing_may_be_meant_by_any_word() -> None:
    assert find("ihre farbe am freitag", "Paket Venus", "Föhnen") == {"Paket Venus"}
