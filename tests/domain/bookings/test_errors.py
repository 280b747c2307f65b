"""What a refused booking tells programs."""

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import SlotTaken
from app.domain.scheduling.alternatives import Alternatives
from app.domain.scheduling.types import Slot
from app.models import Branch, WorkingHours
from tests.factories.salon import Salon, at


def test_an_alternative_at_a_branch_in_another_time_zone_has_that_ones_offset(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        db.session.get_one(Branch, salon.branches["pankow"]).timezone = "Europe/London"
    slots = [
        Slot(at("2026-05-12T10:00"), at("2026-05-12T10:30"), salon.branches[name], salon.people["anna"]) for name in ("mitte", "pankow")
    ]
    told = SlotTaken("…", find_alternatives=lambda: Alternatives(slots, [], [])).details()["alternatives"]
    assert [slot["starts_at"] for slot in told] == ["2026-05-12T10:00:00+02:00", "2026-05-12T09:00:00+01:00"]
    assert [slot["ends_at"] for slot in told] == ["2026-05-12T10:30:00+02:00", "2026-05-12T09:30:00+01:00"]


def test_where_one_is_off_and_the_other_is_booked_the_time_is_taken(db: SQLAlchemy, salon: Salon) -> None:
    anna = salon.people["anna"]
    with transaction():
        db.session.add(WorkingHours(branch_id=salon.branches["mitte"], staff_id=anna, weekday=1, opens=14 * 60, closes=18 * 60))
        create_booking(salon.request("cut:ben"))
    with pytest.raises(SlotTaken) as refused, transaction():
        create_booking(salon.request("cut"))
    assert [reason.code for reason in refused.value.reasons] == ["nobody_on_shift", "booked"]
    assert str(refused.value) == "Diese Zeit ist schon vergeben."
    with pytest.raises(SlotTaken, match=r"Ben Lindgren hat dann schon einen Termin\."), transaction():
        create_booking(salon.request("cut:ben"))
