"""What is kept for a while only is forgotten, and nothing beside it."""

from datetime import timedelta

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.tenancy import company_scope
from app.jobs.line_checks import delete_old_checks
from app.models import Call, CallEvent, LineCheck
from tests.factories.calls import CallEventFactory, CallFactory, LineCheckFactory
from tests.factories.companies import PhoneNumberFactory
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
