"""What answers mean by themselves, and that nothing but a clear yes cancels."""

import random
from itertools import product
from pathlib import Path

from hypothesis import example, given, settings, strategies as st

from app.domain.replies.intent import is_clear_yes, is_refusal, read_intent
from app.domain.replies.reply_text import correct_slip, normalize_reply
from tests.support.tables import each_row

TABLE = Path(__file__).with_name("replies.txt").read_text().splitlines()
ROWS = [tuple(part.strip() for part in line.split("|")) for line in TABLE if line.strip() and not line.startswith("#")]
KINDS = {
    "confirmed": {"confirm", "1"}, "kept": {"keep"}, "offered": {"move", "2"}, "asks_cancel": {"cancel"}, "silent": {"thanks"},
    "stopped": {"stop"},
    "help": {"help"}, "asks_again": {"number", "numbers", "contradiction"}, "handed_over": {"question", "other", "late"},
}  # fmt: skip
YES = ("ja", "jaa", "jo", "jep", "jup", "jawohl", "yes", "yep", "yeah")
PLAIN = {"ja", "jo", "jau", "jup", "jep", "jepp", "yep", "yup", "yes", "yea", "yeah", "jawohl", "jawoll", "jop", "jaja"}
# beside a yes to "really cancel?" each of these says that something else is meant, or may be
DOUBTS = (
    "nein", "nicht", "doch", "aber", "komme", "ich komme", "bleibt", "behalten", "vielleicht", "moment", "warten", "später", "verschieben",
    "termin", "gerne", "passt", "ok", "1", "2", "?", "wenn", "erst", "nur", "lieber", "no", "not", "don't", "but", "keep", "maybe", "wait",
    "later", "I'll come", "see you", "alles gut", "kein problem", "no problem", "nicht absagen", "don't cancel", "never", "auf keinen Fall",
)  # fmt: skip
KEEPING = (
    "nein danke, passt so", "nein, alles gut", "no problem", "nein nein, alles ok", "Nö passt schon so", "kein Thema", "alles gut, danke",
    "nicht absagen", "bitte nicht stornieren", "sag bitte nicht ab", "ich will nicht absagen", "Ich kann nicht absagen", "don't cancel",
    "please do not cancel", "never cancel my appointment", "no worries", "all good", "no changes", "bloß nicht absagen!",
)  # fmt: skip


@each_row("situation, text, expected", [row for row in ROWS if row[0] in ("one", "en")])
def test_what_an_answer_means(situation: str, text: str, expected: str) -> None:
    intent = read_intent(text)
    shown = str(intent.number) if intent.kind == "number" and intent.number in (1, 2) else intent.kind
    assert shown in KINDS[expected]


@each_row("text", KEEPING)
def test_what_sounds_like_a_no_and_is_none(text: str) -> None:
    assert read_intent(text).kind != "cancel"
    assert not is_clear_yes(text)


@each_row("text", YES)
def test_a_plain_yes_is_clear(text: str) -> None:
    for written in (text, text.upper(), f"{text}!", f"{text} bitte", f"{text}, leider 😢", f"bitte {text}", f"{text} {text}"):
        assert is_clear_yes(written), written


@each_row("doubt", DOUBTS)
def test_beside_a_doubt_a_yes_is_not_clear(doubt: str) -> None:
    for yes, order in product(YES, ("{yes} {doubt}", "{doubt} {yes}", "{yes}, {doubt}!", "{yes} bitte {doubt}")):
        text = order.format(yes=yes, doubt=doubt)
        assert not is_clear_yes(text), text
    assert not is_clear_yes(doubt)


@settings(max_examples=400)
@given(st.text(max_size=60))
@example("ja\u200bnein")
@example("JA" * 200)
def test_no_text_whatever_breaks_it_or_cancels_without_a_yes(text: str) -> None:
    read_intent(text)
    is_refusal(text)
    if is_clear_yes(text):
        words = set(normalize_reply(text).split())
        assert words & PLAIN or any(word.startswith(("ab", "sag", "storn", "cancel", "streich", "call")) for word in words)


@settings(max_examples=400)
@given(st.lists(st.sampled_from((*YES, *DOUBTS, "bitte", "danke", "absagen", "cancel", "den Termin", "leider")), min_size=1, max_size=5))
def test_no_mixture_with_a_doubt_cancels(parts: list[str]) -> None:
    text = " ".join(parts)
    if set(parts) & set(DOUBTS) - {"termin"}:
        assert not is_clear_yes(text), text


def test_a_yes_and_a_refusal_exclude_each_other() -> None:
    rng = random.Random(7)
    words = [word for row in ROWS for word in row[1].split()]
    for _turn in range(3000):
        text = " ".join(rng.sample(words, rng.randint(1, 4)))
        assert not (is_clear_yes(text) and is_refusal(text)), text


@each_row("word, meant", [
    ("absgen", "absagen"), ("abasgen", "absagen"), ("absagenn", "absagen"), ("cancle", "cancel"), ("vershieben", "verschieben"),
    ("zusagen", "zusagen"), ("ansage", "absage"), ("nein", "nein"), ("mein", "mein"), ("ja", "ja"), ("abgesagt", "abgesagt"),
])  # fmt: skip
def test_slips_are_corrected_and_opposites_are_not(word: str, meant: str) -> None:
    assert correct_slip(word) == meant
