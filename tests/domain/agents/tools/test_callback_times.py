"""A callback is due in the opening hours of the day and the part of it that was wished, and is spoken so."""

import pytest

from tests.domain.agents.tools.test_spelling import stranger as stranger
from tests.support.agent_call import AgentCall

WEDNESDAY = "übermorgen, Mittwoch, den 6. Mai,"


@pytest.mark.parametrize(
    ("when", "due_at", "says"),
    [
        ("am Mittwoch", "2026-05-06T09:00", f"Wir rufen Sie {WEDNESDAY} ab 9 Uhr zurück."),
        ("Mittwoch früh", "2026-05-06T09:00", f"Wir rufen Sie {WEDNESDAY} zwischen 9 Uhr und 12 Uhr zurück."),
        ("Mittwoch Nachmittag", "2026-05-06T12:00", f"Wir rufen Sie {WEDNESDAY} zwischen 12 Uhr und 18 Uhr zurück."),
        ("Mittwoch zwischen drei und vier", "2026-05-06T15:00", f"Wir rufen Sie {WEDNESDAY} zwischen 15 Uhr und 16 Uhr zurück."),
        ("Mittwoch ab 16 Uhr", "2026-05-06T16:00", f"Wir rufen Sie {WEDNESDAY} ab 16 Uhr zurück."),
        ("Mittwoch bis 16 Uhr", "2026-05-06T16:00", f"wir melden uns bis spätestens {WEDNESDAY} um 16 Uhr."),
        ("Mittwoch um 16 Uhr", "2026-05-06T16:00", f"Wir rufen Sie {WEDNESDAY} um 16 Uhr zurück."),
        ("am Sonntag", "2026-05-11T09:00", "Dann ist geschlossen, wir rufen Sie am Montag, dem 11. Mai, ab 9 Uhr zurück."),
        (
            "Mittwoch Abend nach sieben",
            "2026-05-07T09:00",
            "wir rufen Sie am Donnerstag, dem 7. Mai, ab 9 Uhr zurück.",
        ),
        ("Mittwoch Abend um neun", "2026-05-06T18:00", f"Dann ist niemand mehr da, wir rufen Sie {WEDNESDAY} vor 18 Uhr zurück."),
        ("Mittwoch um 18 Uhr", "2026-05-06T18:00", f"Dann ist niemand mehr da, wir rufen Sie {WEDNESDAY} vor 18 Uhr zurück."),
        ("Mittwoch früh um sechs", "2026-05-06T09:00", f"Dann ist geschlossen, wir rufen Sie {WEDNESDAY} ab 9 Uhr zurück."),
        ("Sonntag um elf", "2026-05-11T09:00", "Dann ist geschlossen, wir rufen Sie am Montag, dem 11. Mai, ab 9 Uhr zurück."),
        ("heute Abend um neun", "2026-05-04T18:00", "Dann ist niemand mehr da, wir rufen Sie heute vor 18 Uhr zurück."),
        (
            "Wednesday at nine pm",
            "2026-05-06T18:00",
            "call you back the day after tomorrow, Wednesday, 6 May before 6 pm.",
        ),
        ("nachmittags", "2026-05-04T12:00", "Wir rufen Sie heute zwischen 12 Uhr und 18 Uhr zurück."),
        ("Mittwoch oder Donnerstag", "2026-05-06T09:00", f"Wir rufen Sie {WEDNESDAY} ab 9 Uhr zurück."),
        ("aber nicht heute", "2026-05-05T09:00", "Wir rufen Sie morgen, Dienstag, den 5. Mai, ab 9 Uhr zurück."),
        ("nach vier, aber nicht heute", "2026-05-05T16:00", "Wir rufen Sie morgen, Dienstag, den 5. Mai, ab 16 Uhr zurück."),
        ("vormittags, nur nicht morgen", "2026-05-04T10:00", "Wir rufen Sie heute zwischen 10 Uhr und 12 Uhr zurück."),
        ("nicht heute und nicht morgen, ab zehn", "2026-05-06T10:00", f"Wir rufen Sie {WEDNESDAY} ab 10 Uhr zurück."),
        ("after four, but not today", "2026-05-05T16:00", "We will call you back tomorrow, Tuesday, 5 May from 4 pm."),
        ("not today, any time after ten", "2026-05-05T10:00", "We will call you back tomorrow, Tuesday, 5 May from 10 am."),
        ("any day but tomorrow, mornings", "2026-05-04T10:00", "We will call you back today between 10 am and noon."),
        ("um zehn, aber nicht morgen", "2026-05-06T10:00", f"Wir rufen Sie {WEDNESDAY} um 10 Uhr zurück."),
        ("on Wednesday", "2026-05-06T09:00", "We will call you back the day after tomorrow, Wednesday, 6 May from 9 am."),
        ("tomorrow morning please", "2026-05-05T09:00", "We will call you back tomorrow, Tuesday, 5 May between 9 am and noon."),
    ],
)
def test_callback_is_due_when_it_was_wished(stranger: AgentCall, when: str, due_at: str, says: str) -> None:
    if says.startswith(("We", "call")):
        stranger.utterances += ["Salon Lindgren.", "I would like you to call me back, please."]
    told = stranger.use("request_callback", name="Karl Baum", when=when)
    assert told["ok"] and told["data"]["due_at"][:16] == due_at and told["say"].endswith(says), told


@pytest.mark.parametrize(
    ("phone", "digits"), [("oh one five one, double two, three four five, six seven eight nine", "0 1 5 1 2 2"), ("0151 234500", "0 1 5 1")]
)
def test_a_number_with_a_wrong_count_of_digits_is_asked(stranger: AgentCall, phone: str, digits: str) -> None:
    told = stranger.use("request_callback", name="Karl Baum", phone=phone)
    assert (told["ok"], told["code"], told["data"]) == (False, "missing", {"fields": ["phone"]}) and digits in told["say"]


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("null drei null, zwo drei eins zwo fünf, eins vier sieben", "030 23125147"),
        ("0171 3920575", "171 3920575"),
        ("oh one seven one, three nine two oh, five seven five", "171 3920575"),
    ],
)
def test_another_number_is_said_back(stranger: AgentCall, phone: str, number: str) -> None:
    told = stranger.use("request_callback", name="Karl Baum", phone=phone)
    assert told["ok"] and told["say"].endswith(f"{number}."), told
    assert number not in stranger.use("request_callback", name="Karl Baum", when="morgen")["say"]
