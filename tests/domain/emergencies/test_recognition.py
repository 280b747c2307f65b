"""Who is in need is heard, in German and English, at any business; who only speaks of something like it is not."""

import json
from pathlib import Path

import pytest

from app.domain.emergencies.caller_instructions import LABELS
from app.domain.emergencies.phrase_matcher import tokenize
from app.domain.emergencies.recognition import recognise_emergency, recognise_in_texts
from app.domain.emergencies.signs import EmergencyKind, load_table
from app.domain.emergencies.signs.danger_words import find_danger_words

DATA = Path(__file__).parent / "data"
INDUSTRIES = {"physio": "physiotherapy", "plumber": "plumbing"}


def read(name: str) -> list[tuple[str, str]]:
    return [(INDUSTRIES.get(row["trade"], row["trade"]), row["text"]) for row in json.loads((DATA / f"{name}.json").read_text())]


@pytest.mark.parametrize("name", ["emergencies", "own_emergencies"])
def test_every_emergency_is_heard(name: str) -> None:
    assert [(industry, text) for industry, text in read(name) if recognise_emergency(text, industry) is None] == []


@pytest.mark.parametrize("name", ["emergencies", "own_emergencies", "unseen_emergencies", "fourth_emergencies"])
def test_what_is_heard_counts_at_every_hour(name: str) -> None:
    found = [(text, kind) for industry, text in read(name) if (kind := recognise_emergency(text, industry))]
    assert [text for text, kind in found if kind.is_out_of_hours] == []


@pytest.mark.parametrize("name", ["harmless", "own_harmless"])
def test_almost_nothing_harmless_is_taken_for_one(name: str) -> None:
    rows = read(name)
    false = [(kind.name, text) for industry, text in rows if (kind := recognise_emergency(text, industry)) and not kind.is_out_of_hours]
    assert len(false) <= len(rows) * 3 // 120, false


@pytest.mark.parametrize("name", ["unseen", "fourth"])
def test_sentences_that_nobody_learned_from_are_heard_too(name: str) -> None:
    """Written by people who knew neither the table nor the corpus: the first run found 57 of 60 with 3 of 120 false, of the fourth set
    56 with 6. The four were pleas under cover and farewells, the six courses, cars, work and wills; since then both have learned more
    of these kinds, from other sentences.
    """
    rows, harmless = read(f"{name}_emergencies"), read(f"{name}_harmless")
    missed = [text for industry, text in rows if recognise_emergency(text, industry) is None]
    false = [text for industry, text in harmless if recognise_emergency(text, industry) is not None]
    assert len(missed) <= 3 and len(false) <= 3, (missed, false)


def test_a_set_that_nothing_was_learned_from() -> None:
    """Written by somebody who knew neither table nor corpus, and kept out of both: the first run found 58 of 60 with 7 of 120 false."""
    missed = [text for industry, text in read("fifth_emergencies") if recognise_emergency(text, industry) is None]
    kinds = [(text, recognise_emergency(text, industry)) for industry, text in read("fifth_harmless")]
    false = [text for text, kind in kinds if kind is not None and not kind.is_out_of_hours]
    assert (len(missed) <= 2, len(false) <= 7) == (True, True), (missed, false)


def test_emergencies_written_before_the_floor_of_evidence_are_all_heard() -> None:
    """40 of 40 before evidence was asked for, and after; nothing was learned from them."""
    assert [text for industry, text in read("sixth_emergencies") if recognise_emergency(text, industry) is None] == []


def test_what_a_car_shows_is_no_fire_and_a_burning_car_is() -> None:
    """Lamps that burn, exhausts that smoke and dead batteries are reasons for an appointment: 9 of the first 25 were taken for a fire."""
    false = [(kind.name, text) for industry, text in read("vehicle_harmless") if (kind := recognise_emergency(text, industry))]
    assert false == []
    assert [text for industry, text in read("vehicle_emergencies") if recognise_emergency(text, industry) is None] == []


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Auto springt nicht an", "morgen"], None),
        (["car won't start", "2099-12-24"], None),
        (["Auto springt nicht an", "2020-12-24"], "breakdown"),
        (["Auto springt nicht an", "jetzt gleich"], "breakdown"),
        (["Panne auf der A7", "morgen"], "motorway"),
    ],
)
def test_a_car_that_is_to_be_seen_another_day_is_no_breakdown(texts: list[str], kind: str | None) -> None:
    found = recognise_in_texts(texts, "garage")
    assert (found and found.name) == kind


@pytest.mark.parametrize("industry", ["hair_salon", "dental_practice", "garage"])
def test_ordinary_sentences_of_strangers_raise_no_alarm(industry: str) -> None:
    """Every third of the sentences of strangers; none was learned, though lines of the kind of some that were wrong: at first 13 of 873."""
    sentences = (DATA / "ordinary.txt").read_text().splitlines()
    false = [(kind.name, text) for text in sentences if (kind := recognise_emergency(text, industry)) and not kind.is_out_of_hours]
    assert len(false) <= 2, false


