"""A notice says who moved or cancelled its appointment; lock screens and mails name nobody."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.transactions import run_in_transaction
from app.domain.bookings.cancel import cancel_booking
from app.domain.bookings.create import create_booking
from app.domain.bookings.history import Actor
from app.domain.bookings.reschedule import reschedule_booking
from app.domain.staff_notices.notice_texts import NoticeTexts
from app.models import Company, StaffNotice
from tests.factories.salon import Salon, at
from tests.support.users import make_user


def find_notice(db: SQLAlchemy, user_id: str, kind: str) -> StaffNotice:
    return db.session.scalars(select(StaffNotice).where(StaffNotice.user_id == user_id, StaffNotice.kind == kind)).one()


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (Actor("caller", "link"), "selbst über den Link"),
        (Actor("caller", "call"), "selbst am Telefon"),
        (Actor("caller", "sms"), "selbst per SMS"),
        (Actor("program", "api"), "von einem Programm"),
        (Actor("calendar", "calcom"), "im verbundenen Kalender"),
        (Actor("system", "command"), "automatisch"),
    ],
)
def test_who_moved_it_is_said(db: SQLAlchemy, salon: Salon, actor: Actor, words: str) -> None:
    reader = make_user(db.session.get_one(Company, salon.company_id)).id
    booking = run_in_transaction(lambda: create_booking(salon.request()))
    run_in_transaction(lambda: reschedule_booking(booking.id, actor, starts_at=at("2026-05-12T11:00")))
    notice = find_notice(db, reader, "booking_moved")
    text = NoticeTexts([notice]).write(notice)
    assert text.details.endswith(words)
    assert words not in text.neutral


def test_each_change_names_its_own_colleague(db: SQLAlchemy, salon: Salon) -> None:
    company = db.session.get_one(Company, salon.company_id)
    reader = make_user(company).id
    tom = make_user(company, email="tom@salon.example", name="Tom Weber").id
    lea = make_user(company, email="lea@salon.example", name="Lea Kern").id
    booking = run_in_transaction(lambda: create_booking(salon.request()))
    run_in_transaction(lambda: reschedule_booking(booking.id, Actor("user", "web", tom), starts_at=at("2026-05-12T11:00")))
    run_in_transaction(lambda: cancel_booking(booking.id, Actor("user", "web", lea)))
    moved, cancelled = (find_notice(db, reader, kind) for kind in ("booking_moved", "booking_cancelled"))
    texts = NoticeTexts([moved, cancelled])
    assert texts.write(moved).details.endswith("von Tom Weber")
    assert texts.write(cancelled).details.endswith("von Lea Kern")
