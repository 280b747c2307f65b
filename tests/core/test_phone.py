"""Numbers as people type them and as providers send them."""

import phonenumbers
from hypothesis import given, strategies as st

from app.core.phone import display, may_be_called_back, may_receive_sms, normalise
from tests.support.tables import each_row

BERLIN = "+4930901820"


def typed(text: str, region: str = "DE"):
    return normalise(text, source="human", region=region)


@each_row(
    "text",
    [
        "+49 30 901820", "030 901820", "030/90 18 20", "(030) 901820", "+49-30-901820", "+49.30.901820", "+49 (0)30 901820",
        "+49 030 901820", "0049 30 901820", "004930901820", "4930901820", "０３０ ９０１８２０", "٠٣٠٩٠١٨٢٠",
        "030\u00a0901820", "\u202a030 901820\u202c",
        "030 – 901820", "Tel. 030 901820", "tel:+49-30-901820", "tel:030-901820;phone-context=+49", "sip:+4930901820@host",
        "+4930901820@1.2.3.4", "sip:%2B4930901820;transport=tcp@host", "030 901820 (Büro)",
    ],
)  # fmt: skip
def test_the_ways_people_write_one_number_are_one_number(text):
    number = typed(text)
    assert (number.kind, number.e164, number.valid, number.line_type) == ("number", BERLIN, True, "fixed_line")
    assert number.raw == text


@each_row(
    "text",
    ["030 901820 ext. 12", "030 901820 x12", "030 901820 #12", "030 901820;12", "030 901820,,12", "030 901820;ext=12",
     "tel:030901820;ext=12", "030 901820 Nebenstelle 12", "030 901820 App. 12", "030 901820 Anschluss: 12"],
)  # fmt: skip
def test_an_extension_is_kept_beside_the_number(text):
    number = typed(text)
    assert (number.e164, number.extension) == (BERLIN, "12")


@each_row("text", ["030 901820-12", "030 901820 Durchwahl 12", "030 901820-0, Durchwahl 12", "030 901820 DW 12"])
def test_direct_dial_digits_belong_to_the_number(text):
    assert typed(text).e164 == "+493090182012"


def test_letters_never_become_keypad_digits():
    assert typed("+49 1511 2345678 (mobil)").e164 == "+4915112345678"
    assert typed("0O30 901820").kind == "invalid"
    assert typed("030901820p12").e164 == BERLIN


@each_row("text", ["43158058", "14155552671", "447911123456", "901820", "33142685300"])
def test_digits_without_plus_or_zero_are_not_guessed_into_a_country(text):
    assert typed(text).kind == "invalid"


def test_ones_own_country_code_without_plus_is_understood():
    assert typed("4915112345678").e164 == "+4915112345678"
    assert typed("49221123456").e164 == "+49221123456"
    assert typed("436601234567", "AT").e164 == "+436601234567"


def test_the_region_decides_what_a_national_number_means():
    assert typed("01 58058", "AT").e164 == "+43158058"
    assert typed("044 668 18 00", "CH").e164 == "+41446681800"
    assert typed("0043 1 58058").e164 == "+43158058"
    assert typed("+390612345678").e164 == "+390612345678"


@each_row("source", ["human", "e164", "digits"])
@each_row("digits", ["266696687", "7378742833", "2562533", "8656696", "86282452253"])
@each_row("sign", ["+", "", "00", "tel:+"])
def test_a_withheld_number_spelt_on_the_keypad_is_never_a_number(source, digits, sign):
    assert normalise(sign + digits, source=source).kind == "withheld"


@each_row("source", ["human", "e164", "digits"])
@each_row(
    "text",
    [None, "", "  ", "anonymous", "Anonymous", "UNKNOWN", "Restricted", "unavailable", "private", "withheld", "blocked", "No-CallerID",
     "no callerid", "invalid", "sip:anonymous@anonymous.invalid", "Anonymous Caller", "unterdrückt", "\u200banonymous"],
)  # fmt: skip
def test_a_withheld_caller_is_withheld_in_every_spelling(source, text):
    number = normalise(text, source=source)
    assert (number.kind, number.e164, number.identity) == ("withheld", None, None)
    assert not may_receive_sms(number) and not may_be_called_back(number)


