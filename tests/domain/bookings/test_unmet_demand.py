"""Wishes that could not be met are kept, each once."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import Closed
from app.domain.bookings.unmet_demand import record_rejected_request, record_unmet_demand
from app.models import UnmetDemand
from tests.factories.salons import Salon, at


def test_a_refused_order_leaves_its_wish(db: SQLAlchemy, salon: Salon) -> None:
    order = salon.request("cut:anna", starts="2026-05-12T20:00")
    with pytest.raises(Closed) as refused, transaction():
        create_booking(order)
    for _ in range(2):
        with transaction():
            record_rejected_request(order, refused.value, source_ref="call:1")
    wish = db.session.scalars(select(UnmetDemand)).one()
    assert (wish.reason, wish.service_id, wish.staff_id, wish.requested_from) == (
        "closed", salon.services["cut"], salon.people["anna"], at("2026-05-12T20:00"),
    )  # fmt: skip


def test_what_we_do_not_offer_is_kept_in_the_callers_words(db: SQLAlchemy, salon: Salon) -> None:
    with transaction():
        record_unmet_demand("not_offered", requested_text="Fußmassage" * 50, branch_id=salon.branches["mitte"])
    assert len(db.session.scalars(select(UnmetDemand)).one().wanted) == 200
