"""People with access: who is in the list, what may be changed, and what nobody may do to the last owner; foreign ids are nowhere."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.event_bus import subscribe
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.accounts.access import find_calendar_limit
from app.domain.accounts.permissions import RANKS, may_grant
from app.events import SessionsRevoked
from app.models import AuditEntry, Company, StaffMember, User, UserBranch, WebSession
from app.models.user import COMPANY_ROLES
from tests.factories.salon import Salon, make_salon
from tests.support.users import limit_to, make_user, signed_in, token_of

LAST_OWNER = "Jemand muss Inhaberin oder Inhaber bleiben"


class World:
    def __init__(self, app: Flask, db: SQLAlchemy) -> None:
        self.app, self.db = app, db
        self.salon, self.other = make_salon(), make_salon("salon-kruse")
        self.owner = self.user("owner")
        self.anna = self.user("staff", name="Anna Blum")
        self.client = signed_in(app, self.owner)

    def user(self, role: str, salon: Salon | None = None, **values: Any) -> User:
        return make_user(self.db.session.get_one(Company, (salon or self.salon).company_id), role, **values)

    def post(self, path: str, client: FlaskClient | None = None, **fields: Any) -> Any:
        client = client or self.client
        return client.post(path, data={"csrf_token": token_of(client), **fields})

    def save(self, user: User, **fields: Any) -> Any:
        return self.post(f"/settings/people/{user.id}", **{"name": user.name, "role": user.role, **fields})

    def again(self, user: User) -> User:
        self.db.session.expire_all()
        return self.db.session.get_one(User, user.id)

    def staff_of(self, user: User) -> list[str]:
        self.db.session.rollback()
        with company_scope(self.salon.company_id):
            return list(self.db.session.scalars(select(StaffMember.name).where(StaffMember.user_id == user.id)))


@pytest.fixture
def world(app: Flask, db: SQLAlchemy) -> World:
    return World(app, db)


def test_the_list_names_everybody_with_role_branches_person_and_state(world: World) -> None:
    limit_to(world.anna, world.salon.branches["mitte"])
    with company_scope(world.salon.company_id), transaction():
        world.db.session.get_one(StaffMember, world.salon.people["anna"]).user_id = world.anna.id
    world.user("manager", name="Gesperrte Leitung", is_active=False)
    stranger = world.user("owner", world.other, name="Fremder Kruse")
    page = re.sub(r"<[^>]+>|\s+", " ", world.client.get("/settings/people").text)
    for text in (
        "Anna Blum",
        world.anna.email,
        "Berlin-Mitte",
        "Anna Lindgren",
        "noch nie da",
        "Gesperrte Leitung",
        "gesperrt",
        "aktiv",
        "Leitung",
    ):
        assert text in page
    assert stranger.name not in page and stranger.email not in page


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("front_desk", 403), ("staff", 403), ("read_only", 403)])
def test_managers_look_and_others_do_not(world: World, role: str, status: int) -> None:
    client = signed_in(world.app, world.user(role, email="reader@salon-lindgren.example"))
    answers = [client.get(path) for path in ("/settings/people", "/settings/people/roles", f"/settings/people/{world.anna.id}")]
    assert [answer.status_code for answer in answers] == [status] * 3
    if status == 200:
        assert "Nur ansehen" in answers[0].text and "/settings/people/new" not in answers[0].text
        assert "Speichern" not in answers[2].text and "fieldset" in answers[2].text
    assert client.get("/settings/people/new").status_code == 403
    for path in ("", "/block", "/unblock"):
        answer = world.post(f"/settings/people/{world.anna.id}{path}", client, name="X", role="owner")
        assert answer.status_code == 403
    assert world.post("/settings/people/calendars", client, all="1").status_code == 403
    assert world.again(world.anna).role == "staff"


def test_rights_are_changed_and_end_the_sessions(world: World) -> None:
    signed_in(world.app, world.anna)
    fields = {"role": "front_desk", "branch_ids": [world.salon.branches["pankow"]], "staff_id": world.salon.people["anna"]}
    for changed in ("role", "branch_ids", "staff_id"):
        before = world.again(world.anna).session_epoch
        signed_in(world.app, world.anna)
        assert world.save(world.anna, **{changed: fields[changed], **_current(world)}).status_code == 302, changed
        after = world.again(world.anna)
        assert after.session_epoch > before, changed
        assert world.db.session.scalars(select(WebSession).where(WebSession.user_id == world.anna.id)).all() == []
    user = world.again(world.anna)
    assert (user.role, user.branch_ids, world.staff_of(user)) == ("front_desk", [world.salon.branches["pankow"]], ["Anna Lindgren"])
    done = select(AuditEntry.action).where(AuditEntry.subject == f"user:{user.id}", AuditEntry.user_id == world.owner.id)
    assert "access_changed" in world.db.session.scalars(done).all()


def _current(world: World) -> dict[str, Any]:
    """What was saved before is sent again, as by a form."""
    user = world.again(world.anna)
    fields: dict[str, Any] = {"branch_ids": user.branch_ids, "staff_id": world.salon.people["anna"] if world.staff_of(user) else ""}
    return {name: value for name, value in fields.items() if value} | ({"role": user.role} if user.role != "staff" else {})


def test_a_new_name_ends_no_session(world: World) -> None:
    signed_in(world.app, world.anna)
    before = world.again(world.anna).session_epoch
    assert world.save(world.anna, name="Anna Baum").status_code == 302
    assert (world.again(world.anna).name, world.again(world.anna).session_epoch) == ("Anna Baum", before)


def test_a_person_in_the_team_has_one_account_and_an_account_one_person(world: World) -> None:
    other = world.user("staff", email="second@salon-lindgren.example")
    assert world.save(world.anna, staff_id=world.salon.people["anna"]).status_code == 302
    answer = world.save(other, staff_id=world.salon.people["anna"])
    assert answer.status_code == 422 and "hat schon einen Zugang" in answer.text
    assert world.save(world.anna, staff_id=world.salon.people["ben"]).status_code == 302
    assert world.staff_of(world.anna) == ["Ben Lindgren"]
    assert world.save(world.anna).status_code == 302
    assert world.staff_of(world.anna) == []


def test_the_last_owner_stays(world: World) -> None:
    answer = world.save(world.owner, role="manager")
    assert answer.status_code == 422 and LAST_OWNER in answer.text
    blocked = world.user("owner", email="gone@salon-lindgren.example", is_active=False)
    assert world.save(world.owner, role="manager").status_code == 422
    assert world.again(world.owner).role == "owner" and not world.again(blocked).is_active
    second = world.user("owner", email="second@salon-lindgren.example")
    client = signed_in(world.app, second)
    assert world.post(f"/settings/people/{world.owner.id}/block", client).status_code == 302
    assert not world.again(world.owner).is_active
    assert world.post(f"/settings/people/{second.id}", client, name="Zwei", role="manager").status_code == 422
    assert world.post(f"/settings/people/{second.id}/block", client).status_code == 302
    assert world.again(second).is_active and world.again(second).role == "owner"
    assert world.post(f"/settings/people/{world.owner.id}/unblock", client).status_code == 302
    assert world.again(world.owner).is_active


def test_two_owners_do_not_demote_each_other(world: World) -> None:
    second = world.user("owner", email="second@salon-lindgren.example")
    assert world.save(second, role="manager").status_code == 302
    assert world.save(world.owner, role="manager").status_code == 422


def test_a_blocked_person_is_out_at_once(world: World) -> None:
    client = signed_in(world.app, world.anna)
    assert client.get("/dashboard").status_code == 200
    assert world.post(f"/settings/people/{world.anna.id}/block").status_code == 302
    assert client.get("/dashboard").status_code == 302
    assert "gesperrt" in world.client.get("/settings/people").text


def test_accounts_of_others_and_garbage_are_404_and_nothing_changes(world: World) -> None:
    stranger, support = world.user("owner", world.other), make_user(None, "admin")
    for user_id in (stranger.id, support.id, "01HZZZZZZZZZZZZZZZZZZZZZZZ", "x", "' OR 1=1"):
        for path in ("", "/block", "/unblock"):
            assert world.post(f"/settings/people/{user_id}{path}", name="X", role="read_only").status_code == 404, (user_id, path)
        assert world.client.get(f"/settings/people/{user_id}").status_code == 404
    for user in (stranger, support):
        assert (world.again(user).is_active, world.again(user).role) == (True, user.role)


def test_branches_and_people_of_others_are_404_and_nothing_changes(world: World) -> None:
    for forged in (
        {"branch_ids": world.other.branches["mitte"]},
        {"branch_ids": [world.salon.branches["mitte"], world.other.branches["mitte"]]},
        {"staff_id": world.other.people["anna"]},
        {"staff_id": "01HZZZZZZZZZZZZZZZZZZZZZZZ"},
    ):
        assert world.save(world.anna, name="Verändert", role="manager", **forged).status_code == 404
    user = world.again(world.anna)
    assert (user.name, user.role, user.branch_ids) == ("Anna Blum", "staff", [])
    assert world.db.session.scalars(select(UserBranch)).all() == []
    with company_scope(world.other.company_id):
        assert world.db.session.scalars(select(StaffMember).where(StaffMember.user_id.is_not(None))).all() == []


@pytest.mark.parametrize("role", ["admin", "support", "thief", ""])
def test_no_form_gives_a_role_that_the_company_does_not_have(world: World, role: str) -> None:
    answer = world.save(world.anna, role=role)
    assert answer.status_code == 422
    assert world.again(world.anna).role == "staff"


def test_nobody_gives_a_higher_role_than_their_own() -> None:
    assert RANKS == COMPANY_ROLES
    assert may_grant("owner", "owner") and may_grant("manager", "manager") and may_grant("manager", "read_only")
    assert not may_grant("manager", "owner") and not may_grant("staff", "front_desk") and not may_grant("owner", "admin")


def test_the_company_shows_its_staff_all_calendars_or_not(world: World) -> None:
    heard: list[SessionsRevoked] = []
    world.save(world.anna, staff_id=world.salon.people["anna"])
    client = signed_in(world.app, world.anna)
    with company_scope(world.salon.company_id):
        assert find_calendar_limit(world.again(world.anna)) == world.salon.people["anna"]
    subscribe(SessionsRevoked, when="after_commit")(heard.extend)
    assert world.post("/settings/people/calendars", all="1").status_code == 302
    with company_scope(world.salon.company_id):
        assert find_calendar_limit(world.again(world.anna)) is None
    # the sockets end, and the session does not
    assert [(event.user_id, event.session is not None) for event in heard] == [(world.anna.id, True)]
    assert client.get("/dashboard").status_code == 200
    assert world.post("/settings/people/calendars").status_code == 302
    with company_scope(world.salon.company_id):
        assert find_calendar_limit(world.again(world.anna)) == world.salon.people["anna"]
