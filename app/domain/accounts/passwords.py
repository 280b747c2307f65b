"""Passwords: how they rest, and which ones are good enough."""

import re
import secrets
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask_babel import gettext as _

MIN_LENGTH = 12
MAX_LENGTH = 1024
COMMON_FILE = Path(__file__).with_name("common_passwords.txt")
# neighbours on the keyboard, in the alphabet and in counting, read in both directions
KEYBOARD_ROWS = (
    "1234567890" * 2,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopü",
    "qwertyuiop",
    "asdfghjklöä",
    "yxcvbnm",
    "zxcvbnm",
    "^1234567890ß",
)
LEET_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
# without 0/O, 1/l/I and what is hard to say on the telephone
ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

# OWASP's recommendation for Argon2id: 19 MiB, two rounds, one lane; about 20 ms
ARGON2_PARAMETERS = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
# the tests put a cheap one in its place
hasher = PasswordHasher(**ARGON2_PARAMETERS)


def hash_password(password: str) -> str:
    return hasher.hash(_normalise(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; for somebody who has none, or does not exist, in the same time: no."""
    known = password_hash or _get_dummy_hash()
    try:
        right = hasher.verify(known, _normalise(password[:MAX_LENGTH]))
    except (Argon2Error, InvalidHashError):
        return False
    return right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return hasher.check_needs_rehash(password_hash)


def generate_one_time_password() -> str:
    """Four groups of five, to be read out: 99 bits."""
    return "-".join("".join(secrets.choice(ONE_TIME_LETTERS) for _letter in range(5)) for _group in range(4))


def find_weakness(password: str, *, own_words: tuple[str, ...] = ()) -> str | None:
    """One sentence about why the password will not do, or None; `own_words` are the user's name, address and business."""
    if len(password) < MIN_LENGTH:
        return _("Das Passwort ist zu kurz. Es braucht mindestens %(n)s Zeichen.", n=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        return _("Das Passwort ist zu lang. Höchstens %(n)s Zeichen.", n=MAX_LENGTH)
    if _is_common(password):
        return _("Dieses Passwort steht auf Listen, die Angreifer zuerst versuchen.")
    if _is_pattern(password):
        return _("Dieses Passwort ist leicht zu erraten: Es besteht aus Wiederholungen oder Reihen.")
    if _is_own_word(password, own_words):
        return _("Dieses Passwort besteht fast nur aus Ihrem Namen, Ihrer Adresse oder Ihrem Betrieb.")
    return None


def _normalise(password: str) -> bytes:
    """The same characters typed on another device come out as the same bytes."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _is_common(password: str) -> bool:
    """A common word is none the better for capitals, for 0 in place of o, or for a year and a sign behind it."""
    typed = unicodedata.normalize("NFKC", password).lower()
    words = {typed, re.sub(r"[\W\d_]+$", "", typed), re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed), re.sub(r"[\W_]+", "", typed)}
    words |= {word.translate(LEET_LETTERS) for word in words}
    words |= {re.sub(r"[\W\d_]+$", "", word) for word in words}
    return any(word in _load_common_passwords() or _strip_repetition(word) in _load_common_passwords() for word in words)


def _strip_repetition(word: str) -> str:
    """The part that a word repeats: `passwort` of `passwortpasswort`."""
    found = re.fullmatch(r"(.+?)\1+", word)
    return found[1] if found else word


def _is_pattern(password: str) -> bool:
    """Few different characters, a short part again and again, or mostly rows of neighbours."""
    typed = password.lower()
    if len(set(typed)) < 5 or re.fullmatch(r"(.{1,4})\1{2,}.{0,3}", typed):
        return True
    neighbours = sum(any(pair in row or pair[::-1] in row for row in KEYBOARD_ROWS) for pair in map("".join, pairwise(typed)))
    return neighbours >= 0.75 * (len(typed) - 1)


def _is_own_word(password: str, own_words: tuple[str, ...]) -> bool:
    """Whether fewer than six characters are left without the words that anybody knows of the user."""
    rest = password.lower()
    known = {part for words in own_words for part in re.findall(r"\w{4,}", words.lower())}
    for part in sorted(known, key=len, reverse=True):
        rest = rest.replace(part, "")
    return rest != password.lower() and len(re.sub(r"[\W_]+", "", rest)) < 6


@cache
def _load_common_passwords() -> frozenset[str]:
    lines = COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _get_dummy_hash() -> str:
    """What the password of an unknown user is compared with, so that the answer takes as long."""
    return hasher.hash(secrets.token_bytes(16))
