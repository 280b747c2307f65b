"""The sentence classifiers: what they were learned from, what they weigh, and that nothing said can upset them."""

import pytest

from app.domain.claims import statement_classifier as statements
from app.domain.emergencies import classifier as emergencies
from app.domain.emergencies.signs import CLASS_FILES
from app.domain.language import omissions
from app.domain.language.linear_classifier import TextClassifier, extract_features, hash_corpus, hash_features, split_windows, tokenize
from app.domain.privacy import refusal_classifier as refusals


@pytest.mark.parametrize(
    ("model", "corpus", "classes"),
    [
        (emergencies.EMERGENCY_WEIGHTS, emergencies.CORPUS, CLASS_FILES),
        (emergencies.KIND_WEIGHTS, emergencies.CORPUS, CLASS_FILES),
        (refusals.WEIGHTS, refusals.CORPUS, ()),
        (statements.WEIGHTS, statements.CORPUS, ()),
        (omissions.WEIGHTS, omissions.CORPUS, ()),
    ],
)
def test_the_weights_were_learned_from_the_corpus_that_lies_beside_them(model, corpus, classes) -> None:  # type: ignore[no-untyped-def]
    assert TextClassifier(model).corpus == hash_corpus(corpus, classes), "scripts/train_classifiers was not run after a change of it"


def test_spelling_makes_no_difference() -> None:
    assert tokenize("Ich kriege KEINE Luft!") == tokenize("ich kriege keine luft") == ["ich", "kriege", "keine", "luft"]
    assert tokenize("Übelkeit, größer") == ["uebelkeit", "groesser"]


def test_words_pairs_and_groups_of_letters_are_weighed_once_each() -> None:
    names = list(extract_features(["es", "brennt"]))
    assert {"es", "brennt", "es brennt", "#<bren"} >= {"es", "brennt", "es brennt"} and "es brennt" in names
    assert hash_features(["es", "es"]) == hash_features(["es"])


def test_what_matters_is_not_lost_in_a_long_speech() -> None:
    talk = "also ich wollte eigentlich nur einen termin zum haareschneiden für nächste woche ausmachen wie immer bei tom "
    assert emergencies.get_emergency_probability(talk * 6) < 0.3
    assert (
        emergencies.get_emergency_probability(talk * 6 + "aber jetzt kriegt meine mutter neben mir keine luft mehr und wird ganz blau")
        > 0.6
    )
    assert {len(piece) for piece in split_windows(["wort"] * 100)} == {30}


@pytest.mark.parametrize("text", ["", " ", "?!…", "\x00", "a" * 5000, "\ud800", "🙂" * 50, "नमस्ते"])
def test_whatever_is_said_it_is_scored(text: str) -> None:
    assert 0 <= emergencies.get_emergency_probability(text) <= 1
    assert all(0 <= chance <= 1 for chance in refusals.get_refusal_probabilities(text, text).values())


def test_an_answer_is_read_in_the_light_of_the_question() -> None:
    asked, turned = "Darf ich das Gespräch aufzeichnen?", "Haben Sie etwas gegen eine Aufzeichnung?"
    assert refusals.get_refusal_probabilities(asked, "nein lieber nicht")["recording"] > 0.6
    assert refusals.get_refusal_probabilities(turned, "nein")["recording"] < 0.5
    assert refusals.get_refusal_probabilities("Passt Ihnen der Dienstag?", "nein lieber nicht")["recording"] < 0.5