@each_row("text", ["110", "112", "115", "116117", "+49112", "0049110", "1100", "+49 110"])
def test_emergency_and_short_numbers_are_neither_matched_nor_dialled(text):
    for source in ("human", "e164", "digits"):
        number = normalise(text, source=source)
        assert (number.kind, number.e164) == ("short", None)
        assert not may_be_called_back(number)


@each_row("text", ["4930901820", "030901820", "004930901820", "+49171abc", "client:anna", "+", "+49", "+0301234567"])
def test_a_provider_that_promises_e164_must_keep_its_word(text):
    number = normalise(text, source="e164")
    assert (number.kind, number.e164, number.raw) == ("invalid", None, text)


def test_a_provider_of_bare_digits_gets_its_plus():
    assert normalise("4930901820", source="digits").e164 == BERLIN
    assert normalise("491713920050", source="digits").e164 == "+491713920050"
    assert normalise("33142685300", source="digits").e164 == "+33142685300"


def test_a_sip_identity_is_no_telephone_number():
    assert normalise("sip:anna@salon-lindgren.example", source="e164").kind == "sip"
    assert typed("anna@salon-lindgren.example").kind == "sip"


def test_a_number_that_is_only_possible_identifies_nobody():
    number = typed("01512345678")
    assert (number.e164, number.valid, number.possible, number.identity) == ("+491512345678", False, True, None)
    assert may_be_called_back(number) and not may_receive_sms(number)


def test_text_messages_go_to_mobile_numbers_only():
    assert may_receive_sms("+491713920050")
    assert not may_receive_sms("+493023125100")
    assert not may_receive_sms("no number")


@each_row("text", ["0900 1 123456", "0180 5 123456", "0137 7 123456"])
def test_numbers_that_cost_extra_are_not_called_back(text):
    assert typed(text).valid and not may_be_called_back(typed(text))


def test_numbers_are_shown_as_the_reader_writes_them():
    assert display("+493023125100") == "030 23125100"
    assert display("+493023125100", "AT") == "+49 30 23125100"
    assert display("+491713920050") == "+49 171 3920050"
    assert display("+43158058") == "+43 1 58058"
    assert display("anonymous") == "anonymous"


@each_row("e164", ["+493023125100", "+493023125101", "+498999998200", "+494066969300", "+494066969301", "+491713920050", "+491713920069"])
def test_the_demo_numbers_are_valid(e164):
    assert normalise(e164, source="e164").identity == e164


@given(
    st.one_of(st.text(max_size=300), st.from_regex(r"[+0-9 ()/;#,xX.@:-]{0,30}"), st.none()), st.sampled_from(["human", "e164", "digits"])
)
def test_no_text_makes_it_raise(text, source):
    number = normalise(text, source=source)
    assert (number.e164 is not None) == (number.kind == "number")
    if number.e164:
        assert normalise(number.e164, source="e164").e164 == number.e164


@each_row("value", [b"+493023125100", 493023125100, ["+49"], {}, 1.5, True])
def test_what_is_no_text_is_no_number(value):
    assert normalise(value, source="e164").kind == "invalid"


@given(st.from_regex(r"\+(49|43|41)[1-9][0-9]{6,12}", fullmatch=True))
def test_the_short_way_for_plain_numbers_agrees_with_the_library(e164):
    parsed = phonenumbers.parse(e164)
    number = normalise(e164, source="e164")
    if number.kind == "number":
        assert number.e164 == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        assert number.valid == phonenumbers.is_valid_number(parsed)
    else:
        assert not phonenumbers.is_valid_number(parsed)
