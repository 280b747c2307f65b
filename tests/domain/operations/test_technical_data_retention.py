"""What is kept for a while only is forgotten, and nothing beside it."""

from datetime import timedelta

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.jobs.line_checks import delete_old_checks
from app.jobs.staff_notices import delete_old_staff_notices
from app.models import Call, CallEvent, LineCheck, StaffNotice
from tests.factories.calls import CallEventFactory, CallFactory, LineCheckFactory
from tests.factories.companies import PhoneNumberFactory
from tests.factories.staff_notices import StaffNoticeFactory
from tests.support.users import make_company


def test_old_line_checks_go_with_their_calls_and_the_last_of_each_number_stays(db: SQLAlchemy) -> None:
    company = make_company()
    with company_scope(company.id):
        number, quiet = PhoneNumberFactory(), PhoneNumberFactory()

        def checked(days: int, phone: str, *, is_test: bool = True) -> tuple[str, str]:
            began = now() - timedelta(days=days)
            call = CallFactory(is_test=is_test, started_at=began)
            CallEventFactory(call_id=call.id)
            # ids rise with time
            check = LineCheckFactory(id=f"01H{999 - days:023}", phone_number_id=phone, call_id=call.id, started_at=began)
            return check.id, call.id

        old, last_of_quiet, young = checked(20, number.id), checked(90, quiet.id), checked(3, number.id)
        # whatever a check says of itself: a real call is never taken away
        misled = checked(91, quiet.id, is_test=False)
        db.session.commit()
    assert delete_old_checks() == 2
    with company_scope(company.id):
        assert set(db.session.scalars(select(LineCheck.id))) == {last_of_quiet[0], young[0]}
        kept = {last_of_quiet[1], young[1], misled[1]}
        assert set(db.session.scalars(select(Call.id))) == kept
        assert set(db.session.scalars(select(CallEvent.call_id))) == kept
    assert old[1] not in kept
    assert delete_old_checks() == 0


def test_notices_to_the_team_go_after_a_month_and_not_before(db: SQLAlchemy) -> None:
    company = make_company()
    with company_scope(company.id):
        StaffNoticeFactory(created_at=now() - timedelta(days=31))
        kept = StaffNoticeFactory(created_at=now() - timedelta(days=29)).id
        db.session.commit()
    assert delete_old_staff_notices() == 1
    with company_scope(company.id):
        assert list(db.session.scalars(select(StaffNotice.id))) == [kept]
