"""Invitations: by mail or by hand, for one address, once, for a week; nobody else takes them, and nothing of others is given away."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.jobs.notifications import send_notification
from app.models import Company, Invitation, Notification, StaffMember, User
from tests.doubles.messaging import MailDouble
from tests.factories.salon import PRESENT, make_salon
from tests.support.users import PASSWORD, csrf_token, make_user, sign_in, signed_in, token_of

GOOD = "Kastanien am Kanal"
ADDRESS = "neu@salon-lindgren.example"


class World:
    def __init__(self, app: Flask, db: SQLAlchemy, clock: time_machine.Traveller) -> None:
        self.app, self.db, self.clock = app, db, clock
        self.salon, self.other = make_salon(), make_salon("salon-kruse")
        self.company = db.session.get_one(Company, self.salon.company_id)
        self.owner = make_user(self.company)
        self.client = signed_in(app, self.owner)

    def post(self, path: str, client: FlaskClient | None = None, **fields: Any) -> Any:
        client = client or self.client
        return client.post(path, data={"csrf_token": token_of(client), **fields})

    def invite(self, **fields: Any) -> Any:
        return self.post("/settings/people/new", **{"email": ADDRESS, "role": "front_desk", **fields})

    def invitations(self) -> list[Invitation]:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            return list(self.db.session.scalars(select(Invitation).order_by(Invitation.id).execution_options(populate_existing=True)))

    def link(self, **fields: Any) -> str:
        """The path of a new invitation's link, passed on by hand."""
        return link_on(self.invite(**fields).text)

    def user(self, email: str = ADDRESS) -> User | None:
        self.db.session.rollback()
        return self.db.session.scalar(select(User).where(User.email == email).execution_options(populate_existing=True))


def link_on(page: str) -> str:
    found = re.search(r"/invitation/[\w-]{43}", page)
    assert found
    return found[0]


def accept(client: FlaskClient, path: str, **fields: str) -> Any:
    return client.post(
        path, data={"csrf_token": csrf_token(client), "name": "Neu Dabei", "password": GOOD, "repeat_password": GOOD, **fields}
    )


@pytest.fixture
def world(app: Flask, db: SQLAlchemy) -> Iterator[World]:
    with time_machine.travel(PRESENT, tick=True) as clock:
        yield World(app, db, clock)


@pytest.fixture
def mails(app: Flask) -> Iterator[MailDouble]:
    with MailDouble() as double:
        sender = {"smtp_url": double.url, "mail_from": "AskProAI <team@askproai.example>"}
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=sender)
        yield double


def test_the_mail_leads_in(world: World, mails: MailDouble) -> None:
    branch, person = world.salon.branches["pankow"], world.salon.people["ben"]
    answer = world.invite(email=" Neu@Salon-Lindgren.example", role="staff", branch_ids=branch, staff_id=person, name="Ben Neu")
    assert answer.status_code == 302
    assert ADDRESS in world.client.get("/settings/people").text
    with company_scope(world.salon.company_id):
        send_notification(world.db.session.scalars(select(Notification.id).where(Notification.kind == "invitation")).one())
    (mail,) = mails.mails
    assert (mail["To"], "askproai.example" in str(mail["From"])) == (ADDRESS, True)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Salon Lindgren lädt Sie zu AskProAI ein" in text and "11. Mai" in text
    browser = world.app.test_client()
    page = browser.get(link_on(text)).text
    assert "Willkommen bei Salon Lindgren" in page and ADDRESS in page and 'value="Ben Neu"' in page
    answer = accept(browser, link_on(text))
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    assert browser.get("/dashboard").status_code == 200
    user = world.user()
    assert user is not None
    assert (user.name, user.role, user.branch_ids, user.company_id) == ("Neu Dabei", "staff", [branch], world.salon.company_id)
    assert not user.must_change_password
    with company_scope(world.salon.company_id):
        assert world.db.session.get_one(StaffMember, person).user_id == user.id
    assert world.invitations() == []
    assert sign_in(world.app.test_client(), ADDRESS, GOOD).status_code == 302


def test_an_english_company_writes_english(world: World, mails: MailDouble) -> None:
    with transaction():
        world.company.language = "en"
    world.invite()
    with company_scope(world.salon.company_id):
        send_notification(world.db.session.scalars(select(Notification.id)).one())
    text = mails.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "has invited you to AskProAI" in text and "11 May" in text


