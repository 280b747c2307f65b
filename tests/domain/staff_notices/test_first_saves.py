"""Two first saves at once, of one person's notices or of one browser's push: the second one counts, and nobody sees an error."""

from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope
from app.core.transactions import run_in_transaction
from app.domain.staff_notices import preferences, push_subscriptions
from app.models import Company, NoticeSettings, PushSubscription, User
from app.providers.push.web_push import PushTarget
from tests.doubles.push_service import BrowserDouble, PushServiceDouble
from tests.support.calcom_world import run_in_thread
from tests.support.users import make_company, make_user


class Race:
    """The other one commits after this one has looked, and before it writes. On SQLite there is one writer at a time, so no race."""

    def __init__(self, app: Flask, company: Company, user: User) -> None:
        self.app, self.company_id, self.user_id = app, company.id, user.id

    def commit_meanwhile(self, work: Any) -> None:
        def other() -> None:
            with company_scope(self.company_id):
                run_in_transaction(lambda: work(self.load_user()))

        run_in_thread(self.app, other)

    def load_user(self) -> User:
        from app.core.extensions import db

        return db.session.get_one(User, self.user_id)


@pytest.fixture
def race(app: Flask, db: SQLAlchemy, database_kind: str) -> Race:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    company = make_company()
    return Race(app, company, make_user(company))


def test_second_first_save_of_notices_counts(race: Race, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    is_first = [True]

    def begin_nested() -> Any:
        if is_first and is_first.pop():
            race.commit_meanwhile(lambda user: preferences.save_settings(user, {"task": ["bell"]}, digest_hour=6))
        return db.session().begin_nested()

    with company_scope(race.company_id):
        with monkeypatch.context() as patched:
            patched.setattr(db.session, "begin_nested", begin_nested)
            run_in_transaction(lambda: preferences.save_settings(race.load_user(), {"task": ["push"]}, digest_hour=9))
        db.session.rollback()
        (row,) = db.session.scalars(select(NoticeSettings)).all()
    assert (row.digest_hour, row.channels["task"]) == (9, ["push"])


def test_second_subscription_of_one_browser_counts(race: Race, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = BrowserDouble(PushServiceDouble(port=443), "phone").fields
    target = PushTarget(fields["endpoint"], fields["p256dh"], fields["auth"])
    list_devices, is_first = push_subscriptions.list_devices, [True]

    def look(user: User) -> Any:
        devices = list_devices(user)
        if is_first and is_first.pop():
            race.commit_meanwhile(lambda other: push_subscriptions.add_device(other, target, "first"))
        return devices

    with company_scope(race.company_id):
        with monkeypatch.context() as patched:
            patched.setattr(push_subscriptions, "list_devices", look)
            run_in_transaction(lambda: push_subscriptions.add_device(race.load_user(), target, "second"))
        db.session.rollback()
        assert [row.device for row in db.session.scalars(select(PushSubscription))] == ["second"]
