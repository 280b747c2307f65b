"""Names whose spelling cannot be known from their sound: with several common ways to write them, or of letters that are unusual here."""

import re
from collections import Counter
from functools import cache

from app.domain.language.spelling.variants import is_common_name, load_folded_names
from app.domain.language.spelling.word_lists import word_set
from app.domain.language.vocabulary import fold

# family names that sound like another common one; left out is the one of them that most people have ("Schmidt", "Wolf", "Smith")
SEVERAL_WAYS = word_set(
    """
    meier maier meyer mayer mayr meyr schmitt schmid schmied hofmann hoffman baier beier beyer bayer schultze schultz cremer peterson
    pedersen clark clarke thomson thompson tomson philipps phillips philips jansen janssen jansson stephan stefan steffan keiser kayser
    hermann herrmann herman walther guenter guenther vogt voigt voit seidl haase haas hase graff schwartz kunz kuntz friederich arndt arnd
    arnt ahrendt arend brand brant wolff wulff wulf meissner meisner berens behrends lorentz francke schroeter schaeffer scheffer schefer
    reid reed read gray grey davies stewart stuart allan greene browne smyth smythe macdonald mcdonald nielsen nilsson nielson hanson
    hansson hanssen karlsson carlson carlsson kowalsky novak nowack wisniewsky thiele tiele bosse boesch boersch ritz rietz seyfried
    seifried siefert seiffert seifert zimmerman neuman buehler buehller roessler rossler goetze goetz gotz
    """
)
UNUSUAL = re.compile(r"kh|eau|oux|aux|ieu|tsch.*tsch|th.*th|[crs]z|[zc]s|dz|gj|xh|bh|dh")
# a pair of letters that fewer common names have is unusual; so are several groups of three that next to none has
MIN_NAMES_WITH_PAIR = 10
MAX_UNUSUAL_TRIPLES = 2


def needs_spelling(name: str) -> bool:
    """Check whether the letters of a name have to be asked for."""
    words = [fold(word).strip(".") for word in name.replace("-", " ").split()]
    return any(word in SEVERAL_WAYS for word in words[1:]) or any(len(word) > 2 and _is_unusual(word) for word in words)


def _is_unusual(word: str) -> bool:
    if is_common_name(word):
        return False
    pairs, triples = _count_groups(2), _count_groups(3)
    rare_triples = sum(triples[group] < 2 for group in _list_groups(word, 3))
    return (
        bool(UNUSUAL.search(word))
        or any(pairs[group] < MIN_NAMES_WITH_PAIR for group in _list_groups(word, 2))
        or rare_triples > MAX_UNUSUAL_TRIPLES
    )


@cache
def _count_groups(length: int) -> Counter[str]:
    """Count in how many common names each group of letters stands."""
    return Counter(group for name in load_folded_names() for group in set(_list_groups(name, length)))


def _list_groups(word: str, length: int) -> list[str]:
    marked = f"^{word}$"
    return [marked[place : place + length] for place in range(len(marked) - length + 1)]