def test_without_mail_the_link_is_shown_once_with_the_reason(world: World) -> None:
    answer = world.invite()
    assert answer.status_code == 200 and "E-Mail ist nicht eingerichtet" in answer.text
    path = link_on(answer.text)
    (row,) = world.invitations()
    assert row.token_hash == hashlib.sha256(path.rpartition("/")[2].encode()).hexdigest()
    assert "/invitation/" not in world.client.get("/settings/people").text
    with company_scope(world.salon.company_id):
        assert world.db.session.scalars(select(Notification)).all() == []
    assert accept(world.app.test_client(), path).status_code == 302


def test_it_is_good_once(world: World) -> None:
    path = world.link()
    assert accept(world.app.test_client(), path).status_code == 302
    again = world.app.test_client()
    assert again.get(path).status_code == 404
    assert accept(again, path, name="Zweite").status_code == 404
    user = world.user()
    assert user is not None and user.name == "Neu Dabei"


def test_it_is_good_for_a_week(world: World) -> None:
    path = world.link()
    world.clock.shift(timedelta(days=7) - timedelta(minutes=1))
    assert world.app.test_client().get(path).status_code == 200
    world.clock.shift(timedelta(minutes=2))
    assert accept(world.app.test_client(), path).status_code == 404
    assert world.user() is None
    assert "abgelaufen" in signed_in(world.app, world.owner).get("/settings/people").text


@pytest.mark.parametrize("action", ["resend", "link", "withdraw"])
def test_a_new_link_and_a_withdrawal_end_the_old_one(world: World, action: str) -> None:
    path = world.link()
    (row,) = world.invitations()
    answer = world.post(f"/settings/people/invitations/{row.id}/{action}")
    assert world.app.test_client().get(path).status_code == 404
    assert accept(world.app.test_client(), path).status_code == 404
    if action == "withdraw":
        assert world.invitations() == []
    else:
        assert accept(world.app.test_client(), link_on(answer.text)).status_code == 302


def test_a_mail_with_an_old_link_does_not_leave(world: World, mails: MailDouble) -> None:
    world.invite()
    (row,) = world.invitations()
    world.post(f"/settings/people/invitations/{row.id}/resend")
    world.post(f"/settings/people/invitations/{row.id}/link")
    with company_scope(world.salon.company_id):
        rows = world.db.session.scalars(select(Notification.id)).all()
        assert len(rows) == 2
        for row_id in rows:
            send_notification(row_id)
    assert mails.mails == []


def test_somebody_else_who_is_signed_in_cannot_take_it(world: World) -> None:
    path = world.link(role="owner")
    thief = make_user(world.db.session.get_one(Company, world.other.company_id), "staff", email="thief@salon-kruse.example")
    colleague = make_user(world.company, "read_only")
    for user in (thief, colleague):
        client = signed_in(world.app, user)
        page = client.get(path)
        assert page.status_code == 200 and "für jemand anderen" in page.text and "password" not in page.text
        answer = world.post(path, client, name="Dieb", password=GOOD, repeat_password=GOOD)
        assert answer.status_code == 409
    assert world.user() is None and len(world.invitations()) == 1
    world.db.session.expire_all()
    assert (thief.role, thief.company_id, colleague.role) == ("staff", world.other.company_id, "read_only")
    assert accept(world.app.test_client(), path).status_code == 302


def test_the_address_cannot_be_changed_on_the_way(world: World) -> None:
    path = world.link()
    assert accept(world.app.test_client(), path, email="dieb@example.org", username="dieb@example.org", role="owner").status_code == 302
    assert world.user("dieb@example.org") is None
    user = world.user()
    assert user is not None and user.role == "front_desk"


def test_an_address_with_an_account_elsewhere_is_told_so_itself_and_the_inviter_is_not(world: World) -> None:
    elsewhere = make_user(world.db.session.get_one(Company, world.other.company_id), email=ADDRESS)
    answer = world.invite()
    assert answer.status_code == 200 and "schon" not in re.sub(r"<[^>]+>", "", answer.text.partition("<h1")[2])
    path = link_on(answer.text)
    page = world.app.test_client().get(path)
    assert "Sie haben schon einen Zugang" in page.text
    assert accept(world.app.test_client(), path).status_code == 409
    user = world.user()
    assert user is not None and (user.id, user.company_id) == (elsewhere.id, world.other.company_id)
    assert sign_in(world.app.test_client(), ADDRESS, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "kurz", "repeat_password": "kurz"}, "zu kurz"),
        ({"password": "passwort1234", "repeat_password": "passwort1234"}, "Listen"),
        ({"repeat_password": "Kastanien am Kanu"}, "nicht gleich"),
        ({"name": ""}, "fehlt"),
    ],
)
def test_a_weak_password_and_a_missing_name_are_said_at_the_field(world: World, fields: dict[str, str], sentence: str) -> None:
    path = world.link()
    answer = accept(world.app.test_client(), path, **fields)
    assert answer.status_code == 422 and sentence in answer.text
    assert world.user() is None and len(world.invitations()) == 1


