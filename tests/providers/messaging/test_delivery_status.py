"""Reports of mail servers, as they come."""

import pytest

from app.providers.messaging.delivery_status import Bounce, read_bounces
from tests.support.delivery_reports import encode_parts, read_report
from tests.support.tables import each_row

MESSAGE_ID, MIRA = "<01JMESSAGE@salon.example>", "mira@example.org"
FAILURES = [
    ("postfix_unknown", MIRA, "unreachable"),
    ("exchange_unknown", MIRA, "unreachable"),
    ("gmail_unknown", MIRA, "unreachable"),
    ("global_unknown", "mira@bücher.example", "unreachable"),
    ("exchange_mailbox_full", MIRA, "mailbox_full"),
    ("exim_policy", MIRA, "refused"),
    # given up after days: the next mail may arrive
    ("postfix_expired", MIRA, None),
]
NO_FAILURES = ["postfix_delayed", "out_of_office", "read_receipt"]


@each_row("name, address, reason", FAILURES)
def test_failure_names_mail_recipient_and_reason(name: str, address: str, reason: str | None) -> None:
    raw = read_report(name)
    assert read_bounces(raw) == [Bounce(MESSAGE_ID, frozenset({address}), reason)]  # type: ignore[arg-type]
    assert read_bounces(raw.replace(b"\r\n", b"\n")) == read_bounces(raw)
    assert read_bounces(encode_parts(raw)) == read_bounces(raw), "in base64"


@pytest.mark.parametrize("name", NO_FAILURES)
def test_delay_and_answer_are_no_failure(name: str) -> None:
    assert read_bounces(read_report(name)) == []


@each_row("code, diagnostic, reason", [
    ("5.1.0", "", "unreachable"), ("5.1.2", "", "unreachable"), ("5.1.6", "", "unreachable"), ("5.2.1", "", "unreachable"),
    ("5.4.1", "", "unreachable"), ("5.4.4", "", "unreachable"), ("5.1.8", "", None), ("5.4.6", "", None), ("5.4.14", "", None),
    ("5.7.26", "", "refused"), ("5.2.2", "", "mailbox_full"), ("5.0.0", "smtp; 550 5.1.1 no", "unreachable"),
    ("5.0.0", "smtp; 550 no such user", None), ("5.3.4", "", None), ("", "smtp; 550 5.1.1 no", "unreachable"), ("nonsense", "", None),
    ("4.2.2", "smtp; 452 4.2.2 full", None), ("5.1.1 (bad)", "", "unreachable"), ("15.1.1", "", None),
])  # fmt: skip
def test_code_tells_nobody_from_not_now(code: str, diagnostic: str, reason: str | None) -> None:
    raw = read_report("postfix_unknown").decode()
    raw = raw.replace("Status: 5.1.1", f"Status: {code}", 1)
    head, _name, tail = raw.partition("Diagnostic-Code: ")
    raw = f"{head}Diagnostic-Code: {diagnostic}\r\n\r\n--{tail.partition('--')[2]}"
    assert [bounce.reason for bounce in read_bounces(raw.encode())] == [reason]


def test_each_recipient_of_a_report_has_its_own_action() -> None:
    raw = read_report("gmail_unknown").decode()
    block = "Final-Recipient: rfc822; bo@example.org\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
    bounces = read_bounces(raw.replace("Final-Recipient:", f"{block}Final-Recipient:", 1).encode())
    assert [bounce.addresses for bounce in bounces] == [frozenset({MIRA})]


def test_forwarded_mail_is_known_by_the_address_that_we_wrote_to() -> None:
    raw = read_report("postfix_unknown")
    raw = raw.replace(b"Final-Recipient: rfc822; mira@example.org", b"Final-Recipient: rfc822; m.sommer@work.example")
    assert [bounce.addresses for bounce in read_bounces(raw)] == [frozenset({MIRA, "m.sommer@work.example"})]


def test_report_inside_of_a_mail_is_no_report() -> None:
    """Somebody forwards one, or quotes it."""
    inner = read_report("postfix_unknown").decode()
    head = "From: mira@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
    assert read_bounces(f"{head}Content-Type: message/rfc822\r\n\r\n{inner}\r\n--out--\r\n".encode()) == []
    assert read_bounces(f"From: mira@example.org\r\n\r\n{inner}".encode()) == []


@each_row("cut", range(0, 3000, 97))
def test_report_that_is_cut_or_spoiled_is_read_as_far_as_it_goes(cut: int) -> None:
    for name in ("postfix_unknown", "gmail_unknown", "global_unknown"):
        raw = read_report(name)
        assert read_bounces(raw[:cut]) in ([], read_bounces(raw))
        read_bounces(raw[:cut] + bytes(range(256)) + raw[cut:])
        read_bounces(encode_parts(raw)[:cut])


def test_mail_of_which_only_the_beginning_came_is_enough() -> None:
    raw = read_report("gmail_unknown")
    assert len(read_bounces(raw[: raw.index(b"----- Message truncated")])) == 1
