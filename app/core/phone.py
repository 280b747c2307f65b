"""Phone numbers: parse provider values and typed text into E.164, or into one of the kinds withheld, sip, short, invalid."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

Kind = Literal["number", "withheld", "sip", "short", "invalid"]
Source = Literal["human", "e164", "digits"]

MAX_RAW_LENGTH = 200

WITHHELD_WORDS = frozenset(
    [
        "anonymous",
        "unknown",
        "unavailable",
        "restricted",
        "private",
        "withheld",
        "blocked",
        "invalid",
        "no-callerid",
        "nocallerid",
        "anonym",
        "unbekannt",
        "unterdrückt",
        "unterdrückte",
    ]
)
# A hidden caller, spelt on the telephone keypad: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
# Read as numbers they would be "valid" German ones, and all hidden callers would become one customer.
WITHHELD_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})

LINE_TYPES = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company_wide",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
RECEIVES_SMS = frozenset({"mobile", "fixed_line_or_mobile"})
UNKNOWN_TIMEZONE = "Etc/Unknown"
COSTS_EXTRA = frozenset({"premium_rate", "shared_cost"})

PURE_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# A number of these countries without its trunk zero is unambiguous, so the library's slow parser may be skipped.
PLAIN_COUNTRIES = re.compile(r"\+(49|43|41)([1-9][0-9]{6,12})")
SIP = re.compile(r"sips?:", re.IGNORECASE)
CARRIED_PREFIX = re.compile(r"(tel|whatsapp):", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
NUMBER_SHAPE = re.compile(r"\+?[\d\s()/.\-]*\d")
EXTENSION = re.compile(
    r"[\s(]*(?:;\s*ext=|ext(?:ension)?\.?|x|#|;|,{1,2}|nebenstelle|nst\.?|anschluss|app(?:arat)?\.?)[\s:]*(\d{1,7})\b", re.IGNORECASE
)
DIRECT_DIAL = re.compile(r"[\s(,]*(?:durchwahl|dw)\.?[\s:]*-?(\d{1,6})\b", re.IGNORECASE)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


@dataclass(frozen=True, slots=True)
class ParsedPhoneNumber:
    """A raw number and its classification.

    `e164` is set for kind "number" only; `valid` says whether the numbering plan contains it, and only a valid number
    identifies a person. A `possible` one may be kept and called back.
    """

    kind: Kind
    raw: str
    e164: str | None = None
    extension: str | None = None
    valid: bool = False
    possible: bool = False
    line_type: str | None = None

    @property
    def identity(self) -> str | None:
        """The E.164 number that may identify a customer, or None."""
        return self.e164 if self.valid else None


def normalise(raw: str | None, *, source: Source, region: str = "DE") -> ParsedPhoneNumber:
    """Parse a number typed by a person ("human"), sent by a provider as E.164 ("e164"), or as bare digits ("digits").

    Never raises. With "e164", a number without a plus is "invalid": its region is not guessed.
    """
    if not isinstance(raw, str):
        return ParsedPhoneNumber("withheld" if raw is None else "invalid", "")
    return _normalise(raw[:MAX_RAW_LENGTH], source, region)


@lru_cache(maxsize=8192)
def _normalise(raw: str, source: Source, region: str) -> ParsedPhoneNumber:
    if PURE_E164.fullmatch(raw):
        return ParsedPhoneNumber("withheld", raw) if raw[1:] in WITHHELD_DIGITS else _parsed(raw, raw, region)
    text = _plain(raw)
    if not text:
        return ParsedPhoneNumber("withheld", raw)
    came_as_sip = bool(SIP.match(text)) or "@" in text
    if came_as_sip:
        text = _sip_user(text)
    text = CARRIED_PREFIX.sub("", text, count=1) if CARRIED_PREFIX.match(text) else text
    if _is_withheld(text, source):
        return ParsedPhoneNumber("withheld", raw)
    if came_as_sip and not NUMBER_SHAPE.fullmatch(text):
        return ParsedPhoneNumber("sip", raw)
    if _is_short(text, region):
        return ParsedPhoneNumber("short", raw)
    if source == "human" and not came_as_sip:
        return _parse_typed(text, raw, region)
    if source == "digits" and text.isdigit():
        text = "+" + text.removeprefix("00")
    compact = re.sub(r"[\s()/.\-]", "", text)
    return _parsed(compact, raw, region) if PURE_E164.fullmatch(compact) else ParsedPhoneNumber("invalid", raw)


def _plain(raw: str) -> str:
    """Normalise the characters: no control or direction marks, no full-width forms, ASCII digits only."""
    text = unicodedata.normalize("NFKC", raw).translate(DASHES)
    printable = (c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return "".join(str(unicodedata.decimal(c, c)) for c in printable).strip()


def _sip_user(text: str) -> str:
    user = SIP.sub("", text, count=1).split("@", 1)[0].split(";", 1)[0]
    return unquote(user).strip().strip('"<')


def _is_withheld(text: str, source: Source) -> bool:
    digits = re.sub(r"\D", "", text)
    if digits in WITHHELD_DIGITS or digits.removeprefix("00") in WITHHELD_DIGITS:
        return True
    if digits and source == "human":
        return False
    words = WORD.findall(text.lower())
    return any(word in WITHHELD_WORDS for word in words) or "".join(words) in WITHHELD_WORDS


def _is_short(text: str, region: str) -> bool:
    """Whether it is an emergency or other short number, with or without country code; these are never dialled or matched."""
    digits = re.sub(r"[\s\-]", "", text)
    country = phonenumbers.country_code_for_region(region)
    national = re.sub(rf"^(\+|00){country}", "", digits)
    if not national.isdigit() or len(national) > 6:
        return False
    number = PhoneNumber(country_code=country, national_number=int(national))
    return shortnumberinfo.is_valid_short_number_for_region(number, region) or shortnumberinfo.connects_to_emergency_number(
        national, region
    )


def _parse_typed(text: str, raw: str, region: str) -> ParsedPhoneNumber:
    """Parse typed text; only the part shaped like a number reaches the library, which would read letters as keypad digits."""
    text, context = _phone_context(text)
    start = re.search(r"[+\d(]", text)
    match = NUMBER_SHAPE.match(text[start.start() :].lstrip("( ")) if start else None
    if match is None or not start:
        return ParsedPhoneNumber("invalid", raw)
    number, rest = match.group(), text[start.start() :].lstrip("( ")[match.end() :]
    if context and not number.startswith("+"):
        number = context + number
    complete = _with_country_code(number, region)
    if complete is None:
        return ParsedPhoneNumber("invalid", raw)
    if direct := DIRECT_DIAL.match(rest):
        return _parsed(re.sub(r"\s*-\s*0$", "", complete) + direct[1], raw, region)
    extension = EXTENSION.match(rest)
    return _parsed(complete, raw, region, extension=extension[1] if extension else None)


def _with_country_code(number: str, region: str) -> str | None:
    """Add the country code where it is certain: numbers in Germany, Austria and Switzerland start with a plus or a zero.

    Without either, `49 30 …` is read as the region's own country code. Anything else could be a local part or any country: None.
    """
    digits = re.sub(r"\D", "", number)
    if number.startswith("+") or digits.startswith("0") or phonenumbers.ndd_prefix_for_region(region, True) != "0":
        return number
    own_code = str(phonenumbers.country_code_for_region(region))
    return "+" + digits if digits.startswith(own_code) and len(digits) >= 10 else None


def _phone_context(text: str) -> tuple[str, str]:
    """Split `030-901820;phone-context=+49` (RFC 3966) into the number and its context, if that is a country code."""
    match = re.search(r";phone-context=([^;]*)", text, re.IGNORECASE)
    if not match:
        return text, ""
    context = match[1].strip()
    return text.replace(match.group(), ""), context if re.fullmatch(r"\+\d{1,4}", context) else ""


def _parsed(text: str, raw: str, region: str, *, extension: str | None = None) -> ParsedPhoneNumber:
    if (plain := PLAIN_COUNTRIES.fullmatch(text)) and not extension:
        number = PhoneNumber(country_code=int(plain[1]), national_number=int(plain[2]))
        kind = phonenumbers.number_type(number)
        if kind != PhoneNumberType.UNKNOWN:
            return ParsedPhoneNumber("number", raw, text, None, True, True, LINE_TYPES.get(kind))
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return ParsedPhoneNumber("short" if _is_short(text, region) else "invalid", raw)
    kind = phonenumbers.number_type(number)
    valid = kind != PhoneNumberType.UNKNOWN
    possible = valid or (phonenumbers.is_possible_number(number) and not number.italian_leading_zero)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not possible or not PURE_E164.fullmatch(e164) or e164[1:] in WITHHELD_DIGITS:
        return ParsedPhoneNumber("invalid", raw)
    return ParsedPhoneNumber("number", raw, e164, extension, valid, possible, LINE_TYPES.get(kind))


def is_domestic(number: ParsedPhoneNumber, region: str) -> bool:
    """Whether the number has the country code of the region."""
    return bool(number.e164) and f"{number.e164}".startswith(f"+{phonenumbers.country_code_for_region(region)}")


def may_receive_sms(number: ParsedPhoneNumber | str) -> bool:
    """Whether a text message can arrive: valid mobile numbers only; German fixed lines usually cannot."""
    number = _as_number(number)
    return number.valid and number.line_type in RECEIVES_SMS


def may_be_called_back(number: ParsedPhoneNumber | str) -> bool:
    """Whether we may dial it: a possible number that is neither short nor charged extra."""
    number = _as_number(number)
    return number.kind == "number" and number.possible and number.line_type not in COSTS_EXTRA


@lru_cache(maxsize=8192)
def find_timezone(e164: str, own_timezone: str) -> str:
    """Find the zone of a number: our own, where the number may be from there or nothing is known, else the first of its country."""
    from phonenumbers import timezone

    number = normalise(e164, source="e164")
    zones = timezone.time_zones_for_number(phonenumbers.parse(number.e164)) if number.e164 else ()
    return own_timezone if own_timezone in zones or UNKNOWN_TIMEZONE in zones or not zones else zones[0]


def _as_number(number: ParsedPhoneNumber | str) -> ParsedPhoneNumber:
    return normalise(number, source="e164") if isinstance(number, str) else number


@lru_cache(maxsize=8192)
def display(e164: str, reader_region: str = "DE") -> str:
    """Format the number as usual in the region: `030 23125100`, `+49 171 3920050`, `+43 1 58058`.

    Mobile numbers stay international, because their national grouping is unusual. Text that is no number is returned unchanged.
    """
    number = normalise(e164, source="e164")
    if number.e164 is None:
        return e164
    parsed = phonenumbers.parse(number.e164)
    is_domestic = phonenumbers.region_code_for_number(parsed) == reader_region and number.line_type not in RECEIVES_SMS
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if is_domestic else PhoneNumberFormat.INTERNATIONAL)
