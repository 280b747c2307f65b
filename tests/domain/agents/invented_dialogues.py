"""Dialogues invented as callers, and as models that fill in arguments badly; the right end was judged before they were run."""

from tests.domain.agents.demo_dialogues import ANYBODY, NOT_TOM, THURSDAY, WED_10, WEDNESDAY, Dialogue, Earlier, refused, tried, use

CHILDREN = {"service": "Kinderschnitt", "date_from": "Dienstag", "date_to": "Freitag, 27. November"}
PRACTICE, GARAGE = "+498999998200", "+494066969300"

FIRST_INVENTED = (
    Dialogue(
        "the day stands in the argument for the time",
        (use("book_appointment", service="Herrenschnitt", time="Mittwoch, 25.11. um 14 Uhr", name="Karl Baum"),),
        bookings=(("2026-11-25T14:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "the day is said twice",
        (use("book_appointment", service="Herrenschnitt", date="Mittwoch", time="2026-11-25T14:00", name="Karl Baum"),),
        bookings=(("2026-11-25T14:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "two days that contradict each other are asked about",
        (
            refused(
                "ambiguous missing",
                "book_appointment",
                service="Herrenschnitt",
                date=WEDNESDAY,
                time="Donnerstag um 14 Uhr",
                name="Karl Baum",
            ),
        ),
    ),
    Dialogue(
        "everything stands in the argument for the service",
        (
            refused("missing", "book_appointment", service="Damenschnitt bei Aylin am Donnerstag um 10", name="Lea Wolf"),
            use(
                "book_appointment",
                service="Damenschnitt bei Aylin",
                date="Donnerstag",
                time="10 Uhr",
                name="Lea Wolf",
                data={"staff": "Aylin Demir"},
            ),
        ),
        bookings=(("2026-11-26T10:00", "cut_women", "aylin", "mitte", "Lea Wolf"),),
    ),
    Dialogue(
        "everything in English",
        (
            use(
                "book_appointment",
                service="men's haircut",
                date="next Wednesday",
                time="half past two",
                name="Owen Hughes",
                says="half past two",
            ),
        ),
        said=("Salon Lindgren, guten Tag.", "Hello, I would like to book a haircut, please."),
        bookings=(("2026-11-25T14:30", "cut_men", ANYBODY, "mitte", "Owen Hughes"),),
    ),
    Dialogue(
        "three times the same, and one remark more",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("book_appointment", service="Herrenschnitt", date="am Mittwoch", time="10 Uhr", name="Karl Baum", notes="kommt mit Hund"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "another day after it was booked",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("reschedule_appointment", booking_id="$booking_id", new_date="doch lieber Donnerstag", says="um 10 Uhr"),
        ),
        bookings=(("2026-11-26T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "two children at once, and a third for whom nobody is left",
        (
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Mia Wolf"),
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Max Wolf"),
            refused("slot_taken", "book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Moritz Wolf"),
        ),
        bookings=(
            ("2026-11-26T15:00", "cut_child", "aylin|tom", "mitte", "Mia Wolf"),
            ("2026-11-26T15:00", "cut_child", "aylin|tom", "mitte", "Max Wolf"),
        ),
    ),
    Dialogue(
        "two of a service are asked about",
        (refused("ambiguous missing", "book_appointment", service="zwei Herrenschnitte", date=WEDNESDAY, time="10:00", name="Paul Berg"),),
    ),
    Dialogue(
        "two people in one name are asked about",
        (refused("ambiguous missing", "book_appointment", **WED_10, name="Anna und Otto Keller"),),
    ),
    Dialogue(
        "what is kept is given back without its id, and somebody else has it",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            use("release_hold", hold="den von eben"),
            use("book_appointment", **WED_10, staff="Mara", name="Paul Berg"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Paul Berg"),),
        open_holds=0,
    ),
    Dialogue(
        "who keeps a time cancels nothing of somebody else",
        (use("hold_slot", **WED_10), refused("not_verified not_found", "cancel_appointment", date="Mittwoch")),
        before=(Earlier("other", "2026-11-25T12:00", "mara", customer="Erika Muster", phone="+491713920199"),),
        bookings=(("2026-11-25T12:00", "cut_men", "mara", "mitte", "Erika Muster"),),
        open_holds=1,
    ),
    Dialogue(
        "nothing matters, and a model says so everywhere",
        (
            use(
                "check_availability",
                service="Herrenschnitt",
                date="Mittwoch",
                time="egal",
                staff="egal",
                branch="egal",
                part_of_day="any",
                date_from="none",
            ),
            use("find_next_available", service="Herrenschnitt", staff="whoever is free first", branch="{{branch}}"),
        ),
    ),
    Dialogue(
        "somebody who is off, then anybody",
        (
            refused(
                "closed",
                "book_appointment",
                service="Herrenschnitt",
                date="Samstag, 28. November",
                time="10 Uhr",
                staff="Tom",
                name="Karl Baum",
            ),
            use(
                "book_appointment",
                service="Herrenschnitt",
                date="Samstag, 28. November",
                time="10 Uhr",
                staff="dann egal wer",
                name="Karl Baum",
            ),
        ),
        bookings=(("2026-11-28T10:00", "cut_men", NOT_TOM, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "placeholders for name and number",
        (
            refused("missing", "book_appointment", **WED_10, name="{{customer_name}}", phone="string", data={"fields": ["name"]}),
            use("book_appointment", **WED_10, name="Karl Baum", phone="string", email="none", notes="n/a", hold="null"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a callback for each of a couple on one number",
        (
            use("request_callback", name="Karl Baum", reason="Terminfrage"),
            use("request_callback", name="Petra Baum", reason="Terminfrage"),
            use("request_callback", name="Karl Baum", reason="Terminfrage"),
        ),
        tasks=(("callback", ("Karl Baum",)), ("callback", ("Petra Baum",))),
    ),
    Dialogue(
        "a message that is corrected arrives both times",
        (
            use("take_message", text="Bin zehn Minuten später da", name="Karl Baum"),
            use("take_message", text="Bin zehn Minuten später da", name="Karl Baum"),
            use("take_message", text="Bin zwanzig Minuten später da", name="Karl Baum"),
            refused("missing", "take_message", text="string"),
        ),
        tasks=(("message", ("zehn",)), ("message", ("zwanzig",))),
    ),
    Dialogue(
        "the waiting list for one day, and not for everybody but one",
        (
            refused("ambiguous", "join_waitlist", service="Herrenschnitt", date="Dienstag", staff="nicht Tom", name="Karl Baum"),
            use("join_waitlist", service="Herrenschnitt", date="Dienstag", staff="any", name="Karl Baum", anyway="yes"),
        ),
        waiting=1,
    ),
    Dialogue(
        "a move that names the wrong present day moves nothing",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            refused("not_found not_verified ambiguous", "reschedule_appointment", date=THURSDAY, new_time="12:00"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a move by the time alone, which stands in the argument for the day",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("reschedule_appointment", booking_id="$booking_id", new_date="um 16 Uhr"),
        ),
        bookings=(("2026-11-25T16:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
)

SECOND_INVENTED = (
    Dialogue(
        "somebody who is not wanted stands in the words for the service",
        (use("book_appointment", service="men's cut, but not with Tom", date="Wednesday", time="11", name="Jane Miller", lacks="Tom"),),
        before=(Earlier("mara", "2026-11-25T11:00", "mara"),),
        bookings=(("2026-11-25T11:00", "cut_men", "jonas", "mitte", "Jane Miller"),),
    ),
    Dialogue(
        "another person than the one who is kept",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            use("book_appointment", hold="$hold", staff="nicht Mara, sondern Tom", name="Karl Baum"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "tom", "mitte", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "another branch than the one that is kept",
        (
            use("hold_slot", **WED_10),
            use("book_appointment", hold="$hold", branch="doch lieber Pankow", name="Karl Baum", says="in Berlin-Pankow"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "svenja", "pankow", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "any day is asked about, and the past is refused",
        (
            refused(
                "missing", "book_appointment", service="Herrenschnitt", date="egal", time="10 Uhr", name="Karl Baum", says="An welchem Tag"
            ),
            refused("in_the_past ambiguous", "book_appointment", service="Herrenschnitt", date="gestern", time="10 Uhr", name="Karl Baum"),
        ),
    ),
    Dialogue(
        "people by their family names",
        (
            use("hold_slot", **WED_10, staff="Frau Lindgreen", data={"staff": "Mara Lindgren"}),
            use("check_availability", service="Herrenschnitt", date=THURSDAY, staff="Herr Weber oder Herr Kaya", lacks="Mara"),
        ),
    ),
    Dialogue(
        "a move to somebody else at the same time",
        (
            use("book_appointment", **WED_10, staff="Mara", name="Karl Baum"),
            use("reschedule_appointment", booking_id="$booking_id", staff="zu Tom bitte", says=("um 10 Uhr", "bei Tom Weber")),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "tom", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a move that says nothing, and one that leaves the time open",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            refused("missing", "reschedule_appointment", booking_id="$booking_id", branch="egal", staff="egal", new_date="none"),
            refused("missing ambiguous", "reschedule_appointment", booking_id="$1.booking_id", new_time="nicht vor 14 Uhr"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "one of two appointments at the same time is cancelled",
        (
            use("book_appointment", **WED_10, name="Mia Wolf"),
            use("book_appointment", **WED_10, name="Max Wolf"),
            refused("ambiguous", "cancel_appointment", date="Mittwoch", time="10 Uhr"),
            use("cancel_appointment", booking_id="$1.booking_id"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Max Wolf"),),
        cancelled=1,
    ),
    Dialogue(
        "a list of remarks, and a service by its id",
        (
            use("list_services", query="Herren"),
            use(
                "book_appointment",
                service="$services.0.id",
                date="Mittwoch",
                time=10,
                name="Karl Baum",
                notes=["Allergie gegen PPD", "kommt mit Hund"],
            ),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "two services of which one is open",
        (
            refused(
                "ambiguous",
                "book_appointment",
                service="Schneiden und Strähnchen",
                date=THURSDAY,
                time="10:00",
                name="Lea Wolf",
                says="Damenschnitt",
            ),
            use("book_appointment", service="Damenschnitt und Strähnchen", date=THURSDAY, time="10:00", name="Lea Wolf"),
        ),
        bookings=(
            ("2026-11-26T10:00", "cut_women", ANYBODY, "mitte", "Lea Wolf"),
            ("2026-11-26T10:45", "balayage", ANYBODY, "mitte", "Lea Wolf"),
        ),
    ),
    Dialogue(
        "a callback of which nothing is known but the number",
        (use("request_callback", name="Anrufer", when="egal", reason="keine Angabe", phone="diese Nummer"),),
        tasks=(("callback", ("171 3920102",)),),
    ),
    Dialogue(
        "a long message in English arrives whole",
        (use("take_message", text="Please tell Mara about the invoice. " * 50 + "IMPORTANT: allergic to ammonia!", name="Owen Hughes"),),
        tasks=(("message", ("IMPORTANT: allergic to ammonia!",)),),
    ),
    Dialogue(
        "a haircut for the son is asked about",
        (
            refused(
                "ambiguous",
                "book_appointment",
                service="a haircut for my son",
                date=THURSDAY,
                time="15:00",
                name="Tim Hughes",
                says="children's cut",
            ),
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Tim Hughes"),
        ),
        bookings=(("2026-11-26T15:00", "cut_child", "aylin|tom", "mitte", "Tim Hughes"),),
    ),
    Dialogue(
        "the waiting list takes one service",
        (
            refused(
                "ambiguous", "join_waitlist", service="Damenschnitt und Balayage", date_from="Dienstag", date_to="Freitag", name="Lea Wolf"
            ),
            use(
                "join_waitlist",
                service="Balayage",
                date_from="Dienstag",
                date_to="Freitag",
                part_of_day="egal",
                name="Lea Wolf",
                anyway=True,
            ),
        ),
        waiting=1,
    ),
    Dialogue(
        "a second appointment that begins in the first is asked about, one behind it is booked",
        (
            use("book_appointment", service="Damenschnitt", date=THURSDAY, time="10:00", name="Lea Wolf"),
            refused("ambiguous", "book_appointment", service="Ansatzfarbe", date=THURSDAY, time="10:30", name="Lea Wolf"),
            use("book_appointment", service="Ansatzfarbe", date=THURSDAY, time="10:45", name="Lea Wolf"),
        ),
        bookings=(
            ("2026-11-26T10:00", "cut_women", ANYBODY, "mitte", "Lea Wolf"),
            ("2026-11-26T10:45", "colour", ANYBODY, "mitte", "Lea Wolf"),
        ),
    ),
    Dialogue(
        "a move that is asked for twice is made once, and said twice",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("reschedule_appointment", date="Mittwoch", new_date="Donnerstag", new_time="12 Uhr"),
            use("query_appointments"),
            use("reschedule_appointment", date="Mittwoch", new_date="Donnerstag", new_time="12 Uhr", says="am Donnerstag"),
        ),
        bookings=(("2026-11-26T12:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a cancellation that is asked for twice is made once, and said twice",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("cancel_appointment", date="Mittwoch"),
            use("get_context"),
            use("cancel_appointment", date="Mittwoch", says="abgesagt"),
        ),
        cancelled=1,
    ),
    Dialogue(
        "here, with anyone",
        (use("hold_slot", **WED_10, staff="anyone", branch="hier in der Filiale", says="in Berlin-Mitte"),),
        open_holds=1,
    ),
    Dialogue(
        "the day of the hold, corrected twice",
        (
            use("hold_slot", **WED_10),
            tried("book_appointment", hold="$hold", date="Donnerstag, nein, Freitag nächster Woche", time="", name="Karl Baum"),
            use("book_appointment", hold="$1.hold", date="Freitag, 27. November", name="Karl Baum"),
        ),
        bookings=(("2026-11-27T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "somebody else takes over the call and books for herself",
        (
            use("book_appointment", **WED_10, staff="Mara", name="Karl Baum"),
            refused(
                "unknown_staff",
                "book_appointment",
                service="Damenschnitt",
                date=WEDNESDAY,
                time="11 Uhr",
                staff="bei ihr",
                name="Petra Baum",
            ),
            use("book_appointment", service="Damenschnitt", date=WEDNESDAY, time="11 Uhr", staff="Mara", name="Petra Baum"),
        ),
        bookings=(
            ("2026-11-25T10:00", "cut_men", "mara", "mitte", "Karl Baum"),
            ("2026-11-25T11:00", "cut_women", "mara", "mitte", "Petra Baum"),
        ),
    ),
)

THIRD_INVENTED = (
    Dialogue(
        "fillers in every argument",
        (
            use(
                "book_appointment",
                service="äh, Herrenschnitt, glaub ich",
                date="ähm, am Mittwoch",
                time="so um zehn",
                staff="bei der, äh, Mara",
                name="Karl Baum",
            ),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a false start is no service",
        (tried("get_service_info", service="Damen- äh Herrenschnitt", lacks="Damenschnitt dauert"), use("get_context")),
    ),
    Dialogue(
        "why somebody is not wanted does not matter",
        (tried("find_next_available", service="Damenschnitt", staff="nicht bei der Mara, die ist mir zu teuer", lacks="Lindgren"),),
    ),
    Dialogue(
        "a wish that nobody can read off the calendar is asked about",
        (
            refused("unknown_staff ambiguous", "check_availability", service="Damenschnitt", date=THURSDAY, staff="lieber eine Frau"),
            refused("unknown_staff ambiguous", "book_appointment", **WED_10, staff="die vom letzten Mal", name="Karl Baum"),
            refused("unknown_staff ambiguous", "hold_slot", **WED_10, staff="same as last time"),
        ),
        open_holds=0,
    ),
    Dialogue(
        "the usual is no service",
        (
            refused("unknown_service missing ambiguous", "check_availability", service="das Übliche", date=WEDNESDAY),
            refused("unknown_service missing ambiguous", "check_availability", service="the usual", date=WEDNESDAY),
        ),
    ),
    Dialogue(
        "a branch by its street",
        (
            use("check_availability", service="Herrenschnitt", date=WEDNESDAY, branch="in der Florastraße", lacks="Mitte"),
            use("check_availability", service="Herrenschnitt", date=WEDNESDAY, branch="Linienstraße 214", lacks="Pankow"),
            use("check_availability", service="Herrenschnitt", date=WEDNESDAY, branch="the Pankow one", lacks="Mitte"),
        ),
    ),
    Dialogue(
        "two times are kept, and the second is booked without its id",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            use("hold_slot", service="Herrenschnitt", date=WEDNESDAY, time="14:00", staff="Mara"),
            use(
                "book_appointment", service="Herrenschnitt", date=WEDNESDAY, time="14:00", name="Karl Baum", data={"staff": "Mara Lindgren"}
            ),
        ),
        bookings=(("2026-11-25T14:00", "cut_men", "mara", "mitte", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "what is kept stays while the name is asked",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            refused("missing", "book_appointment", hold="$hold", name="<name>"),
            use("book_appointment", hold="$1.hold", name="Karl Baum"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "another branch and another time at once",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use(
                "reschedule_appointment",
                booking_id="$booking_id",
                new_date=THURSDAY,
                new_time="16:00",
                branch="Pankow",
                says="in Berlin-Pankow",
            ),
        ),
        bookings=(("2026-11-26T16:00", "cut_men", ANYBODY, "pankow", "Karl Baum"),),
    ),
    Dialogue(
        "a move to one of two people",
        (
            use("book_appointment", **WED_10, staff="Mara", name="Karl Baum"),
            use("reschedule_appointment", booking_id="$booking_id", new_time="12:00", staff="Tom oder Jonas"),
        ),
        bookings=(("2026-11-25T12:00", "cut_men", "tom|jonas", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a move to a day that is closed",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            refused("closed", "reschedule_appointment", booking_id="$booking_id", new_date="Montag"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a reason that is too long to be kept is asked for in short",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            refused("too_long", "cancel_appointment", booking_id="$booking_id", reason="Weil mein Auto nicht anspringt. " * 12),
            use("cancel_appointment", booking_id="$1.booking_id", reason="Weil mein Auto nicht anspringt."),
        ),
        cancelled=1,
    ),
    Dialogue(
        "Tuesday instead",
        (
            use("book_appointment", service="clipper cut", date="Wednesday", time="10 am", staff="Jonas", name="Owen Hughes"),
            use("reschedule_appointment", booking_id="$booking_id", new_date="Thursday instead", says=("at 10 am", "Jonas Kaya")),
        ),
        said=("Salon Lindgren, guten Tag.", "Hello, I would like to book a haircut, please."),
        bookings=(("2026-11-26T10:00", "cut_machine", "jonas", "mitte", "Owen Hughes"),),
    ),
    Dialogue(
        "days in a row, in the afternoon, with all but one",
        (
            use(
                "check_availability",
                service="Herrenschnitt",
                date_from="Mittwoch",
                date_to="Freitag, 27. November",
                part_of_day="nachmittags",
                staff="alle außer Mara",
                lacks=("Mara", "T09:", "T10:", "T11:"),
            ),
            use("get_alternatives", service="Herrenschnitt", date=WEDNESDAY, time="10:00", staff="nicht Tom", lacks="Tom"),
        ),
    ),
    Dialogue(
        "for the mother, in the argument for the name",
        (use("book_appointment", service="Damenschnitt", date=THURSDAY, time="10:00", name="für meine Mutter, Erna Baum"),),
        bookings=(("2026-11-26T10:00", "cut_women", ANYBODY, "mitte", "Erna Baum"),),
    ),
    Dialogue(
        "a name in a sentence",
        (use("book_appointment", **WED_10, name="mein Name ist Karl Baum"),),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "remarks in brackets",
        (
            use(
                "book_appointment",
                service="Herrenschnitt (30 Min)",
                date=WEDNESDAY,
                time="10:00",
                staff="Tom (falls frei)",
                name="Karl Baum",
            ),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "tom", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "the same time in other words is kept once",
        (
            use("hold_slot", **WED_10),
            use("hold_slot", service="ein Herrenschnitt", date="Mittwoch", time="zehn Uhr", branch="hier"),
        ),
        open_holds=1,
    ),
    Dialogue(
        "a service and its addition that is not wanted",
        (use("book_appointment", service="Damenschnitt ohne Waschen und Föhnen", date=THURSDAY, time="10:00", name="Lea Wolf"),),
        bookings=(("2026-11-26T10:00", "cut_women", ANYBODY, "mitte", "Lea Wolf"),),
    ),
    Dialogue(
        "a callback that is put off twice is one, at the last time",
        (
            use("request_callback", name="Karl Baum", reason="Gutschein", when="morgen um 10"),
            use("request_callback", name="Karl Baum", reason="Gutschein", when="morgen um 12"),
            use("request_callback", when="morgen um 13 Uhr", data={"due_at": "2026-11-21T13:00:00+01:00"}),
        ),
        tasks=(("callback", ("Karl Baum", "Gutschein", "morgen um 13 Uhr")),),
    ),
)


FOURTH_INVENTED = (
    Dialogue(
        "a vaccination in a practice with one branch, which is not named",
        (
            use(
                "book_appointment",
                service="Termin zur Grippeimpfung",
                date="Montag",
                time="halb neun",
                name="Theresia Huber",
                says="bei Sabine Roth, ist eingetragen",
            ),
        ),
        dialled=PRACTICE,
        bookings=(("2026-11-23T08:30", "vaccination", "roth", "muenchen", "Theresia Huber"),),
    ),
    Dialogue(
        "a doctor by title, and one who cannot be told",
        (
            use(
                "check_availability", service="Check-up", date="Montag", staff="bei Doktor Adler", data={"slots.0.staff": "Dr. Paul Adler"}
            ),
            use("check_availability", service="Check-up", date="Montag", staff="nicht zu Dr. Adler", lacks="Adler"),
            refused("unknown_staff ambiguous", "check_availability", service="Check-up", date="Montag", staff="nicht zur Chefin"),
            refused("unknown_staff ambiguous", "check_availability", service="Check-up", date="Montag", staff="Herr Doktor"),
        ),
        dialled=PRACTICE,
    ),
    Dialogue(
        "a flu shot",
        (use("book_appointment", service="flu shot", date="Monday", time="9 am", name="Owen Hughes"),),
        dialled=PRACTICE,
        said=("Praxis Doktor Morgenstern, guten Tag.", "Hello, I would like to get a flu shot, please."),
        bookings=(("2026-11-23T09:00", "vaccination", "roth", "muenchen", "Owen Hughes"),),
    ),
    Dialogue(
        "two services one after the other",
        (use("book_appointment", service="Blut abnehmen und Impfung", date="Dienstag", time="8 Uhr", name="Alois Huber"),),
        dialled=PRACTICE,
        bookings=(
            ("2026-11-24T08:00", "blood", "roth", "muenchen", "Alois Huber"),
            ("2026-11-24T08:10", "vaccination", "roth", "muenchen", "Alois Huber"),
        ),
    ),
    Dialogue(
        "an afternoon on which the practice is closed",
        (refused("closed", "book_appointment", service="Sprechstunde", date="Mittwoch", time="14 Uhr", name="Alois Huber"),),
        dialled=PRACTICE,
    ),
    Dialogue(
        "two reasons to be called back, without a name",
        (use("request_callback", reason="Rezept"), use("request_callback", reason="Überweisung"), use("request_callback", reason="Rezept")),
        dialled=PRACTICE,
        tasks=(("callback", ("Rezept",)), ("callback", ("Überweisung",))),
    ),
    Dialogue(
        "two jobs in a garage",
        (use("book_appointment", service="Reifenwechsel und Ölwechsel", date="Dienstag", time="8 Uhr", name="Fiete Petersen"),),
        dialled=GARAGE,
        bookings=(
            ("2026-11-24T08:00", "tyres", "malik", "altona", "Fiete Petersen"),
            ("2026-11-24T08:30", "oil", "malik", "altona", "Fiete Petersen"),
        ),
    ),
    Dialogue(
        "an oil change in English",
        (use("book_appointment", service="an oil change, please", date="Tuesday", time="8 am", name="Grace Okafor", staff="anybody"),),
        dialled=GARAGE,
        bookings=(("2026-11-24T08:00", "oil", ANYBODY, "altona", "Grace Okafor"),),
    ),
    Dialogue(
        "the inspection by its short name, and what is not offered",
        (
            use("get_service_info", service="TÜV", data={"service.name": "Hauptuntersuchung"}),
            refused(
                "unknown_service", "check_availability", service="Auspuff reparieren", date="Dienstag", says="Wir bieten unter anderem"
            ),
        ),
        dialled=GARAGE,
    ),
    Dialogue(
        "not this garage",
        (use("check_availability", service="Inspektion", date="Dienstag", branch="not in Altona", lacks="Altona"),),
        dialled=GARAGE,
    ),
    Dialogue(
        "to the other garage, where others work",
        (
            use("book_appointment", service="Inspektion", date="Dienstag", time="9 Uhr", staff="Henning Kruse", name="Inga Möller"),
            use("reschedule_appointment", booking_id="$booking_id", branch="Wandsbek", says="in Hamburg-Wandsbek", lacks="Henning"),
        ),
        dialled=GARAGE,
        bookings=(("2026-11-24T09:00", "inspection", "birte|dennis", "wandsbek", "Inga Möller"),),
    ),
    Dialogue(
        "somebody who works at the other branch",
        (
            refused(
                "unknown_staff",
                "book_appointment",
                service="Inspektion",
                date="Dienstag",
                time="9 Uhr",
                branch="Wandsbek",
                staff="Henning Kruse",
                name="Inga Möller",
            ),
        ),
        dialled=GARAGE,
    ),
    Dialogue(
        "a branch by its street, for what is kept",
        (
            use(
                "hold_slot",
                service="Inspektion",
                date="Dienstag",
                time="9 Uhr",
                branch="in der Walddörferstraße",
                says="in Hamburg-Wandsbek",
            ),
        ),
        dialled=GARAGE,
        open_holds=1,
    ),
    Dialogue(
        "a family name for all",
        (use("book_appointment", **WED_10, name="Familie Baum"),),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Familie Baum"),),
    ),
    Dialogue(
        "for the husband",
        (use("book_appointment", service="einen Schnitt für meinen Mann", date=WEDNESDAY, time="10:00", name="Karl Baum"),),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "two children are asked about one by one",
        (
            refused("ambiguous", "hold_slot", service="Kinderschnitt für meine zwei Kinder", date=THURSDAY, time="15:00"),
            refused(
                "ambiguous", "book_appointment", service="Kinderschnitt für beide Kinder", date=THURSDAY, time="15:00", name="Mia Wolf"
            ),
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Mia Wolf"),
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="15:00", name="Max Wolf"),
        ),
        bookings=(
            ("2026-11-26T15:00", "cut_child", "aylin|tom", "mitte", "Mia Wolf"),
            ("2026-11-26T15:00", "cut_child", "aylin|tom", "mitte", "Max Wolf"),
        ),
    ),
    Dialogue(
        "cancelled, and then not cancelled after all",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("cancel_appointment", booking_id="$booking_id"),
            refused("not_possible", "reschedule_appointment", booking_id="$1.booking_id", new_time="11:00"),
            use("book_appointment", **WED_10, name="Karl Baum"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
        cancelled=1,
    ),
    Dialogue(
        "which of two that are kept is given back",
        (
            use("hold_slot", **WED_10),
            use("hold_slot", service="Herrenschnitt", date=THURSDAY, time="10:00"),
            refused("missing not_found", "release_hold"),
            use("release_hold", hold="$2.hold"),
        ),
        open_holds=1,
    ),
    Dialogue(
        "the brother at the same time, and his number",
        (
            use("book_appointment", service="men's cut", date=WEDNESDAY, time="10:00", name="Simon Bennett"),
            use("book_appointment", service="men's cut", date=WEDNESDAY, time="10:00", name="Peter Bennett", phone="0171 3920199"),
        ),
        bookings=(
            ("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Simon Bennett"),
            ("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Peter Bennett"),
        ),
        contacts=("+491713920199",),
    ),
    Dialogue(
        "the waiting list of the other branch, in the mornings",
        (
            use(
                "join_waitlist",
                service="Herrenschnitt",
                branch="Pankow",
                date_from="Dienstag",
                date_to="Freitag, 27. November",
                part_of_day="vormittags",
                name="Karl Baum",
                anyway="ja",
            ),
        ),
        waiting=1,
    ),
)

FIFTH_INVENTED = (
    Dialogue(
        "hesitations in English in every argument",
        (
            use(
                "book_appointment",
                service="um, a men's cut, I think",
                date="uh, Wednesday",
                time="at ten",
                staff="with, erm, Mara please",
                name="uh, it's Jane Miller",
            ),
        ),
        said=("Salon Lindgren, guten Tag.", "Hello, I would like to book a haircut, please."),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Jane Miller"),),
    ),
    Dialogue(
        "service, time and person change after a time was kept",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            use("hold_slot", service="Maschinenschnitt", date=WEDNESDAY, time="10:00", staff="Tom"),
            use(
                "book_appointment",
                service="Maschinenschnitt",
                date=WEDNESDAY,
                time="11:30",
                staff="doch lieber Jonas",
                name="Karl Baum",
                hold="$hold",
            ),
        ),
        bookings=(("2026-11-25T11:30", "cut_machine", "jonas", "mitte", "Karl Baum"),),
        open_holds=1,
    ),
    Dialogue(
        "a description of a person is asked about, and nothing moves",
        (
            use("book_appointment", **WED_10, staff="Tom", name="Lea Wolf"),
            refused("unknown_staff ambiguous", "reschedule_appointment", booking_id="$booking_id", staff="nicht zu ihm, zu der Blonden"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "tom", "mitte", "Lea Wolf"),),
    ),
    Dialogue(
        "mother and child on one day move one by one",
        (
            use("book_appointment", service="Damenschnitt", date=THURSDAY, time="10:00", staff="Mara", name="Lea Wolf"),
            use("book_appointment", service="Kinderschnitt", date=THURSDAY, time="11:00", staff="Tom", name="Mia Wolf"),
            refused("ambiguous", "reschedule_appointment", date=THURSDAY, new_date="Freitag, 27. November"),
            use("reschedule_appointment", booking_id="$1.booking_id", new_date="Freitag, 27. November"),
            use("reschedule_appointment", date=THURSDAY, time="11 Uhr", new_date="Freitag, 27. November"),
        ),
        bookings=(
            ("2026-11-27T10:00", "cut_women", "mara", "mitte", "Lea Wolf"),
            ("2026-11-27T11:00", "cut_child", "tom", "mitte", "Mia Wolf"),
        ),
    ),
    Dialogue(
        "a callback at another number, and a message",
        (
            use("request_callback", name="Karl Baum", reason="Gutschein", phone="null eins sieben eins, drei neun zwo null eins neun neun"),
            use("take_message", text="Der Gutschein ist von Weihnachten.", name="Karl Baum"),
        ),
        tasks=(("callback", ("171 3920199",)), ("message", ("Weihnachten",))),
    ),
    Dialogue(
        "the second of the times that were offered",
        (
            use("check_availability", service="Herrenschnitt", date="nächste Woche", part_of_day="vormittags", staff="Jonas"),
            use(
                "book_appointment",
                service="Herrenschnitt",
                date="$slots.1.starts_at",
                time="$slots.1.starts_at",
                staff="$slots.1.staff",
                name="Karl Baum",
            ),
            use("query_appointments"),
        ),
        bookings=(("2026-11-25T10:30", "cut_men", "jonas", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "the same in other words is the same",
        (
            use("book_appointment", service="men's cut", date="Wednesday", time="10", staff="Mara", name="Karl Baum"),
            use("book_appointment", service="Herrenschnitt", date="25.11.", time="10:00 Uhr", name="Herr Karl Baum"),
            use(
                "book_appointment",
                service="einen Männerhaarschnitt",
                date=WEDNESDAY,
                time="zehn",
                staff="Frau Lindgren",
                name="Baum, Karl",
            ),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a move to where it is already",
        (
            use("book_appointment", **WED_10, staff="Mara", name="Karl Baum"),
            use("reschedule_appointment", booking_id="$booking_id", new_date=WEDNESDAY, new_time="10 Uhr", reason="bleibt doch so"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", "mara", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "the oldest of four is given back, and its time can be booked all the same",
        (
            use("hold_slot", **WED_10),
            use("hold_slot", service="Herrenschnitt", date=WEDNESDAY, time="12:00"),
            use("hold_slot", service="Herrenschnitt", date=WEDNESDAY, time="14:00"),
            use("hold_slot", service="Herrenschnitt", date=WEDNESDAY, time="16:00"),
            use("book_appointment", hold="$1.hold", name="Karl Baum"),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
        open_holds=0,
    ),
    Dialogue(
        "who withholds the number gives one",
        (
            refused("missing", "book_appointment", **WED_10, name="Karl Baum", data={"fields": ["phone"]}),
            use("book_appointment", **WED_10, name="Karl Baum", phone="0171 3920188"),
        ),
        number=None,
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
        contacts=("+491713920188",),
        policy={"contact_required": True},
    ),
    Dialogue(
        "two children on the waiting list",
        (
            refused("is_free", "join_waitlist", **CHILDREN, name="Mia Wolf"),
            use("join_waitlist", **CHILDREN, name="Mia Wolf", anyway="yes"),
            use("join_waitlist", **CHILDREN, name="Max Wolf", anyway="yes"),
        ),
        waiting=2,
    ),
    Dialogue(
        "the whole programme is asked about",
        (
            refused(
                "ambiguous unknown_service",
                "book_appointment",
                service="Waschen, Schneiden, Föhnen",
                date=THURSDAY,
                time="10:00",
                name="Lea Wolf",
            ),
        ),
    ),
    Dialogue(
        "a service, what it is without, and who does it",
        (use("book_appointment", service="Damenschnitt, kein Föhnen, und bitte bei Aylin", date=THURSDAY, time="10:00", name="Lea Wolf"),),
        bookings=(("2026-11-26T10:00", "cut_women", "aylin", "mitte", "Lea Wolf"),),
    ),
    Dialogue(
        "everybody but two, by their family names, in English",
        (use("find_next_available", service="ladies' cut", staff="anyone except Ms Lindgren and Mr Kaya", lacks=("Lindgren'", "Kaya")),),
        said=("Salon Lindgren, guten Tag.", "Hello, I would like to book a haircut, please."),
    ),
    Dialogue(
        "the other branch only because somebody works there",
        (
            refused("unknown_staff", "check_availability", service="Herrenschnitt", date=WEDNESDAY, staff="Svenja"),
            use("check_availability", service="Herrenschnitt", date=WEDNESDAY, staff="Svenja", branch="Pankow", lacks="Mitte"),
        ),
    ),
    Dialogue(
        "cancelled by the day, with a reason that is a placeholder",
        (
            use("book_appointment", **WED_10, name="Karl Baum"),
            use("cancel_appointment", date="Mittwoch", time="egal", reason="{{reason}}", booking_id="null"),
        ),
        cancelled=1,
    ),
    Dialogue(
        "a booking with everything wrong that models fill in",
        (
            refused(
                "missing",
                "book_appointment",
                service="service",
                date="YYYY-MM-DD",
                time="HH:MM",
                staff="staff_name",
                branch="branch",
                name="Max",
                hold="hold_id",
            ),
            use(
                "book_appointment",
                service="Herrenschnitt",
                datum="25.11.2026",
                uhrzeit="10 Uhr",
                mitarbeiter="egal",
                kundenname="Karl Baum",
                date="",
                time="none",
            ),
        ),
        bookings=(("2026-11-25T10:00", "cut_men", ANYBODY, "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a callback for the daughter",
        (
            use("request_callback", name="Karl Baum", reason="Termin verschieben"),
            use("request_callback", name="meine Tochter Lena Baum", reason="Praktikum"),
        ),
        tasks=(("callback", ("Karl Baum", "Termin verschieben")), ("callback", ("Lena Baum", "Praktikum"))),
    ),
    Dialogue(
        "free at another time with somebody else, which the caller takes",
        (
            refused(
                "slot_taken",
                "book_appointment",
                service="Maschinenschnitt",
                date=WEDNESDAY,
                time="10:00",
                staff="Tom",
                name="Karl Baum",
            ),
            use(
                "book_appointment",
                service="Maschinenschnitt",
                date="$slots.0.starts_at",
                time="$slots.0.starts_at",
                staff="$slots.0.staff",
                name="Karl Baum",
            ),
        ),
        before=(Earlier("tom", "2026-11-25T10:00", "tom"),),
        bookings=(("2026-11-25T10:00", "cut_machine", "jonas", "mitte", "Karl Baum"),),
    ),
    Dialogue(
        "a time that is kept is not booked for a wish that nobody understands",
        (
            use("hold_slot", **WED_10, staff="Mara"),
            refused("unknown_staff ambiguous", "book_appointment", hold="$hold", staff="bei der Neuen", name="Karl Baum"),
            refused("unknown_service ambiguous", "book_appointment", hold="$1.hold", service="Pediküre", name="Karl Baum"),
            refused("unknown_branch ambiguous", "book_appointment", hold="$1.hold", branch="in Spandau", name="Karl Baum"),
        ),
        open_holds=1,
    ),
)

INVENTED = FIRST_INVENTED + SECOND_INVENTED + THIRD_INVENTED + FOURTH_INVENTED + FIFTH_INVENTED