@pytest.mark.parametrize(
    "said",
    [
        "I can't do tomorrow any more, sorry.",
        "egal, nur bitte nicht bei Anna",
        "Egal, aber nicht bei Tom bitte",
        "And the Pankow one, day after tomorrow?",
        "Morning. Whitening, and it has to be a Friday, I work away.",
        "A blow-dry thing, cut and wash, tonight? I've got a date.",
        "Uff. Ich lass es mir durch den Kopf gehen.",
        "bis achtzehn Uhr erreichen Sie mich",
        "Das mag ich nicht.",
        "Den Jonas mag ich nicht.",
        "Please get somebody to ring me back.",
        "Und sonst?",
        "Und wenn nicht?",
        "Wo genau sind Sie denn da? Ich steh an der S-Bahn und find's nicht.",
        "Frau Ahrens. Sagen Sie bitte Jonas, er soll seine Tasche abholen.",
        "I've sold the car, so I won't need Wednesday any more.",
    ],
)
def test_ordinary_words_are_no_emergency(said: str) -> None:
    assert recognise_emergency(said, "hair_salon") is None


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("I can't do tomorrow any more, sorry.", set()),
        ("Anna Lang, übermorgen um achtzehn Uhr, meine Nummer haben Sie", set()),
        ("Ich werde bald nicht mehr da sein", {"suicide"}),
        ("nobody would miss me", {"suicide"}),
        ("Er hat die Lauge getrunken", {"danger", "hint"}),
        ("my leg", {"hint"}),
    ],
)
def test_what_words_can_mean(said: str, kinds: set[str]) -> None:
    assert find_danger_words(said) == kinds


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Anna Lang", "bis achtzehn Uhr erreichen Sie mich", "morgen", "Rückruf wegen der Farbe"], None),
        (["I can't do tomorrow any more", "day after tomorrow", "the Pankow one"], None),
        (["Haarschnitt", "Mein Mann hat Druck auf der Brust", "morgen"], "heart"),
        (["chest pain", "he is sweating, left arm"], "heart"),
    ],
)
def test_only_what_bears_evidence_adds_up(texts: list[str], kind: str | None) -> None:
    found = recognise_in_texts(texts, "hair_salon")
    assert (found.name if found else None) == kind


@pytest.mark.parametrize(
    ("said", "is_emergency"),
    [
        ("Wann ist der nächste Herzmassage-Kurs?", False),
        ("Is the CPR class on Saturday still on?", False),
        ("Wir machen Herzmassage, kommen Sie schnell in den Salon", True),
        ("We are doing CPR on a customer", True),
        ("Ich ersticke in Arbeit, geht auch nächsten Monat?", False),
        ("Ich ersticke, ich habe etwas im Hals", True),
        ("I fell asleep on the sofa and slept right through my appointment", False),
        ("He passed out on the sofa and I can't wake him", True),
        ("Könnten Sie jemanden schicken, der Abfluss ist verstopft, Lindenweg zwei", False),
        ("Ja, einmal färben bitte. Er steht neben mir. Schicken Sie bitte die Polizei in den Lindenweg zwei", True),
        ("Bitte streichen Sie alle Termine, wir ziehen um. Danke, Sie waren immer so nett", False),
        ("Streichen Sie alles, für immer. Mich wird keiner vermissen. Danke, Sie waren immer so nett", True),
        ("We've bought a flat together and would like to make a will", False),
    ],
)
def test_kinds_that_were_taken_for_each_other(said: str, is_emergency: bool) -> None:
    assert (recognise_emergency(said, "hair_salon") is not None) == is_emergency


def test_what_can_wait_is_told_from_what_cannot() -> None:
    """Written before the classifier had learned what can wait: of 40 such sentences 17 were taken for an emergency at any hour
    (a cold flat for a breakdown on the motorway, an earache for a poisoning), and 15 were not heard at night either. Of 31 beside
    them, emergencies in such words, farewells, and what only sounds like one, 3 were wrong.
    Toothache, fever and cold radiators were later taught once more, from other sentences.
    """
    rows = json.loads((DATA / "unseen_waiting.json").read_text())
    found = [(row["is"], _urgency(recognise_emergency(row["text"], row["trade"])), row["text"]) for row in rows]
    wrong = [(is_so, told, text) for is_so, told, text in found if told != is_so]
    assert len([each for each in wrong if each[:2] == ("waits", "emergency")]) <= 3, wrong
    assert len([each for each in wrong if each[:2] == ("waits", "none")]) <= 5, wrong
    assert len([each for each in wrong if each[0] != "waits"]) <= 2, wrong


def _urgency(kind: EmergencyKind | None) -> str:
    return "none" if kind is None else "waits" if kind.is_out_of_hours else "emergency"


