"""Short names for commands and addresses, made from what people call a thing."""

import re
import unicodedata
from collections.abc import Collection, Iterator

MAX_LENGTH = 56
APOSTROPHES = re.compile("['’ʼ]")
# letters that Unicode does not decompose into a base letter and an accent
SPELLINGS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)  # fmt: skip


def build_slug(name: str, *, otherwise: str) -> str:
    """ "Friseur Müßig & Söhne" as "friseur-muessig-soehne"; `otherwise` where nothing of it can be written in plain letters."""
    words = re.findall(r"[a-z0-9]+", _plain_letters(name))
    return "-".join(words)[:MAX_LENGTH].strip("-") or otherwise


def fold_name(name: str) -> str:
    """Fold spellings of one name, such as "Salon Müller" and "SALON-MUELLER", in any script."""
    return " ".join(re.findall(r"[^\W_]+", _plain_letters(name))) or name.casefold()


def iter_free_slugs(slug: str, taken: Collection[str]) -> Iterator[str]:
    """The slug, then numbered variants, without the taken ones."""
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 1000))
    return (each for each in (slug, *numbered) if each not in taken)


def _plain_letters(name: str) -> str:
    letters = unicodedata.normalize("NFKD", APOSTROPHES.sub("", unicodedata.normalize("NFC", name)).casefold().translate(SPELLINGS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
