"""Whole calls as data: what the agent asks of its functions, with what the answer before said, and what must be left in the end."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.agent_call import ENGLISH, FAMILY, MITTE, PANKOW, STRANGER, SVEA


@dataclass(frozen=True)
class Use:
    """One use of a function. Values like "$slots.0.starts_at" stand for what the answer before held in `data`.

    `code` is what it must be refused with, `data` what must stand in the answer (nested by dots), `says` pieces of the sentence.
    `by` is another caller, in a call of his own at the same time; `after_minutes` pass before it is asked.
    """

    name: str
    given: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    by: str | None = None
    after_minutes: int = 0


@dataclass(frozen=True)
class Dialogue:
    """`before` are bookings made earlier: (start, customer, staff, branch). The rest is what must be true in the end."""

    name: str
    uses: tuple[Use, ...]
    number: str | None = SVEA
    dialled: str = MITTE
    said: tuple[str, ...] = ()
    before: tuple[tuple[str, str | None, str | None, str], ...] = ()
    sick: tuple[str, ...] = ()
    # standing bookings afterwards: (start in Berlin, staff, branch, customer)
    bookings: tuple[tuple[str, str, str, str | None], ...] = ()
    tasks: tuple[str, ...] = ()
    waiting: int = 0
    policy: dict[str, Any] = field(default_factory=dict)
    # when it is said, where not on that Monday morning; branches that are closed for the week, further services, Sundays too
    moment: str | None = None
    closed: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sundays: bool = False


def use(
    name: str, /, *, code: str | None = None, data: dict[str, Any] | None = None, says: tuple[str, ...] = (), by: str | None = None,
    after_minutes: int = 0, **given: Any,
) -> Use:  # fmt: skip
    return Use(name, given, code, data or {}, says, by, after_minutes)


TUESDAY = "2026-05-05"
ANNA_FULL = tuple((f"{TUESDAY}T{hour:02}:{minute:02}", None, "anna", "mitte") for hour in range(9, 18) for minute in (0, 30))
BEN_FULL = tuple((start, who, "ben", branch) for start, who, _staff, branch in ANNA_FULL)

DIALOGUES = (
    Dialogue(
        "books what was offered",
        (
            use("get_context", data={"caller.known": True, "caller.certainty": "number", "open_now": True}),
            use("check_availability", service="Haarschnitt", date="morgen", part_of_day="nachmittags", says=("Für Haarschnitt ist", "Mai")),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="$slots.0.starts_at",
                time="$slots.0.starts_at",
                staff="$slots.0.staff",
                name="Svea Thomsen",
                data={"status": "confirmed", "staff": "Anna Lindgren"},
                says=("eingetragen",),
            ),
        ),
        bookings=(("2026-05-05T13:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "books in the words of the caller",
        (
            use(
                "book_appointment",
                service="einen Haarschnitt",
                date="kommenden Freitag um halb drei",
                name="Svea Thomsen",
                says=("am Freitag, dem 8. Mai, um halb drei",),
            ),
        ),
        bookings=(("2026-05-08T14:30", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "asks for what is missing, one after the other",
        (
            use("book_appointment", code="missing", data={"fields": ["service", "date", "time", "name"]}, says=("Was darf es",)),
            use("book_appointment", service="Haarschnitt", code="missing", data={"fields": ["date", "time", "name"]}),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10", code="missing", data={"fields": ["name"]}),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time=10, name="Svea Thomsen", extra="ignored", notes="null"),
        ),
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "keeps a time, then books it",
        (
            use("hold_slot", service="Haarschnitt", date="Mittwoch", time="halb elf", staff="Ben"),
            use("book_appointment", hold="$hold", name="Svea Thomsen", data={"staff": "Ben Lindgren"}),
        ),
        bookings=(("2026-05-06T10:30", "ben", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "keeps a time and gives it back",
        (
            use("hold_slot", service="Haarschnitt", date="Mittwoch", time="halb elf"),
            use("release_hold", hold="$hold"),
            use("release_hold", hold="01HZZZZZZZZZZZZZZZZZZZZZZZ", code="not_found"),
        ),
    ),
    Dialogue(
        "a full day, and what is free instead",
        (
            use(
                "check_availability",
                service="Haarschnitt",
                date="morgen",
                time="10 Uhr",
                data={"requested_free": False, "reason": "booked"},
                says=("frei ist es",),
            ),
            use("check_availability", service="Haarschnitt", date="morgen", data={"reason": "booked"}),
            use("get_alternatives", service="Haarschnitt", date="morgen", time="10 Uhr"),
            use("book_appointment", service="Haarschnitt", date="$slots.0.starts_at", name="Svea Thomsen"),
        ),
        before=ANNA_FULL + BEN_FULL,
        bookings=(("2026-05-04T17:30", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "somebody is sick",
        (
            use("check_availability", service="Haarschnitt", date="morgen", staff="Anna", data={"reason": "nobody_on_shift"}),
            use("book_appointment", service="Haarschnitt", date="morgen", time="10 Uhr", staff="Anna", name="Svea Thomsen", code="closed"),
            use(
                "book_appointment", service="Haarschnitt", date="morgen", time="10 Uhr", name="Svea Thomsen", data={"staff": "Ben Lindgren"}
            ),
        ),
        sick=("anna",),
        bookings=(("2026-05-05T10:00", "ben", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "a holiday",
        (
            use("get_opening_hours", date="14. Mai", data={"open": False, "holiday": "Christi Himmelfahrt"}, says=("Feiertag",)),
            use("check_availability", service="Haarschnitt", date="14.5.", data={"reason": "holiday"}),
            use("book_appointment", service="Haarschnitt", date="an Himmelfahrt", time="10 Uhr", name="Svea Thomsen", code="closed"),
        ),
    ),
    Dialogue(
        "closed on that day",
        (
            use(
                "get_opening_hours", date="Sonntag", data={"open": False, "spans": []}, says=("wieder geöffnet ist am Montag, dem 11. Mai",)
            ),
            use("check_availability", service="Haarschnitt", date="Sonntag", data={"reason": "closed"}),
            use("book_appointment", service="Haarschnitt", date="Sonntag", time="11 Uhr", name="Svea Thomsen", code="closed"),
        ),
    ),
    Dialogue(
        "in the past",
        (
            use("book_appointment", service="Haarschnitt", date="gestern", time="11 Uhr", name="Svea Thomsen", code="in_the_past"),
            use("book_appointment", service="Haarschnitt", date="heute", time="9 Uhr", name="Svea Thomsen", code="in_the_past"),
        ),
    ),
    Dialogue(
        "what is not offered",
        (
            use("book_appointment", service="Zahnreinigung", date="Mittwoch", time="10", name="Svea Thomsen", code="unknown_service"),
            use("check_availability", service="Haarschnitt", staff="Gerlinde", date="Mittwoch", code="unknown_staff"),
            use("check_availability", service="Haarschnitt", branch="Köln", date="Mittwoch", code="unknown_branch"),
        ),
    ),
    Dialogue(
        "the second branch, by its own number",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="11 Uhr",
                name="Svea Thomsen",
                data={"branch": "Berlin-Pankow"},
            ),
        ),
        dialled=PANKOW,
        bookings=(("2026-05-06T11:00", "anna", "pankow", "Svea Thomsen"),),
    ),
    Dialogue(
        "the other branch, by name",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="11 Uhr",
                branch="Pankow",
                name="Svea Thomsen",
                data={"branch": "Berlin-Pankow"},
            ),
        ),
        bookings=(("2026-05-06T11:00", "anna", "pankow", "Svea Thomsen"),),
    ),
    Dialogue(
        "moves the own appointment after saying the name, and hears of it what was said",
        (
            use("query_appointments", code="not_verified", data={"ways": ["callback", "desk"]}, says=("vollen Namen", "Rückruf", "Team")),
            use("reschedule_appointment", date="12. Mai", new_date="Mittwoch", code="not_verified", says=("vollen Namen",)),
            use("identify_customer", name="Frau Tomsen", code="ambiguous", data={"certainty": "number"}, says=("Buchstabieren",)),
            use("identify_customer", name="Thomsen, Svea", data={"certainty": "name", "rights": ["hear", "change", "book"]}),
            use("query_appointments", code="not_verified", says=("Geburtsdatum",)),
            use("reschedule_appointment", date="12. Mai", new_date="13. Mai", code="missing", data={"fields": ["new_time"]}),
            use(
                "reschedule_appointment",
                date="12. Mai",
                new_date="13. Mai",
                new_time="halb drei",
                says=("am Mittwoch, dem 13. Mai, um halb drei",),
            ),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"),),
        bookings=(("2026-05-13T14:30", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "cancels after the date of birth",
        (
            use("cancel_appointment", code="not_verified"),
            use("identify_customer", name="Svea Thomsen", birth_date="3. März 84", code="not_verified"),
            use("identify_customer", name="Svea Thomsen", birth_date="dritter März fünfundachtzig", data={"certainty": "verified"}),
            use("cancel_appointment", date="Dienstag in einer Woche", data={"status": "cancelled"}, says=("abgesagt",)),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"),),
    ),
    Dialogue(
        "cancels after the day of the booking",
        (
            use("identify_customer", name="Jan Ebers", booking_date="13. Mai", data={"certainty": "name", "ways": ["callback", "desk"]}),
            use("identify_customer", name="Jan Ebers", booking_date="12. Mai", data={"certainty": "verified"}),
            use("cancel_appointment", data={"status": "cancelled"}),
        ),
        number=FAMILY,
        before=(("2026-05-12T10:00", "Jan Ebers", "anna", "mitte"), ("2026-05-13T10:00", "Katrin Ebers", "anna", "mitte")),
        bookings=(("2026-05-13T10:00", "anna", "mitte", "Katrin Ebers"),),
    ),
    Dialogue(
        "what we have said ourselves proves nothing",
        (
            use("book_appointment", service="Haarschnitt", date="12. Mai", time="10 Uhr", name="Svea Thomsen"),
            use("query_appointments", by=SVEA, says=("am Dienstag, dem 12. Mai, um 10 Uhr",)),
            use("identify_customer", by=SVEA, name="Svea Thomsen", booking_date="12. Mai", data={"certainty": "name"}),
            use("cancel_appointment", by=SVEA, code="not_verified"),
        ),
        bookings=(("2026-05-12T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "a family on one number",
        (
            use("check_customer", data={"known": False, "certainty": "number", "rights": ["book"]}, says=("Auf welchen Namen",)),
            use("query_appointments", code="not_verified", says=("vollen Namen",)),
            use("identify_customer", name="Ebers", code="ambiguous"),
            use("identify_customer", name="Katrin Ebers", data={"known": True, "certainty": "name"}),
            use("reschedule_appointment", new_date="13. Mai", new_time="11 Uhr", says=("am Mittwoch, dem 13. Mai, um 11 Uhr",)),
            use("query_appointments", says=("am Mittwoch, dem 13. Mai",)),
        ),
        number=FAMILY,
        before=(("2026-05-12T10:00", "Jan Ebers", "anna", "mitte"), ("2026-05-13T10:00", "Katrin Ebers", "anna", "mitte")),
        bookings=(("2026-05-12T10:00", "anna", "mitte", "Jan Ebers"), ("2026-05-13T11:00", "anna", "mitte", "Katrin Ebers")),
    ),
    Dialogue(
        "likeness makes nobody the same: two children, two appointments",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Anna Ebers",
                data={"staff": "Anna Lindgren"},
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Hanna Ebers",
                data={"staff": "Ben Lindgren"},
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Frau Hanna Ebers",
                data={"staff": "Ben Lindgren"},
            ),
        ),
        number=FAMILY,
        bookings=(("2026-05-06T15:00", "anna", "mitte", "Anna Ebers"), ("2026-05-06T15:00", "ben", "mitte", "Hanna Ebers")),
    ),
    Dialogue(
        "who sounds like somebody of this number is another person",
        (use("book_appointment", service="Haarschnitt", date="Mittwoch", time="15 Uhr", name="Sven Thomsen"),),
        bookings=(("2026-05-06T15:00", "anna", "mitte", "Sven Thomsen"),),
    ),
    Dialogue(
        "contact details that cannot be read are asked for again",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Svea Thomsen",
                phone="171",
                code="missing",
                data={"fields": ["phone"]},
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Svea Thomsen",
                email="svea at",
                code="missing",
                data={"fields": ["email"]},
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="15 Uhr",
                name="Svea Thomsen",
                email="svea@gmx.example, ole@gmx.example",
                code="missing",
                data={"fields": ["email"]},
            ),
            use("take_message", text="Bitte anrufen", phone="171", code="missing", data={"fields": ["phone"]}),
            use("join_waitlist", service="Haarschnitt", name="Svea Thomsen", phone="171", code="missing", data={"fields": ["phone"]}),
            use("request_callback", phone="171", code="missing", data={"fields": ["phone"]}),
        ),
    ),
    Dialogue(
        "another child of the family is new",
        (use("book_appointment", service="Haarschnitt", date="Mittwoch", time="15 Uhr", name="Mia Ebers"),),
        number=FAMILY,
        bookings=(("2026-05-06T15:00", "anna", "mitte", "Mia Ebers"),),
    ),
    Dialogue(
        "somebody else on Svea's number hears nothing of hers",
        (
            use("identify_customer", name="Gunnar Holm", data={"known": False, "rights": ["book"]}),
            use("query_appointments", code="not_verified"),
            use("cancel_appointment", date="12. Mai", code="not_verified"),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"),),
        bookings=(("2026-05-12T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "a withheld number may only book anew, and change what it has booked",
        (
            use("get_context", data={"caller.known": False, "caller.certainty": "none"}),
            use("query_appointments", code="not_verified", data={"ways": ["callback", "desk"]}, says=("Bei unterdrückter Nummer",)),
            use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985", code="not_verified"),
            use("cancel_appointment", date="12. Mai", code="not_verified"),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="9 Uhr", name="Erika Muster", phone="0171 3920077"),
            use("reschedule_appointment", new_time="halb zehn"),
            use("request_callback", code="missing", data={"fields": ["phone"]}),
        ),
        number=None,
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"),),
        bookings=(("2026-05-06T09:30", "anna", "mitte", "Erika Muster"), ("2026-05-12T10:00", "anna", "mitte", "Svea Thomsen")),
    ),
    Dialogue(
        "nobody is booked without a number or an address",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="9 Uhr",
                name="Erika Muster",
                code="missing",
                data={"fields": ["phone"]},
                says=("Unter welcher Nummer",),
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="9 Uhr",
                name="Erika Muster",
                phone="anonymous",
                code="missing",
                data={"fields": ["phone"]},
            ),
            use("join_waitlist", service="Haarschnitt", name="Erika Muster", code="missing", data={"fields": ["phone"]}),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="9 Uhr", name="Erika Muster", email="erika@gmx.example"),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10 Uhr", name="Leo Muster", phone="0171 3920077"),
        ),
        number=None,
        bookings=(("2026-05-06T09:00", "anna", "mitte", "Erika Muster"), ("2026-05-06T10:00", "anna", "mitte", "Leo Muster")),
    ),
    Dialogue(
        "a house that books without one",
        (use("book_appointment", service="Haarschnitt", date="Mittwoch", time="9 Uhr", name="Erika Muster"),),
        number=None,
        policy={"contact_required": False},
        bookings=(("2026-05-06T09:00", "anna", "mitte", "Erika Muster"),),
    ),
    Dialogue(
        "a withheld number where the house does not book for it",
        (use("book_appointment", service="Haarschnitt", date="Mittwoch", time="9 Uhr", name="Erika Muster", code="not_allowed"),),
        number=None,
        policy={"anonymous_callers": False},
    ),
    Dialogue(
        "a wrong code, where none can be sent",
        (
            use("identify_customer", name="Svea Thomsen", code="not_verified", **{"code_given": "send"}),
            use("identify_customer", code="wrong_code", **{"code_given": "123456"}),
            use("identify_customer", code="wrong_code", **{"code_given": "123457"}),
            use("identify_customer", code="not_verified", **{"code_given": "123458"}),
            use("identify_customer", birth_date="3.3.1985", code="not_verified"),
            use("cancel_appointment", code="not_verified", says=("Rückruf",)),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"),),
        bookings=(("2026-05-12T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "an English caller",
        (
            use("get_context", says=("Today is Monday, 4 May",), data={"language": "en"}),
            use(
                "check_availability",
                service="Haarschnitt",
                date="tomorrow",
                time="half past two",
                says=("Yes, there is time tomorrow, Tuesday, 5 May at half past two.",),
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="tomorrow",
                time="half past two",
                name="Claire Bennett",
                says=("booked", "half past two"),
            ),
            use("cancel_appointment", date="tomorrow", says=("cancelled",)),
            use("get_opening_hours", date="Sunday", says=("closed",)),
        ),
        number=ENGLISH,
        said=("Salon Lindgren, guten Tag.", "Hi, this is Claire. Do you speak English? I would like to book an appointment, please."),
    ),
    Dialogue(
        "too late to cancel alone",
        (
            use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985"),
            use("cancel_appointment", code="too_late"),
            use("reschedule_appointment", new_date="Freitag", code="too_late"),
        ),
        before=(("2026-05-05T10:00", "Svea Thomsen", "anna", "mitte"),),
        policy={"cancel_minutes": 2880, "move_minutes": 2880},
        bookings=(("2026-05-05T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "two appointments, and which one is meant",
        (
            use("identify_customer", name="Svea Thomsen", birth_date="3.3.1985"),
            use(
                "cancel_appointment", code="ambiguous", says=("am Dienstag, dem 12. Mai, um 10 Uhr", "am Mittwoch, dem 13. Mai, um 11 Uhr")
            ),
            use("cancel_appointment", date="13. Mai", time="11 Uhr"),
            use("cancel_appointment", date="14. Mai", code="not_found"),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"), ("2026-05-13T11:00", "Svea Thomsen", "ben", "mitte")),
        bookings=(("2026-05-12T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "moves to a time that is taken",
        (
            use("identify_customer", name="Svea Thomsen"),
            use("reschedule_appointment", new_date="13. Mai", new_time="11 Uhr", staff="Anna", code="slot_taken", says=("frei ist es",)),
            use("reschedule_appointment", new_date="$slots.0.starts_at", staff="$slots.0.staff"),
        ),
        before=(("2026-05-12T10:00", "Svea Thomsen", "anna", "mitte"), ("2026-05-13T11:00", None, "anna", "mitte")),
        bookings=(("2026-05-13T11:00", "ben", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "nothing suits: the waitlist",
        (
            use("check_availability", service="Haarschnitt", date="morgen", staff="Anna", data={"reason": "booked"}),
            use(
                "join_waitlist",
                service="Haarschnitt",
                date_from="morgen",
                date_to="morgen",
                part_of_day="vormittags",
                staff="Anna",
                code="missing",
            ),
            use(
                "join_waitlist",
                service="Haarschnitt",
                date_from="morgen",
                date_to="morgen",
                part_of_day="vormittags",
                staff="Anna",
                name="Svea Thomsen",
            ),
        ),
        before=ANNA_FULL,
        waiting=1,
    ),
    Dialogue(
        "wants to be called back",
        (
            use(
                "request_callback",
                name="Svea Thomsen",
                when="morgen um drei",
                reason="Reklamation",
                says=("morgen, Dienstag, den 5. Mai, um 15 Uhr",),
            ),
            use("request_callback", name="Svea Thomsen", when="morgen um vier", reason="Reklamation"),
        ),
        tasks=("callback",),
    ),
    Dialogue(
        "leaves a message",
        (use("take_message", text="Ich komme zehn Minuten später.", name="Svea Thomsen"), use("take_message", code="missing")),
        tasks=("message",),
    ),
    Dialogue(
        "wants a person",
        (
            use("transfer_call", reason="Reklamation", data={"number": "+493023125177"}),
            use("send_link", kind="booking", code="not_verified"),
        ),
    ),
    Dialogue(
        "nobody takes over at the second branch",
        (use("transfer_call", code="not_available", says=("Rückruf",)),),
        dialled=PANKOW,
    ),
    Dialogue(
        "same day and time as what was just booked, then a change of mind",
        (
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10 Uhr", staff="Anna", name="Erika Muster"),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="derselbe Tag",
                time="gleiche Uhrzeit",
                staff="Ben",
                name="mein Mann, Otto Muster, er ist 60",
                phone="die Nummer, mit der ich anrufe",
                says=("Der Termin für Otto", "Mittwoch, den 6. Mai, um 10 Uhr, Haarschnitt bei Ben"),
            ),
            use(
                "reschedule_appointment",
                booking_id="$booking_id",
                new_date="am selben Tag",
                new_time="eine Stunde später",
                says=("um 11 Uhr",),
            ),
        ),
        number=STRANGER,
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Erika Muster"), ("2026-05-06T11:00", "ben", "mitte", "Otto Muster")),
    ),
    Dialogue(
        "what was booked and cancelled in the call is known to be gone",
        (
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10 Uhr", name="Erika Muster"),
            use("cancel_appointment", booking_id="$booking_id"),
            use("query_appointments", data={"bookings": []}, says=("kein Termin mehr",)),
        ),
        number=STRANGER,
    ),
    Dialogue(
        "a series is no one appointment",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="ab dem 12. Mai, immer dienstags alle vier Wochen",
                time="10 Uhr",
                name="Erika Muster",
                code="ambiguous",
                data={"options": ["2026-05-12", "2026-06-09", "2026-07-07"]},
                says=("Serie", "Dienstag, der 12. Mai"),
            ),
        ),
        number=STRANGER,
    ),
    Dialogue(
        "two services in one visit are both named",
        (
            use(
                "get_service_info",
                service="Haarschnitt und Waschen",
                data={"service.minutes": 45},
                says=("Haarschnitt", "Waschen", "Zusammen"),
            ),
            use("list_services", query="highlights", data={"services.0.name": "Balayage"}),
            use(
                "book_appointment",
                service="Haarschnitt und Waschen",
                date="Mittwoch",
                time="10 Uhr",
                staff="Anna",
                name="Erika Muster",
                data={"service": "Haarschnitt und Waschen"},
                says=("Haarschnitt und Waschen bei Anna",),
            ),
        ),
        number=STRANGER,
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Erika Muster"), ("2026-05-06T10:30", "anna", "mitte", "Erika Muster")),
    ),
    Dialogue(
        "as soon as possible, at any time but mornings",
        (
            use(
                "join_waitlist",
                service="Haarschnitt",
                date_from="as soon as possible",
                date_to="before Whitsun",
                name="Erika Muster",
                part_of_day="any time but mornings",
                phone="same as mine",
                anyway="yes",
            ),
        ),
        number=STRANGER,
        waiting=1,
    ),
    Dialogue(
        "somebody, only not one of them",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="10 Uhr",
                staff="egal, nur bitte nicht bei Anna",
                name="Erika Muster",
                data={"staff": "Ben Lindgren"},
            ),
        ),
        number=STRANGER,
        bookings=(("2026-05-06T10:00", "ben", "mitte", "Erika Muster"),),
    ),
    Dialogue(
        "only has questions",
        (
            use("list_services", says=("Haarschnitt",)),
            use(
                "get_service_info",
                service="Strähnchen",
                data={"service.name": "Balayage", "service.minutes": 90},
                says=("anderthalb Stunden", "120 Euro"),
            ),
            use("answer_question", question="Wie lange haben Sie heute geöffnet?", says=("Heute ist von 9 Uhr bis 18 Uhr geöffnet.",)),
            use("answer_question", question="Was kostet denn ein Haarschnitt?", says=("35 Euro",)),
            use("answer_question", question="Wo finde ich Sie denn?", says=("Linienstraße 214",)),
            use("answer_question", question="Darf ich meinen Hund mitbringen?", code="not_known", says=("Rückruf",)),
        ),
        number=STRANGER,
    ),
    Dialogue(
        "a stranger books and is known from then on",
        (
            use("check_customer", data={"known": False, "rights": ["book"]}),
            use("book_appointment", service="Yoga", date="Samstag", time="10 Uhr", name="Malte Brüning", email="malte@example.com"),
            use("check_customer", data={"known": True}),
            use("query_appointments", says=("am Samstag, dem 9. Mai",)),
        ),
        number=STRANGER,
        bookings=(("2026-05-09T10:00", "anna", "mitte", "Malte Brüning"),),
    ),
    Dialogue(
        "several services in one visit",
        (use("book_appointment", service="Waschen und Haarschnitt", date="Mittwoch", time="10 Uhr", name="Svea Thomsen"),),
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Svea Thomsen"), ("2026-05-06T10:15", "anna", "mitte", "Svea Thomsen")),
    ),
    Dialogue(
        "a span of hours is no time to book, and no offset of the clock",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date=TUESDAY,
                time="15:00-16:00",
                name="Svea Thomsen",
                code="missing",
                data={"fields": ["time"], "known": {"date": TUESDAY, "time_from": "15:00", "time_to": "16:00"}},
                says=("Was passt Ihnen",),
            ),
            use("book_appointment", service="Haarschnitt", date=f"{TUESDAY} 15:00-16:00", name="Svea Thomsen", code="missing"),
            use("book_appointment", service="Haarschnitt", date="morgen", time="von 9 bis 11", name="Svea Thomsen", code="missing"),
            use(
                "check_availability",
                service="Haarschnitt",
                date=TUESDAY,
                time="15:00-16:00",
                data={"slots.0.starts_at": f"{TUESDAY}T15:00:00+02:00"},
            ),
            use("book_appointment", service="Haarschnitt", date=TUESDAY, time="15 Uhr", name="Svea Thomsen"),
        ),
        bookings=((f"{TUESDAY}T15:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "what is not understood is asked about, and the rest is kept",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="morgen",
                time="wenn es dunkel wird",
                name="Svea Thomsen",
                code="ambiguous",
                data={"known": {"date": TUESDAY}},
                says=("Um wie viel Uhr",),
            ),
            use(
                "check_availability",
                service="Haarschnitt",
                date="am Blaumontag",
                time="halb elf",
                code="ambiguous",
                data={"known": {"time": "10:30"}},
                says=("An welchem Tag um halb elf?",),
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch, nein, Donnerstag",
                time="zehn, ach nee, halb elf",
                name="Svea Thomsen",
            ),
        ),
        bookings=(("2026-05-07T10:30", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "a date that cannot be is asked back",
        (
            use("parse_date", text="31. Februar", data={"ambiguous": True}, says=("Den 31. Februar gibt es nicht.",)),
            use(
                "book_appointment", service="Haarschnitt", date="Freitag oder Samstag", time="10 Uhr", name="Svea Thomsen", code="ambiguous"
            ),
            use("book_appointment", service="Haarschnitt", date="30.2.", time="10 Uhr", name="Svea Thomsen", code="ambiguous"),
        ),
    ),
    Dialogue(
        "the house confirms itself",
        (
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="10 Uhr",
                name="Svea Thomsen",
                data={"status": "pending"},
                says=("noch bestätigt",),
            ),
        ),
        policy={"needs_confirmation": True},
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "two calls want the same last time, and one gets it",
        (
            use("check_availability", service="Haarschnitt", date="morgen", time="17:30", data={"requested_free": True}),
            use("check_availability", service="Haarschnitt", date="morgen", time="17:30", data={"requested_free": True}, by=STRANGER),
            use("book_appointment", service="Haarschnitt", date="morgen", time="17:30", name="Malte Brüning", by=STRANGER),
            use("book_appointment", service="Haarschnitt", date="morgen", time="17:30", name="Svea Thomsen", code="slot_taken"),
        ),
        before=ANNA_FULL[:-1] + BEN_FULL,
        bookings=((f"{TUESDAY}T17:30", "anna", "mitte", "Malte Brüning"),),
    ),
    Dialogue(
        "what one caller keeps, another one cannot have",
        (
            use("hold_slot", service="Haarschnitt", date="morgen", time="17:30", by=STRANGER),
            use("check_availability", service="Haarschnitt", date="morgen", time="17:30", data={"requested_free": False}),
            use("book_appointment", service="Haarschnitt", date="morgen", time="17:30", name="Svea Thomsen", code="slot_taken"),
        ),
        before=ANNA_FULL[:-1] + BEN_FULL,
    ),
    Dialogue(
        "the hold runs out, the time is still free and is booked all the same",
        (
            use("hold_slot", service="Haarschnitt", date="Mittwoch", time="10 Uhr", staff="Anna"),
            use("book_appointment", hold="$hold", name="Svea Thomsen", after_minutes=30, data={"staff": "Anna Lindgren"}),
        ),
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "the hold runs out, and somebody else is faster",
        (
            use("hold_slot", service="Haarschnitt", date="Mittwoch", time="10 Uhr", staff="Anna"),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="10 Uhr",
                staff="Anna",
                name="Malte Brüning",
                by=STRANGER,
                after_minutes=30,
            ),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Mittwoch",
                time="10 Uhr",
                staff="Anna",
                name="Svea Thomsen",
                code="slot_taken",
            ),
        ),
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Malte Brüning"),),
    ),
    Dialogue(
        "a closed branch, and the other one is open",
        (
            use("check_availability", service="Haarschnitt", date="Mittwoch", time="10 Uhr", data={"reason": "closure"}),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10 Uhr", name="Svea Thomsen", code="closed"),
            use("book_appointment", service="Haarschnitt", date="Mittwoch", time="10 Uhr", branch="Pankow", name="Svea Thomsen"),
        ),
        closed=("mitte",),
        bookings=(("2026-05-06T10:00", "anna", "pankow", "Svea Thomsen"),),
    ),
    Dialogue(
        "a word of the caller's for the service",
        (
            use("get_service_info", service="Strähnchen", data={"service.name": "Balayage"}),
            use("book_appointment", service="Strähnchen", date="Mittwoch", time="10 Uhr", name="Svea Thomsen"),
        ),
        bookings=(("2026-05-06T10:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "two services could be meant, so it is asked",
        (
            use("check_availability", service="Farbe", date="Mittwoch", code="ambiguous", says=("Farbe Ansatz oder Farbe komplett?",)),
            use("check_availability", service="Farbe Ansatz", date="Mittwoch"),
        ),
        services=("Farbe Ansatz", "Farbe komplett"),
    ),
    Dialogue(
        "the day on which the clocks go back",
        (
            use("check_availability", service="Haarschnitt", date="Sonntag", time="halb drei nachts", code="ambiguous"),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="Sonntag",
                time="9 Uhr",
                name="Svea Thomsen",
                data={"starts_at": "2026-10-25T09:00:00+01:00"},
            ),
            use("query_appointments", says=("um 9 Uhr",)),
        ),
        moment="2026-10-23T10:00:00+02:00",
        sundays=True,
        bookings=(("2026-10-25T09:00", "anna", "mitte", "Svea Thomsen"),),
    ),
    Dialogue(
        "the day on which the clocks go forward",
        (
            use("check_availability", service="Haarschnitt", date="28. März", time="halb drei nachts", code="ambiguous", says=("gibt es",)),
            use(
                "book_appointment",
                service="Haarschnitt",
                date="28. März",
                time="9 Uhr",
                name="Svea Thomsen",
                data={"starts_at": "2027-03-28T09:00:00+02:00"},
            ),
        ),
        moment="2027-03-26T10:00:00+01:00",
        sundays=True,
        bookings=(("2027-03-28T09:00", "anna", "mitte", "Svea Thomsen"),),
    ),
)
