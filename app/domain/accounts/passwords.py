"""Password hashing and password rules."""

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
# neighbours on the keyboard, in the alphabet and in digits, in both directions
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
# without 0/O, 1/l/I and letters that are hard to distinguish on the telephone
ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

# OWASP's recommendation for Argon2id: 19 MiB, two rounds, one lane; about 20 ms
ARGON2_PARAMETERS = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
# tests replace it with a cheap one
hasher = PasswordHasher(**ARGON2_PARAMETERS)


def hash_password(password: str) -> str:
    return hasher.hash(_normalise(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Verify a password; takes the same time, and fails, for a user without one."""
    stored_hash = password_hash or _get_dummy_hash()
    try:
        right = hasher.verify(stored_hash, _normalise(password[:MAX_LENGTH]))
    except (Argon2Error, InvalidHashError):
        return False
    return right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    return hasher.check_needs_rehash(password_hash)


def generate_one_time_password() -> str:
    """Generate four groups of five letters, 99 bits, easy to read out."""
    return "-".join("".join(secrets.choice(ONE_TIME_LETTERS) for _letter in range(5)) for _group in range(4))


def find_weakness(password: str, *, own_words: tuple[str, ...] = ()) -> str | None:
    """Find the weakness of a password, as a sentence, or None; `own_words` are the user's name, address and business."""
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
    """Normalize to NFKC, so that every device gives the same bytes."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _is_common(password: str) -> bool:
    """Check for a common word, also with capitals, leet letters or digits and signs around it."""
    typed = unicodedata.normalize("NFKC", password).lower()
    words = {typed, re.sub(r"[\W\d_]+$", "", typed), re.sub(r"^[\W\d_]+|[\W\d_]+$", "", typed), re.sub(r"[\W_]+", "", typed)}
    words |= {word.translate(LEET_LETTERS) for word in words}
    words |= {re.sub(r"[\W\d_]+$", "", word) for word in words}
    return any(word in _load_common_passwords() or _strip_repetition(word) in _load_common_passwords() for word in words)


def _strip_repetition(word: str) -> str:
    """Strip a repetition: `passwort` of `passwortpasswort`."""
    match = re.fullmatch(r"(.+?)\1+", word)
    return match[1] if match else word


def _is_pattern(password: str) -> bool:
    """Check for few different characters, repetitions or keyboard rows."""
    typed = password.lower()
    if len(set(typed)) < 5 or re.fullmatch(r"(.{1,4})\1{2,}.{0,3}", typed):
        return True
    neighbours = sum(any(pair in row or pair[::-1] in row for row in KEYBOARD_ROWS) for pair in map("".join, pairwise(typed)))
    return neighbours >= 0.75 * (len(typed) - 1)


def _is_own_word(password: str, own_words: tuple[str, ...]) -> bool:
    """Check whether fewer than six characters remain without the user's own words."""
    rest = password.lower()
    parts = {part for words in own_words for part in re.findall(r"\w{4,}", words.lower())}
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "")
    return rest != password.lower() and len(re.sub(r"[\W_]+", "", rest)) < 6


@cache
def _load_common_passwords() -> frozenset[str]:
    lines = COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _get_dummy_hash() -> str:
    """Get a hash to compare with for unknown users, so that timing does not reveal them."""
    return hasher.hash(secrets.token_bytes(16))
