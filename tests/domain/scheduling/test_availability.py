"""What is free, told by examples of one salon."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.domain.scheduling.availability import find_free_slots
from app.domain.scheduling.holidays import HolidayRegion
from app.domain.scheduling.types import (
    BusyInterval,
    SchedulingBranch,
    SchedulingClosure,
    SchedulingGroupSession,
    SchedulingRoom,
    SchedulingService,
    ServiceTiming,
    SpecialDay,
    StaffServiceOffer,
    VisitPart,
    WeeklySpan,
)
from tests.domain.scheduling.salon import BERLIN, HOURS, asking, at, salon


def clock(slots: object) -> list[str]:
    """Local start times of the slots."""
    return [slot.starts_at.astimezone(BERLIN).strftime("%H:%M") for slot in slots]


def test_an_empty_day_offers_each_grid_time_that_ends_before_closing() -> None:
    times = clock(find_free_slots(asking("cut:anna"), salon()))
    assert times[0] == "09:00" and times[-1] == "17:30" and len(times) == 18


def test_anybody_gives_one_slot_for_each_person() -> None:
    slots = find_free_slots(asking("cut"), salon()).first(2)
    assert [(slot.staff_id, slot.starts_at) for slot in slots] == [("anna", at("2026-05-12T09:00")), ("ben", at("2026-05-12T09:00"))]


def test_a_booking_with_its_buffers_keeps_others_away() -> None:
    busy = (BusyInterval.from_times("anna", at("2026-05-12T10:00"), at("2026-05-12T10:40"), after=10),)
    assert clock(find_free_slots(asking("cut:anna"), salon(busy=busy)))[:4] == ["09:00", "09:30", "11:00", "11:30"]


def test_during_the_processing_time_the_person_serves_somebody_else() -> None:
    # colour 09:00-10:30, hands free 09:30-10:10
    colour = (
        BusyInterval.from_times("anna", at("2026-05-12T09:00"), at("2026-05-12T09:30")),
        BusyInterval.from_times("anna", at("2026-05-12T10:10"), at("2026-05-12T10:30")),
    )
    assert clock(find_free_slots(asking("cut:anna"), salon(busy=colour)))[:2] == ["09:30", "10:30"]
    cut = (BusyInterval.from_times("anna", at("2026-05-12T09:30"), at("2026-05-12T10:00")),)
    assert clock(find_free_slots(asking("colour:anna"), salon(busy=cut)))[0] == "09:00"


def test_a_room_that_is_needed_must_be_free_too() -> None:
    facts = salon(services=(SchedulingService("cut", ServiceTiming(30), room_kinds=("chair",)),))
    taken = tuple(BusyInterval.from_times(room, at("2026-05-12T09:00"), at("2026-05-12T11:00")) for room in ("chair1", "chair2"))
    assert clock(find_free_slots(asking("cut:anna"), replace(facts, busy=taken)))[0] == "11:00"
    assert clock(find_free_slots(asking("cut:anna"), replace(facts, busy=taken[:1])))[0] == "09:00"


def test_a_group_offers_its_seats_until_it_is_full() -> None:
    yoga = SchedulingService("cut", ServiceTiming(60), capacity=3)
    at_ten = (BusyInterval.from_times("anna", at("2026-05-12T10:10"), at("2026-05-12T11:10"), holder_id="s"),)
    facts = salon(services=(yoga,), busy=at_ten)
    for taken, offered in ((2, True), (3, False)):
        session = SchedulingGroupSession("s", "cut", "anna", "mitte", at("2026-05-12T10:10"), 3, taken)
        assert ("10:10" in clock(find_free_slots(asking("cut:anna"), replace(facts, sessions=(session,))))) is offered
    assert not find_free_slots(asking("cut:anna", seats=4), facts)


def test_a_group_has_no_more_seats_than_its_room() -> None:
    yoga = SchedulingService("cut", ServiceTiming(60), capacity=8, room_kinds=("chair",))
    facts = salon(services=(yoga,), rooms=(SchedulingRoom("hall", "mitte", "chair", places=5),))
    assert find_free_slots(asking("cut", seats=5), facts)
    assert not find_free_slots(asking("cut", seats=6), facts)


def test_cut_and_colour_follow_each_other_by_two_people() -> None:
    facts = salon(offers=(StaffServiceOffer("cut", "ben", "mitte"), StaffServiceOffer("colour", "anna", "mitte")))
    slot = find_free_slots(asking("cut", "colour"), facts).first(1)[0]
    assert [(part.staff_id, part.starts_at) for part in slot.parts] == [("ben", at("2026-05-12T09:00")), ("anna", at("2026-05-12T09:30"))]
    assert slot.ends_at == at("2026-05-12T11:00")


def test_a_visit_stays_with_the_same_person_where_it_can() -> None:
    facts = salon(services=(*salon().services, SchedulingService("wash", ServiceTiming(15))))
    facts = replace(facts, offers=(*facts.offers, StaffServiceOffer("wash", "ben", "mitte"), StaffServiceOffer("wash", "anna", "mitte")))
    slots = find_free_slots(asking("cut", "wash"), facts).first(2)
    assert [[part.staff_id for part in slot.parts] for slot in slots] == [["anna", "anna"], ["ben", "ben"]]


def test_a_wait_between_two_parts_is_allowed_only_as_long_as_asked() -> None:
    facts = salon(
        offers=(StaffServiceOffer("cut", "ben", "mitte"), StaffServiceOffer("colour", "anna", "mitte")),
        busy=(BusyInterval.from_times("anna", at("2026-05-12T09:00"), at("2026-05-12T09:40")),),
    )
    assert clock(find_free_slots(asking("cut", "colour"), facts))[0] == "09:30"
    assert clock(find_free_slots(asking("cut", "colour", max_gap=10), facts))[0] == "09:00"


def test_people_have_their_own_length_of_a_service() -> None:
    facts = salon(offers=(StaffServiceOffer("cut", "anna", "mitte", timing=ServiceTiming(60)), StaffServiceOffer("cut", "ben", "mitte")))
    assert clock(find_free_slots(asking("cut:anna"), facts))[-1] == "17:00"
    assert clock(find_free_slots(asking("cut:ben"), facts))[-1] == "17:30"


def test_notice_and_horizon_bound_what_is_offered() -> None:
    soon = asking("cut:anna", now="2026-05-12T10:10")
    assert clock(find_free_slots(soon, salon(notice_minutes=60)))[0] == "11:30"
    assert not find_free_slots(asking("cut:anna", now="2026-05-01T08:59"), salon(horizon_days=10))
    assert clock(find_free_slots(asking("cut:anna", now="2026-05-02T09:00"), salon(horizon_days=10))) == ["09:00"]


def test_a_public_holiday_is_closed_unless_the_branch_says_otherwise() -> None:
    labour_day = asking("cut", day="2026-05-01", now="2026-04-01T12:00")
    assert not find_free_slots(labour_day, salon())
    open_anyway = SpecialDay(date(2026, 5, 1), ((600, 720),), branch_id="mitte")
    assert clock(find_free_slots(labour_day, salon(special_days=(open_anyway,))))[::2] == ["10:00", "10:30", "11:00", "11:30"]
    assert find_free_slots(labour_day, salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", HOURS, observes_holidays=False),)))


def test_a_holiday_of_another_state_does_not_close() -> None:
    epiphany = asking("cut", day="2026-01-06", now="2026-01-01T12:00")
    assert find_free_slots(epiphany, salon())
    assert not find_free_slots(
        epiphany, salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", HOURS, region=HolidayRegion("DE", "BY")),))
    )


def test_closures_come_back_weekly_and_yearly() -> None:
    meeting = SchedulingClosure(datetime(2026, 1, 6, 9), datetime(2026, 1, 6, 10), repeats="weekly")
    assert clock(find_free_slots(asking("cut:anna"), salon(closures=(meeting,))))[0] == "10:00"
    ended = replace(meeting, until=date(2026, 5, 11))
    assert clock(find_free_slots(asking("cut:anna"), salon(closures=(ended,))))[0] == "09:00"
    christmas = SchedulingClosure(datetime(2020, 12, 24), datetime(2021, 1, 2), repeats="yearly")
    assert not find_free_slots(asking("cut", day="2026-12-30"), salon(closures=(christmas,)))


def test_who_is_ill_is_not_offered_but_the_others_are() -> None:
    ill = SchedulingClosure(datetime(2026, 5, 12), datetime(2026, 5, 14), "sick", staff_id="anna")
    assert {slot.staff_id for slot in find_free_slots(asking("cut"), salon(closures=(ill,)))} == {"ben"}


def test_hours_hold_only_in_their_period() -> None:
    summer = tuple(replace(span, opens=7 * 60, valid_from=date(2026, 6, 1), valid_until=date(2026, 8, 31)) for span in HOURS)
    facts = salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", (*HOURS, *summer), region=HolidayRegion("DE", "BE")),))
    assert clock(find_free_slots(asking("cut:anna", day="2026-05-30"), facts))[0] == "09:00"
    assert clock(find_free_slots(asking("cut:anna", day="2026-06-01"), facts))[0] == "07:00"


def test_summer_hours_stand_in_place_of_the_usual_week() -> None:
    mornings = tuple(WeeklySpan(weekday, 8 * 60, 12 * 60, date(2026, 6, 1), date(2026, 8, 31)) for weekday in (0, 1))
    facts = salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", (*HOURS, *mornings), region=HolidayRegion("DE", "BE")),))
    assert clock(find_free_slots(asking("cut:anna", day="2026-06-02"), facts))[-1] < "12:00"
    assert clock(find_free_slots(asking("cut:anna", day="2026-06-03"), facts)) == []
    assert clock(find_free_slots(asking("cut:anna", day="2026-09-02"), facts))[-1] > "12:00"


def test_hours_across_midnight_belong_to_the_day_they_begin_on() -> None:
    bar = (WeeklySpan(5, 22 * 60, 26 * 60),)
    facts = salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", bar),))
    assert clock(find_free_slots(asking("cut:anna", day="2026-05-16", hours=30), facts)) == [
        "22:00", "22:30", "23:00", "23:30", "00:00", "00:30", "01:00", "01:30",
    ]  # fmt: skip


def night(day: str) -> list[datetime]:
    """Starts from 01:00 to 04:00 on a night of a clock change."""
    facts = salon(branches=(SchedulingBranch("mitte", "Europe/Berlin", (WeeklySpan(6, 60, 240),)),))
    return [slot.starts_at for slot in find_free_slots(asking("cut:anna", day=day, now="2026-01-02T12:00"), facts)]


def test_in_spring_the_missing_hour_is_never_offered() -> None:
    starts = night("2026-03-29")
    assert starts == [datetime(2026, 3, 29, 0, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(4)]


def test_in_autumn_the_repeated_hour_is_offered_twice() -> None:
    starts = night("2026-10-25")
    assert starts == [datetime(2026, 10, 24, 23, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(8)]
    assert at("2026-10-25T02:30", fold=0) in starts and at("2026-10-25T02:30", fold=1) in starts


def test_the_caller_of_a_booking_is_not_hindered_by_it() -> None:
    own = (BusyInterval.from_times("anna", at("2026-05-12T09:00"), at("2026-05-12T09:30"), holder_id="b1"),)
    assert clock(find_free_slots(asking("cut:anna"), salon(busy=own)))[0] == "09:30"
    assert clock(find_free_slots(asking("cut:anna", ignoring=frozenset(["b1"])), salon(busy=own)))[0] == "09:00"


def test_the_desk_may_set_any_minute() -> None:
    assert "09:07" in clock(find_free_slots(asking("cut:anna", any_start=True), salon()))


def test_slots_nearest_to_a_time_come_first() -> None:
    near = find_free_slots(asking("cut"), salon()).find_nearest(at("2026-05-12T12:40"), 3)
    assert clock(near) == ["12:30", "13:00", "12:00"]


def test_an_unknown_service_has_no_slots() -> None:
    assert list(find_free_slots(asking(parts=(VisitPart("unknown"),)), salon())) == []
