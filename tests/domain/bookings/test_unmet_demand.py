"""Wishes that could not be met are kept, each once."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction, transaction
from app.domain.bookings.create import create_booking
from app.domain.bookings.errors import Closed
from app.domain.bookings.unmet_demand import record_rejected_request, record_unmet_demand
from app.models import UnmetDemand
from tests.factories.salon import Salon, at
from tests.support.waiting import HANGS_AFTER_S

AT_ONCE = 8


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
    assert len(db.session.scalars(select(UnmetDemand)).one().requested_text) == 200


def test_a_wish_that_many_workers_keep_at_once_is_kept_once(app: Flask, db: SQLAlchemy, salon: Salon) -> None:
    db.session.commit()
    start = Barrier(AT_ONCE)

    def keep() -> int:
        with app.app_context(), company_scope(salon.company_id):
            start.wait(HANGS_AFTER_S)
            try:
                return run_in_transaction(lambda: record_unmet_demand("not_offered", source_ref="call:1").id)
            finally:
                the_db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        kept = {future.result() for future in [pool.submit(contextvars.Context().run, keep) for _worker in range(AT_ONCE)]}
    db.session.rollback()
    assert kept == set(db.session.scalars(select(UnmetDemand.id)))
    assert len(kept) == 1


@pytest.mark.parametrize("source_ref", [None, "call:1"])
def test_a_wish_at_a_branch_that_there_is_not_is_an_error(salon: Salon, source_ref: str | None) -> None:
    with pytest.raises(IntegrityError), transaction():
        record_unmet_demand("not_offered", branch_id="01J0000000000000000000TEST", source_ref=source_ref)