@pytest.mark.parametrize(
    ("said", "industry", "kind"),
    [
        ("Druck auf der Brust", "hair_salon", "heart"),
        ("Ich arbeite in der Druckerei", "hair_salon", None),
        ("Ich habe keine Schmerzen in der Brust", "medical_practice", None),
        ("Die Brust schmerzt nicht mehr", "medical_practice", None),
        ("Nein, Brustschmerzen habe ich nicht", "medical_practice", None),
        ("No my chest hurts", "medical_practice", "heart"),
        ("mei Oma kriagt koa Luft ned", "medical_practice", "breathing"),
        ("Letztes Jahr hatte ich einen Herzinfarkt", "medical_practice", None),
        ("Letztes Jahr hatte ich einen Herzinfarkt, jetzt habe ich wieder so einen Druck auf der Brust", "medical_practice", "heart"),
        ("Ich brauche ein Rezept nach meinem Schlaganfall", "medical_practice", None),
        ("Ich glaube, ich habe einen Schlaganfall", "medical_practice", "stroke"),
        ("Der Schlag Anfall war gerade eben", "medical_practice", "stroke"),
        ("Mein Hund hat Rattengift gefressen", "vet", "vet_emergency"),
        ("Im Wartezimmer ist eine Frau zusammengebrochen", "vet", "unconscious"),
        ("Ueberall Blut, er verblutet", "hair_salon", "bleeding"),
        ("I want to die", "hair_salon", "suicide"),
        ("I want to book the die cutting class", "hair_salon", None),
        ("Er hat gedroht mich umzubringen und kommt gleich", "law_office", "assault"),
        ("Mein Freund droht, mich und die Kinder umzubringen", "hair_salon", "assault"),
        ("She's threatening to kill me, she is in the house", "law_office", "assault"),
        ("Meine Schwester droht sich umzubringen", "hair_salon", "suicide"),
        ("He threatened to kill himself", "hair_salon", "suicide"),
        ("Ich will mich umbringen", "hair_salon", "suicide"),
        ("Ich bringe mich heute um", "hair_salon", "suicide"),
        ("Die Hitze bringt uns um, haben Sie eine Klimaanlage?", "hair_salon", None),
        ("My wife says she'll kill me if my hair isn't done", "hair_salon", None),
        ("Ich habe schlimme Zahnschmerzen", "dental_practice", "toothache"),
        ("Die Heizung geht nicht mehr, uns ist kalt", "plumbing", "no_heating"),
        ("Mein Kind hat Ohrenschmerzen und weint", "medical_practice", "urgent"),
        ("Ich habe Ohrenschmerzen und kriege keine Luft", "medical_practice", "breathing"),
        ("Der Strom ist weg und mein Vater hängt am Beatmungsgerät", "electrician", "sparks"),
    ],
)
def test_denials_times_and_meanings(said: str, industry: str, kind: str | None) -> None:
    found = recognise_emergency(said, industry)
    assert (found.name if found else None) == kind


def test_phrases_of_a_business_are_heard_in_any_spelling_and_switch_nothing_off() -> None:
    assert recognise_emergency("Bei uns läuft die ÖLWANNE über!", "garage", ["Oelwanne über"]).name == "own"  # type: ignore[union-attr]
    assert recognise_emergency("Druck auf der Brust", "garage", ["Druck auf der Brust"]).name == "heart"  # type: ignore[union-attr]
    assert recognise_emergency("Guten Tag", "garage", [""]) is None


def test_no_phrase_of_the_table_loses_what_makes_it_one() -> None:
    """Words that are dropped must not leave one everyday word of a phrase of several."""
    table = load_table()
    assert [
        phrase for phrase in table.phrases if len(phrase.split()) > 1 and len(tokenize(phrase, table.vocabulary.spelling).words) < 2
    ] == []


def test_every_kind_has_a_name_for_people() -> None:
    assert set(load_table().kinds) == set(LABELS)


@pytest.mark.parametrize("text", ["", " ", "?!…", "\x00", "a" * 100_000, "nicht " * 5000, "ä🙂" * 3000, "brust " * 2000])
def test_whatever_is_said_it_is_read(text: str) -> None:
    recognise_emergency(text, "medical_practice")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("two-year-old bit into a dishwasher tablet and is drooling", "poison"),
        ("She sucked on a laundry pod", "poison"),
        ("My toddler bit a washing capsule", "poison"),
        ("Our son put a dishwasher tab in his mouth", "poison"),
        ("Sie hat in einen Spülmaschinentab gebissen", "poison"),
        ("Mein Kleiner hat auf eine Knopfzelle gebissen", "poison"),
        ("Das Kind hat an einer Waschmittelkapsel gelutscht", "poison"),
        ("Sie hat am Rohrreiniger geleckt und sabbert", "poison"),
        ("I bit into an apple and lost a crown", None),
        ("Beim Brötchen auf etwas Hartes gebissen, Füllung raus", None),
        ("A bit of bleach on the ends, please", None),
        ("Do you sell dishwasher tablets?", None),
        ("So ein Check mit Herz und Blut und allem", None),
        ("Einmal Herz und Blut durchchecken bitte", None),
        ("A general check-up, heart and blood and so on", None),
        ("Heart and blood pressure check, please", None),
        ("Das Herz rast, und mir ist schwindlig", "heart"),
        ("My heart is racing and there is blood", "heart"),
    ],
)
def test_what_was_in_the_mouth_and_what_is_to_be_checked(said: str, kind: str | None) -> None:
    found = recognise_emergency(said, "medical_practice")
    assert (found.name if found and not found.is_out_of_hours else None) == kind