def test_garbage_is_nowhere(world: World) -> None:
    for token in ("x", "A" * 43, "A" * 300, "%00", "ü"):
        assert world.app.test_client().get(f"/invitation/{token}").status_code == 404
        assert accept(world.app.test_client(), f"/invitation/{token}").status_code == 404


def test_a_closed_company_lets_nobody_in(world: World) -> None:
    path = world.link()
    with transaction():
        world.company.is_active = False
    assert accept(world.app.test_client(), path).status_code == 404


def test_who_cannot_be_invited_is_said_at_the_field(world: World) -> None:
    assert world.invite().status_code == 200
    for fields, sentence in (
        ({}, "schon eingeladen"),
        ({"email": world.owner.email}, "meldet sich hier schon jemand an"),
        ({"email": "keine adresse"}, "keine E-Mail-Adresse"),
        ({"email": ""}, "fehlt"),
        ({"email": "x@example.org", "role": "admin"}, "Bitte wählen"),
    ):
        answer = world.invite(**fields)
        assert answer.status_code == 422 and sentence in answer.text, fields
    assert len(world.invitations()) == 1


def test_forged_and_foreign_ids_are_404_and_nothing_changes(world: World) -> None:
    for forged in ({"branch_ids": world.other.branches["mitte"]}, {"staff_id": world.other.people["anna"]}):
        assert world.invite(**forged).status_code == 404
    assert world.invitations() == []
    world.invite()
    (mine,) = world.invitations()
    thief = signed_in(world.app, make_user(world.db.session.get_one(Company, world.other.company_id), email="owner@salon-kruse.example"))
    for action in ("resend", "link", "withdraw"):
        for invitation_id in (mine.id, "x", "01HZZZZZZZZZZZZZZZZZZZZZZZ"):
            assert world.post(f"/settings/people/invitations/{invitation_id}/{action}", thief).status_code == 404
    (after,) = world.invitations()
    assert (after.token_hash, after.expires_at) == (mine.token_hash, mine.expires_at)


def test_a_branch_that_is_gone_does_not_become_all_of_them(world: World) -> None:
    path = world.link(branch_ids=world.salon.branches["pankow"])
    with company_scope(world.salon.company_id), transaction():
        (row,) = world.db.session.scalars(select(Invitation)).all()
        row.branch_ids = ["01HZZZZZZZZZZZZZZZZZZZZZZZ"]
    assert accept(world.app.test_client(), path).status_code == 404
    assert world.user() is None


def test_a_person_who_got_another_account_meanwhile_keeps_it(world: World) -> None:
    path, person = world.link(staff_id=world.salon.people["anna"]), world.salon.people["anna"]
    with company_scope(world.salon.company_id), transaction():
        world.db.session.get_one(StaffMember, person).user_id = world.owner.id
    assert accept(world.app.test_client(), path).status_code == 302
    with company_scope(world.salon.company_id):
        assert world.db.session.get_one(StaffMember, person).user_id == world.owner.id


def test_the_person_with_the_same_address_is_found(world: World) -> None:
    with company_scope(world.salon.company_id), transaction():
        world.db.session.get_one(StaffMember, world.salon.people["ben"]).email = "Neu@salon-lindgren.example"
    assert accept(world.app.test_client(), world.link(role="staff")).status_code == 302
    user = world.user()
    with company_scope(world.salon.company_id):
        assert user is not None and world.db.session.get_one(StaffMember, world.salon.people["ben"]).user_id == user.id


def test_support_invites_the_first_owner_and_no_second(world: World) -> None:
    support = signed_in(world.app, make_user(None, "support"))
    page, path = f"/admin/companies/{world.other.company_id}", f"/admin/companies/{world.other.company_id}/users/invite"
    assert world.post(path, support, email="chef@salon-kruse.example", role="manager").status_code == 403
    answer = world.post(path, support, email="chef@salon-kruse.example", role="owner")
    assert answer.status_code == 200
    assert "chef@salon-kruse.example" in support.get(page).text
    assert accept(world.app.test_client(), link_on(answer.text)).status_code == 302
    user = world.user("chef@salon-kruse.example")
    assert user is not None and (user.role, user.company_id) == ("owner", world.other.company_id)
    assert world.post(path, support, email="zweite@salon-kruse.example", role="owner").status_code == 403
    with unscoped():
        assert world.db.session.scalars(select(Invitation)).all() == []
    assert world.post(path, email="x@salon-kruse.example", role="owner").status_code == 404
