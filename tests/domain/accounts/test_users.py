"""Users come, change and go."""

import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.transactions import transaction
from app.domain.accounts import users
from app.domain.accounts.passwords import verify_password
from app.models import AuditEntry, User
from tests.support.tables import each_row
from tests.support.users import make_company, make_user


def test_a_new_user_gets_a_one_time_password(db: SQLAlchemy) -> None:
    salon = make_company(language="en")
    with transaction():
        made, password = users.create_user(" Mara@Salon.example ", "staff", company=salon, name="Mara")
    user = users.get_user("MARA@salon.example")
    assert (user.id, user.company_id, user.role, user.name, user.language) == (made.id, salon.id, "staff", "Mara", "en")
    assert user.must_change_password and verify_password(password, user.password_hash)
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["user_made"]


def test_a_password_of_ones_own_need_not_be_changed(db: SQLAlchemy) -> None:
    with transaction():
        user, password = users.create_user("support@askproai.example", "support", password="Lindenblüten im Regen")
    assert (password, user.must_change_password, user.company_id) == ("Lindenblüten im Regen", False, None)


@each_row("email", ["", "mara", "mara@", "@salon", "mara mara@x", "mära@salon.example", "a@" + "b" * 200, "a@b\x00"])
def test_only_what_can_be_an_address_is_one(db: SQLAlchemy, email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        users.create_user(email, "support")
    assert set(refusal.value.data["fields"]) == {"email"}


@pytest.mark.parametrize(("role", "of_a_company"), [("owner", False), ("support", True), ("boss", True)])
def test_role_and_company_must_fit(db: SQLAlchemy, role: str, of_a_company: bool) -> None:
    with pytest.raises(InvalidInput):
        users.create_user("a@b.example", role, company=make_company() if of_a_company else None)


def test_an_address_belongs_to_one_user(db: SQLAlchemy) -> None:
    make_user(None, "support", email="a@b.example")
    with pytest.raises(users.EmailTaken):
        users.create_user("A@B.example", "admin")


def test_unknown_users_are_not_found(db: SQLAlchemy) -> None:
    for email in ("a@b.example", "", "ü"):
        with pytest.raises(NotFound):
            users.get_user(email)


def test_a_role_stays_on_its_side(db: SQLAlchemy) -> None:
    owner, support = make_user(make_company()), make_user(None, "support")
    for user, role in ((owner, "support"), (support, "owner"), (owner, "boss")):
        with pytest.raises(InvalidInput):
            users.change_role(user, role)
    with transaction():
        users.change_role(owner, "owner")
    assert db.session.get_one(User, owner.id).session_epoch == 0


def test_a_blocked_user_may_come_back(db: SQLAlchemy) -> None:
    user = make_user(None, "support")
    with transaction():
        users.block_user(user)
        users.unblock_user(user)
    assert user.is_active
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["user_blocked", "user_unblocked"]


def test_users_are_listed_by_address(db: SQLAlchemy) -> None:
    salon = make_company()
    for role in ("owner", "front_desk"):
        make_user(salon, role)
    make_user(None, "support")
    assert [user.role for user in users.list_users()] == ["front_desk", "owner", "support"]
    assert [user.role for user in users.list_users(salon.id)] == ["front_desk", "owner"]
