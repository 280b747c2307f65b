"""Stated prices, the services they may belong to, and whether they are right."""

# ruff: noqa: E501  (patterns are read in one line)

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

from app.domain.claims.claim_types import Claim
from app.domain.claims.clauses import Clause
from app.domain.claims.durations import LENGTH
from app.domain.claims.evidence_types import Evidence
from app.domain.claims.false_claim import FalseClaim, build_mismatch
from app.domain.claims.name_index import NameIndex
from app.domain.claims.self_corrections import remove_corrected
from app.domain.language.vocabulary import CARDINALS, fold, replace_number_words

CURRENCY = re.compile(r"eur|€")
PRICE = re.compile(
    r"(?<![\d.,])(\d{1,4})(?:[.,](\d\d))? ?(?:euros?|€|eur)(?: (?:und )?(\d\d)\b(?! ?(?:minuten|minutes|euro|min)))?|€ ?(?P<cents_first>\d{1,4})(?:[.,](?P<cents_rest>\d\d))?"
)
# the number in the answer to a question for the price
BARE_NUMBER = re.compile(
    r"(?<![\d.,:])(\d{1,3})(?:[.,](\d\d)| (\d\d))?\b(?! ?(?:minut|min\b|uhr|prozent|%|stunde|hour|a\.?m|p\.?m|o'clock|jahr|year|tag|day|[.:]\d))"
)
TIME_PREPOSITION = re.compile(
    r"\b(?:um|(?<!looking )at|gegen|ab|bis|von|halb|viertel|am|den|der|dem|nach|vor|on|the|past|to|till|until|from)[ <]*$"
)
APPROXIMATE = re.compile(
    r"\b(?:ab|zwischen|circa|ca|ungefaehr|etwa|rund|um die|bis zu|hoechstens|mindestens|je nach|meist\w*|durchschnitt\w*|normalerweise|aufpreis|zuschlag|plus (?=mwst|steuer|trinkgeld|tax|tip|vat)|mehr|weniger"
    r"|from|between|about|around|roughly|approximately|up to|at least|starting|depending|usually|typically|extra|more|less)\b|\bvon \d+.*\bbis\b"
)
# "in etwa zwanzig Minuten" says nothing of the price
HEDGED_LENGTH = re.compile(rf"(?:\b\w+ ){{1,2}}{LENGTH.pattern}")
OTHER_AMOUNT = re.compile(
    r"\b(?:gutschein\w*|voucher\w*|rabatt\w*|discount|anzahlung|deposit|trinkgeld|tip|geschenk\w*|park\w*|gebuehr\w*|fee|absage\w*|absagt|no-?show|storno\w*"
    r"|ausfall\w*|guthaben|gespart|guenstiger|teurer|cheaper|mwst|versand|stunde kostet|(?:pro|am|je) (?:stunde|tag|woche|monat)|per (?:hour|day|week|month)|a (?:day|week|month)|kaution|drauflegen|draufzahlen|unterschied|differenz|zuzahl\w*|zuzuzahlen|restbetrag|difference|on top|apart|in it)\b"
)
# "und Waschen noch dazu?": the answer may be the sum
ADDED = re.compile(r"\b(?:dazu|zusaetzlich|obendrauf|noch mit|plus|on top|as well|added|adding|with a)\b")
TOTAL = re.compile(r"\b(?:zusammen|insgesamt|gesamt\w*|alles|beides?|total|together|altogether|both|in all)\b")
# the sentence speaks of what was named before
PRONOUN = re.compile(
    r"^(?:und |and )?(?:kostet|kosten|macht|costs?)\b|\b(?:das|dies|der termin|die behandlung|der preis|die kosten|der spass|sie zahlen|zahlen sie|du zahlst|zahlst du|kostenpunkt|preislich|that|that's|that'll|it|it's|it'll|this|your appointment|the price|the cost|you(?:'ll|'d)? (?:pay|be)|you're looking at|comes to|we charge|damit)\b"
)
RANGE = re.compile(r"\d[- ]*(?:euros? )?(?:bis|to) \d|\b(?:zwei|drei|vier|fuenf)- bis\b")
SMALLEST_BARE = 5
MAX_SUMMED_PRICES = 6
AMOUNT = re.compile(rf"{PRICE.pattern}|(?<![\d.,:])\b\d{{1,3}}\b")
MAX_BARE_WORDS = 9
LAST_HOUR = 12
HUNDREDS_DE = re.compile(r"\b(ein|zwei|zwo|drei|vier|fuenf|sechs|sieben|acht|neun)?hundert(?:und)?(?:([a-z]+)| ([a-z]+zig))?\b")
HUNDREDS_EN = re.compile(r"\b(\d) hundred(?: and)?(?: (\d{1,2})\b)?")


