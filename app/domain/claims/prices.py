"""Finds stated prices with the services they may belong to."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.claims.entities import NameIndex
from app.domain.language.vocabulary import replace_number_words

CURRENCY = re.compile(r"eur|€")
PRICE = re.compile(r"(?<![\d.,])(\d{1,4})(?:[.,](\d\d))? ?(?:euros?|€|eur)(?: (?:und )?(\d\d)\b(?! ?(?:minuten|minutes|euro|min)))?")
APPROXIMATE = re.compile(
    r"\b(?:ab|zwischen|circa|ca|ungefaehr|etwa|rund|bis zu|hoechstens|mindestens|je nach|meist\w*|durchschnitt\w*|normalerweise|von|aufpreis|zuschlag"
    r"|from|between|about|around|roughly|approximately|up to|at least|starting|depending|usually|typically|extra)\b"
)
OTHER_AMOUNT = re.compile(
    r"\b(?:gutschein\w*|voucher\w*|rabatt\w*|discount|anzahlung|deposit|trinkgeld|tip|geschenk\w*|park\w*|gebuehr\w*|fee|absage\w*"
    r"|ausfall\w*|guthaben|gespart|guenstiger|teurer|cheaper|mwst|versand)\b"
)
TOTAL = re.compile(r"\b(?:zusammen|insgesamt|gesamt\w*|alles|beides?|total|together|altogether|both)\b")
PRONOUN = re.compile(r"\b(?:das|dies|der termin|die behandlung|der preis|that|it|this|your appointment|price)\b")


@dataclass(frozen=True, slots=True)
class PriceMention:
    """`of` are the services it may belong to; `together` marks a total of several."""

    cents: int
    of: tuple[frozenset[str], ...]
    together: bool = False


def find_prices(plain: str, names: NameIndex, list_earlier_services: Callable[[], list[set[str]]]) -> list[PriceMention]:
    """Find the prices a folded clause states for services; uncertain ones are left out.

    `list_earlier_services` gives the services named before.
    """
    if not CURRENCY.search(plain):
        return []
    text = replace_number_words(plain)
    if APPROXIMATE.search(text) or OTHER_AMOUNT.search(text):
        return []
    named = names.locate_services(text)
    found: list[PriceMention] = []
    begins = 0
    for price in PRICE.finditer(text):
        cents = int(price[1]) * 100 + int(price[2] or price[3] or 0)
        before = text[begins : price.start()]
        mine = [services for place, services in named if place < price.start()]
        begins = price.end()
        if TOTAL.search(before):
            several = tuple(map(frozenset, [*list_earlier_services(), *(services for _place, services in named)]))
            found.append(PriceMention(cents, several, together=True))
        elif mine or (named and not found):
            found.append(PriceMention(cents, (frozenset((mine or [named[0][1]])[-1]),)))
        elif PRONOUN.search(before) and (earlier := list_earlier_services()):
            found.append(PriceMention(cents, (frozenset(earlier[-1]),)))
    return found
