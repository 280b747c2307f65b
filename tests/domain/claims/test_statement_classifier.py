"""What a sentence of the agent states: acts, promises, free times and facts, in words that no rule knows."""

import pytest

from app.domain.claims.statement_classifier import extract_training_features, get_statement_probabilities, may_state_fact
from app.domain.claims.statement_thresholds import may_state, states_fact


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("So, Ihr Platz am Dienstag um drei ist Ihnen sicher, ich habe Sie eingeschrieben.", "booked"),
        ("That's you in the book for Tuesday at three.", "booked"),
        ("Ich habe Sie auf Donnerstag um elf umgesetzt.", "moved"),
        ("Den Termin habe ich rausgenommen, der ist weg.", "cancelled"),
        ("I've wiped that appointment from the diary.", "cancelled"),
        ("Am Donnerstag ist bei uns leider alles ausgebucht.", "full"),
        ("Die Kollegin klingelt nachher bei Ihnen durch.", "callback"),
        ("Samstags ist bis zwei jemand im Laden.", "hours"),
        ("The doors open again at two after lunch.", "hours"),
        ("You'd be looking at fifty-eight for that.", "price"),
        ("Nach einer Dreiviertelstunde sind Sie wieder draußen.", "duration"),
    ],
)
def test_sentence_is_known_for_what_it_states(sentence: str, kind: str) -> None:
    chances = get_statement_probabilities(sentence)
    assert chances[kind] >= 0.5 and chances[kind] == max(chances.values())


@pytest.mark.parametrize("sentence", ["Darf ich Sie für Dienstag um drei eintragen?", "Schönen Tag noch!", "Was kann ich für Sie tun?"])
def test_question_or_greeting_states_nothing(sentence: str) -> None:
    assert max(get_statement_probabilities(sentence).values()) < 0.5


def test_what_is_learned_of_one_day_and_hour_holds_for_all() -> None:
    one, other = "Sie sind am Dienstag um drei eingetragen.", "Sie sind am Freitag um elf eingetragen."
    assert set(extract_training_features(one)) == set(extract_training_features(other))


def test_line_with_amount_length_or_words_of_hours_may_state_a_fact() -> None:
    assert all(map(may_state_fact, ("Das macht 40 Euro.", "Eine halbe Stunde.", "Sonntags geschlossen.", "In der Torstraße 12.")))
    assert not may_state_fact("Gern, vielen Dank.")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("booked", "Ihr letzter Termin war am Dienstag um drei."),
        ("booked", "Sie sagen, Sie sind am Mittwoch um neun eingetragen."),
        ("booked", "Anna ruft Sie morgen um neun an."),
        ("booked", "Once that is done you are booked."),
        ("cancelled", "So kurz vorher kann ich das nicht mehr absagen."),
        ("free", "Um zwei ist nichts frei."),
        ("message", "Anna ist Ihre Stylistin."),
    ],
)
def test_rule_that_reads_something_else_overrules_the_classifier(kind: str, sentence: str) -> None:
    assert not may_state(kind, sentence)


def test_fact_is_stated_where_nothing_else_is_as_likely() -> None:
    nothing = dict.fromkeys(("booked", "moved", "free", "full", "callback", "duration", "price", "hours", "fee"), 0.0)
    hours = nothing | {"hours": 0.9}
    assert states_fact("hours", "bis zwei", of_sentence=hours, of_clause=hours)
    assert not states_fact("hours", "bis zwei", of_sentence=hours, of_clause=hours | {"free": 0.95})
    assert not states_fact("hours", "bis zwei", of_sentence=nothing, of_clause=hours)
