"""Quiet hours: in the recipient's zone, past midnight, through both changes of the clocks."""

from datetime import UTC, datetime

from app.domain.notifications.quiet_hours import QuietHours, find_recipient_timezone
from tests.factories.salon import at
from tests.support.tables import each_row

NIGHT = QuietHours(21 * 60, 8 * 60, "Europe/Berlin")
NOON = QuietHours(12 * 60, 13 * 60 + 30, "Europe/Berlin")
NONE = QuietHours(8 * 60, 8 * 60, "Europe/Berlin")
# an hour that does not exist on 29 March 2026, and comes twice on 25 October
SMALL_HOURS = QuietHours(23 * 60, 2 * 60 + 30, "Europe/Berlin")

INSTANTS = (
    (NIGHT, "2026-05-12T20:59", False), (NIGHT, "2026-05-12T21:00", True), (NIGHT, "2026-05-12T07:59", True),
    (NIGHT, "2026-05-12T08:00", False), (NOON, "2026-05-12T12:00", True), (NOON, "2026-05-12T13:30", False),
    (NONE, "2026-05-12T08:00", False), (NONE, "2026-05-12T03:00", False),
)  # fmt: skip
SPANS = (
    (NIGHT, "2026-05-12T22:15", "2026-05-12T21:00", "2026-05-13T08:00"),
    (NIGHT, "2026-05-13T00:30", "2026-05-12T21:00", "2026-05-13T08:00"),
    (NOON, "2026-05-12T12:30", "2026-05-12T12:00", "2026-05-12T13:30"),
    (NIGHT, "2026-03-29T01:30", "2026-03-28T21:00", "2026-03-29T08:00"),
    (NIGHT, "2026-10-25T01:30", "2026-10-24T21:00", "2026-10-25T08:00"),
    (SMALL_HOURS, "2026-03-29T01:30", "2026-03-28T23:00", "2026-03-29T03:30"),
)  # fmt: skip


@each_row("quiet, local, inside", INSTANTS)
def test_instants_inside_and_outside(quiet: QuietHours, local: str, inside: bool) -> None:
    assert quiet.includes(at(local)) is inside


@each_row("quiet, local, starts, ends", SPANS)
def test_start_and_end_around_an_instant(quiet: QuietHours, local: str, starts: str, ends: str) -> None:
    assert (quiet.get_start(at(local)), quiet.get_end(at(local))) == (at(starts), at(ends))


def test_repeated_hour_ends_the_second_time() -> None:
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert SMALL_HOURS.includes(second)
    assert SMALL_HOURS.get_end(second) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@each_row("recipient, zone", [
    (("sms", "+491713920050"), "Europe/Berlin"), (("sms", "+12125550123"), "America/New_York"), (("sms", "+447700900123"), "Europe/Berlin"),
    (("email", "mira@example.org"), "Europe/Berlin"), (None, "Europe/Berlin"),
])  # fmt: skip
def test_recipients_live_where_their_number_is_from(recipient: tuple[str, str] | None, zone: str) -> None:
    assert find_recipient_timezone(recipient, "Europe/Berlin") == zone


def test_of_several_zones_the_branchs_own_is_taken() -> None:
    assert find_recipient_timezone(("sms", "+61412345678"), "Australia/Sydney") == "Australia/Sydney"