@dataclass(frozen=True, slots=True)
class PriceMention:
    """`of` are the services it may belong to; it may be their sum where that is said (True) or possible (None)."""

    cents: int
    of: tuple[frozenset[str], ...]
    together: bool | None = False


def find_prices(
    clause: Clause,
    names: NameIndex,
    *,
    context: Sequence[frozenset[str]],
    earlier: Sequence[frozenset[str]],
    answers: bool,
    is_certain: bool = False,
    has_times: bool,
    asks_total: bool = False,
    reads_back: bool = False,
) -> list[PriceMention]:
    """Find the prices a clause states for services; uncertain ones are left out.

    `context` are the services the conversation is about just now, `earlier` all named so far; `answers`: a price was asked for, so that a number is enough, unless it `has_times`;
    `is_certain`: the sentence states a price in other words, with a number that is no hour; `reads_back`: something was booked, a price beside its time is its price.
    """
    if clause.negated or clause.act in ("question", "condition", "echo", "past", "other") or OTHER_AMOUNT.search(clause.plain):
        return []
    if not CURRENCY.search(clause.plain) and not (answers or is_certain):
        return []
    if OTHER_AMOUNT.search(fold(clause.sentence)) and not names.locate_services(clause.plain):
        return []
    text = remove_corrected(replace_numbers(clause.plain), {"price": AMOUNT})
    if APPROXIMATE.search(HEDGED_LENGTH.sub(" ", text)) or RANGE.search(text):
        return []
    named = names.locate_services(text)
    prices: list[PriceMention] = []
    begins = 0
    of_known = bool(named or context)
    found = list(PRICE.finditer(text))
    for price in found:
        before, begins = text[begins : price.start()], price.end()
        named_before = [services for place, services in named if place < price.start()]
        if (
            (asks_total and not named_before)
            or TOTAL.search(before)
            or (len(found) == 1 and TOTAL.search(text[price.end() :].partition(",")[0]))
        ):
            prices.append(PriceMention(read_cents(price), (*earlier, *(frozenset(services) for _, services in named)), together=True))
        elif named_before or (named and not prices):
            prices.append(PriceMention(read_cents(price), (frozenset((named_before or [named[0][1]])[-1]),)))
        elif context and (answers or is_certain or PRONOUN.search(text) or (reads_back and has_times and len(found) == 1)):
            prices.append(PriceMention(read_cents(price), tuple(context), together=None if len(context) > 1 else False))
    number = None if prices or has_times or not (named or context) else _find_bare_number(text)
    if number and int(number[1]) >= SMALLEST_BARE and (answers or (is_certain and int(number[1]) > LAST_HOUR)):
        cents = int(number[1]) * 100 + int(number[2] or number[3] or 0)
        of = tuple(frozenset(services) for _place, services in named) or tuple(context)
        prices.append(PriceMention(cents, of, together=True if asks_total else None if len(of) > 1 else False))
    if not prices and is_certain and not has_times and not of_known and len(found) == 1:
        # of something that has no price here
        prices.append(PriceMention(read_cents(found[0]), ()))
    return prices


def replace_numbers(plain: str) -> str:
    """Replace number words by digits, hundreds included."""
    text = HUNDREDS_DE.sub(
        lambda match: str(
            100 * CARDINALS.get((match[1] or "ein").replace("zwo", "zwei"), 1) + CARDINALS.get(match[2] or match[3] or "null", 0)
        ),
        plain,
    )
    return HUNDREDS_EN.sub(
        lambda match: str(100 * int(match[1]) + int(match[2] or 0)), replace_number_words(text).replace("a hundred", "1 hundred")
    )


def _find_bare_number(text: str) -> re.Match[str] | None:
    numbers = [number for number in BARE_NUMBER.finditer(text) if not TIME_PREPOSITION.search(text[: number.start()])]
    return numbers[0] if len(numbers) == 1 and len(text.split()) <= MAX_BARE_WORDS else None


def read_cents(price: re.Match[str]) -> int:
    if price["cents_first"]:
        return int(price["cents_first"]) * 100 + int(price["cents_rest"] or 0)
    return int(price[1]) * 100 + int(price[2] or price[3] or 0)


def check_price(claim: Claim, evidence: Evidence) -> list[FalseClaim] | None:
    """Check a price; None where none is known."""
    mention: PriceMention = claim.fact
    known = {offer.id: offer.prices for offer in evidence.offers}
    named = list(dict.fromkeys(service for services in mention.of for service in services if known.get(service)))
    if not named:
        return _check_unknown(claim, mention.cents, known, evidence)
    single = {cents for service in named for cents in known[service]}
    sums = _sum_prices([known[service] for service in named[:MAX_SUMMED_PRICES]])
    sums |= _sum_booked(known, evidence)
    if mention.together and len(named) == 1:
        # for two or three
        sums |= {count * cents for cents in single for count in (2, 3)} | single
    right = (sums or single) if mention.together else single if mention.together is False else single | sums
    beside = {0, *(cents for prices in known.values() for cents in prices)}
    if mention.together and mention.cents - sum(min(known[each]) for each in named) in beside:
        # with something named in other words
        return []
    if mention.cents in right or _is_quoted(mention, named, evidence):
        return []
    if mention.together:
        return [build_mismatch("other_price", claim, cents=max(right))]
    return [build_mismatch("other_price", claim, cents=min(single), service_id=min(named, key=lambda each: min(known[each])))]


def _check_unknown(claim: Claim, cents: int, known: Mapping[str, frozenset[int]], evidence: Evidence) -> list[FalseClaim] | None:
    """Check the price of something that has none here: it must at least be some price, a sum or difference of some, or a tool's."""
    every = [min(prices) for prices in known.values() if prices]
    if not every:
        return None
    sums = {sum(several) for count in (1, 2, 3) for several in combinations_with_replacement(every, count)}
    differences = {abs(one - other) for one in every for other in every}
    return [] if cents in sums | differences | evidence.quoted_prices else [build_mismatch("other_price", claim)]


def _sum_booked(known: Mapping[str, frozenset[int]], evidence: Evidence) -> set[int]:
    """Sum the prices of what this call booked: two haircuts are one service twice."""
    booked = [
        known[service]
        for each in evidence.appointments
        if each.was_created and each.is_active
        for service in each.current.service_ids
        if known.get(service)
    ]
    return _sum_prices(booked[:MAX_SUMMED_PRICES])


def _sum_prices(prices: Sequence[frozenset[int]]) -> set[int]:
    several = {sum(map(min, some)) for count in range(2, len(prices) + 1) for some in combinations(prices, count)}
    # the same for two
    return several | {2 * min(each) for each in prices} if several else several


def _is_quoted(mention: PriceMention, named: Sequence[str], evidence: Evidence) -> bool:
    """Check whether a tool gave this price, unless it is that of another service."""
    others = {cents for offer in evidence.offers if offer.id not in named for cents in offer.prices}
    return mention.cents in evidence.quoted_prices and mention.cents not in others
