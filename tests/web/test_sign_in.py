"""Signing in and out: who comes in, who does not, and when a session is dead."""

import threading
import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.event_bus import _listeners, subscribe
from app.core.transactions import transaction
from app.domain.accounts import known_devices, passwords, users
from app.domain.accounts.passwords import hash_password
from app.events import SessionsRevoked
from app.models import AuditEntry, Company, User, WebSession
from tests.support.users import PASSWORD, csrf_token, make_company, make_user, sign_in

NEW = "Kastanien fallen im Oktober"


@pytest.fixture
def owner(db: SQLAlchemy) -> User:
    return make_user(make_company())


@pytest.fixture
def ended() -> list[SessionsRevoked]:
    heard: list[SessionsRevoked] = []
    subscribe(SessionsRevoked, when="after_commit")(heard.extend)
    yield heard
    _listeners["after_commit"].pop()


def signed_in(app: Flask, user: User, password: str = PASSWORD) -> FlaskClient:
    """A browser of its own, in which the user has filled in the form."""
    client = app.test_client()
    answer = sign_in(client, user, password)
    assert answer.status_code == 302, answer.text
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/live").status_code == 200


def test_the_right_password_lets_in_and_leads_to_the_start_page(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    answer = sign_in(client, owner)
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    assert is_in(client)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.user_id, entry.company_id) == ("signed_in", owner.id, owner.company_id)
    assert entry.request_id


def test_the_address_is_read_without_regard_to_capitals(client: FlaskClient, owner: User) -> None:
    assert sign_in(client, f"  {owner.email.title()} ").status_code == 302


def test_support_begins_with_the_unassigned_numbers(client: FlaskClient, db: SQLAlchemy) -> None:
    assert sign_in(client, make_user(None, "support")).location == "/admin/unassigned"
    assert client.get("/").location == "/admin/unassigned"


def test_the_front_door_leads_on(client: FlaskClient, owner: User) -> None:
    assert client.get("/").location == "/login"
    sign_in(client, owner)
    assert client.get("/").location == "/dashboard"
    assert client.get("/login").location == "/dashboard"


def test_without_its_token_the_form_is_refused(client: FlaskClient, owner: User) -> None:
    csrf_token(client)
    for token in ("", "garbage"):
        answer = client.post("/login", data={"email": owner.email, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 400
    assert not is_in(client)


def test_the_token_of_another_browser_is_refused(client: FlaskClient, app: Flask, owner: User) -> None:
    csrf_token(client)
    stolen = csrf_token(app.test_client())
    assert client.post("/login", data={"email": owner.email, "password": PASSWORD, "csrf_token": stolen}).status_code == 400


def test_sign_out_needs_the_token_too(app: Flask, owner: User) -> None:
    client = signed_in(app, owner)
    assert client.post("/logout").status_code == 400
    assert is_in(client)


WRONG: list[Callable[[User], None]] = [
    lambda user: setattr(user, "is_active", False),
    lambda user: setattr(user, "password_hash", None),
    lambda user: setattr(user, "email", "elsewhere@example.com"),
]


@pytest.mark.parametrize("change", WRONG, ids=["blocked", "without password", "unknown"])
def test_everybody_who_may_not_come_in_gets_the_same_answer(
    client: FlaskClient, owner: User, db: SQLAlchemy, change: Callable[[User], None]
) -> None:
    email = owner.email
    expected = sign_in(client, email, "wrong password 123")
    with transaction():
        change(db.session.get_one(User, owner.id))
    answer = sign_in(client, email)
    assert answer.status_code == expected.status_code == 401
    assert _without_token(answer.text) == _without_token(expected.text)
    assert not is_in(client)


def test_people_of_a_company_that_was_closed_do_not_come_in(client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    with transaction():
        db.session.get_one(Company, owner.company_id).is_active = False
    assert sign_in(client, owner).status_code == 401


def test_an_unknown_user_takes_as_long_as_a_wrong_password(client: FlaskClient, owner: User) -> None:
    def took(email: str) -> float:
        token, began = csrf_token(client), time.thread_time()
        client.post("/login", data={"email": email, "password": "wrong password 123", "csrf_token": token})
        return time.thread_time() - began

    known = median(took(owner.email) for _ in range(5))
    unknown = median(took(f"nobody{n}@example.com") for n in range(5))
    assert 0.4 < unknown / known < 2.5


@pytest.mark.parametrize("email", ["", "ü@salon.example", "\x00", "a" * 5000, "x@" + "ß" * 80, "%", "' OR 1=1 --", "🙂@🙂"])
@pytest.mark.parametrize("password", ["", "x", "ü" * 3000, "\x00"])
def test_malformed_credentials_are_rejected(client: FlaskClient, owner: User, email: str, password: str) -> None:
    assert sign_in(client, email, password).status_code == 401


def test_after_sign_in_the_browser_has_a_new_session(client: FlaskClient, owner: User) -> None:
    csrf_token(client)
    planted = client.get_cookie("askproai").value
    sign_in(client, owner)
    mine = client.get_cookie("askproai").value
    assert mine != planted
    client.set_cookie("askproai", planted)
    assert not is_in(client)


def test_sign_out_kills_the_session_and_its_sockets(app: Flask, owner: User, db: SQLAlchemy, ended: list[SessionsRevoked]) -> None:
    client = signed_in(app, owner)
    kept = client.get_cookie("askproai").value
    name = db.session.scalars(select(WebSession.id_hash)).one()
    answer = client.post("/logout", data={"csrf_token": csrf_token(client, "/account/password")})
    assert answer.status_code == 302 and "/login" in answer.location
    assert client.get_cookie("askproai") is None
    client.set_cookie("askproai", kept)
    assert not is_in(client)
    assert db.session.scalars(select(WebSession)).all() == []
    assert ended == [SessionsRevoked(owner.id, name)]


def test_signing_in_as_somebody_else_ends_the_session_before(app: Flask, owner: User, ended: list[SessionsRevoked]) -> None:
    client = signed_in(app, owner)
    other = make_user(make_company("praxis-morgenstern"))
    token = csrf_token(client, "/account/password")
    client.post("/login", data={"email": other.email, "password": PASSWORD, "csrf_token": token})
    assert [event.user_id for event in ended] == [owner.id]
    assert other.name in client.get("/live").text


@pytest.mark.parametrize(
    "change",
    [
        lambda user: users.change_password(user, current=PASSWORD, new=NEW),
        users.reset_password,
        lambda user: users.change_role(user, "staff"),
        users.block_user,
    ],
    ids=["password change", "password reset", "role change", "block"],
)
def test_when_rights_change_every_session_is_dead(
    app: Flask, owner: User, db: SQLAlchemy, ended: list[SessionsRevoked], change: Callable[[User], object]
) -> None:
    browsers = [signed_in(app, owner), signed_in(app, owner)]
    other = signed_in(app, make_user(make_company("praxis-morgenstern")))
    with transaction():
        change(db.session.get_one(User, owner.id))
    assert [is_in(client) for client in browsers] == [False, False]
    assert is_in(other)
    assert ended == [SessionsRevoked(owner.id)]


def test_a_session_of_an_older_epoch_is_dead_even_if_its_row_is_left(app: Flask, owner: User, db: SQLAlchemy) -> None:
    client = signed_in(app, owner)
    with Session(db.engine) as beside, beside.begin():
        beside.execute(update(User.__table__).values(session_epoch=7))
    assert not is_in(client)


def test_ten_wrong_tries_a_minute_and_then_the_account_waits_here(client: FlaskClient, owner: User) -> None:
    assert [sign_in(client, owner, "wrong password 123").status_code for _ in range(10)] == [401] * 10
    refused = sign_in(client, owner)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_nobody_else_is_locked_out_by_it(app: Flask, client: FlaskClient, owner: User, db: SQLAlchemy) -> None:
    colleague = make_user(db.session.get_one(Company, owner.company_id), "front_desk")
    for _ in range(12):
        sign_in(client, owner, "wrong password 123")
    assert sign_in(app.test_client(), colleague).status_code == 302
    elsewhere = app.test_client()
    token = csrf_token(elsewhere)
    data = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
    assert elsewhere.post("/login", data=data, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 302


def test_somebody_who_guesses_from_many_addresses_waits_as_well(client: FlaskClient, owner: User) -> None:
    token = csrf_token(client)
    data = {"email": owner.email, "password": "wrong password 123", "csrf_token": token}
    answers = [client.post("/login", data=data, environ_base={"REMOTE_ADDR": f"203.0.113.{n}"}).status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_guesses_from_a_thousand_addresses_neither_come_far_nor_lock_out_the_owner(app: Flask, client: FlaskClient, owner: User) -> None:
    known = signed_in(app, owner)
    known.post("/logout", data={"csrf_token": csrf_token(known, "/live")})
    token = csrf_token(client)

    def guess(address: str, password: str = "wrong password 123") -> int:
        data = {"email": owner.email, "password": password, "csrf_token": token}
        return client.post("/login", data=data, environ_overrides={"REMOTE_ADDR": address}).status_code

    crowd = [f"10.1.{number >> 8}.{number & 255}" for number in range(1000)]
    assert {guess(address) for address in crowd[:120]} == {401, 429}
    # besieged: two tries an hour from each address, and the third is not even looked at
    checked = count_checks(lambda: [guess(address) for address in crowd[:40] for _time in range(5)])
    assert checked == 40 * 2
    # the owner comes in: from the browser that is known, at the desk of the guesser too; and from a new one
    assert sign_in(known, owner, "wrong password 123").status_code == 401
    data = {"email": owner.email, "password": PASSWORD, "csrf_token": csrf_token(known)}
    assert known.post("/login", data=data, environ_overrides={"REMOTE_ADDR": crowd[0]}).status_code == 302
    assert guess("203.0.113.9", PASSWORD) == 302


def test_known_device_has_a_budget_and_is_known_for_one_account_and_password_only(app: Flask, owner: User, db: SQLAlchemy) -> None:
    colleague = make_user(db.session.get_one(Company, owner.company_id), "front_desk")
    here = signed_in(app, owner)
    cookie = here.get_cookie("device")
    assert cookie and cookie.http_only and cookie.same_site == "Lax"
    assert (known_devices.find_device(cookie.value, owner) is None, known_devices.find_device(cookie.value, colleague)) == (False, None)
    for forged in ("", "x", cookie.value[:-2], cookie.value + "x", "x" * 5000, "\ud800"):
        assert known_devices.find_device(forged, owner) is None
    here.post("/logout", data={"csrf_token": csrf_token(here, "/live")})
    assert [sign_in(here, owner, "wrong password 123").status_code for _ in range(12)] == [401] * 10 + [429] * 2
    with transaction():
        db.session.get_one(User, owner.id).password_hash = hash_password(NEW)
    assert known_devices.find_device(cookie.value, db.session.get_one(User, owner.id)) is None


def count_checks(act: Callable[[], object]) -> int:
    """How often a password was really compared meanwhile."""
    with patch.object(passwords, "verify_password", wraps=passwords.verify_password) as compared:
        act()
    return compared.call_count


def test_thirty_wrong_tries_a_minute_and_then_the_address_waits(client: FlaskClient, owner: User) -> None:
    assert {sign_in(client, f"user{n}@example.com", "wrong password 123").status_code for n in range(30)} == {401}
    assert sign_in(client, owner).status_code == 429
    token = csrf_token(client)
    data = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=data, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 302


def test_the_many_addresses_of_one_network_count_as_one(client: FlaskClient, owner: User) -> None:
    token = csrf_token(client)
    data = {"email": owner.email, "password": "wrong password 123", "csrf_token": token}

    def from_(address: str, password: str = "wrong password 123") -> int:
        return client.post("/login", data=data | {"password": password}, environ_base={"REMOTE_ADDR": address}).status_code

    assert [from_(f"2001:db8:1:2::{n:x}") for n in range(10)] == [401] * 10
    assert from_("2001:db8:1:2:ffff::1", PASSWORD) == 429
    assert from_("2001:db8:1:3::1", PASSWORD) == 302


def test_right_passwords_are_not_counted(app: Flask, owner: User) -> None:
    for _ in range(14):
        signed_in(app, owner)


def test_tries_at_the_same_time_are_counted_one_by_one(app: Flask, owner: User) -> None:
    answers: list[int] = []
    email = owner.email

    def attempt() -> None:
        answers.append(sign_in(app.test_client(), email, "wrong password 123").status_code)

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * 10 + [429] * 6


@pytest.mark.parametrize("target", ["/calls?q=meier", "/live", "/calls/01M7WRDJTWNZFJN3C3MH0WKBJD"])
def test_after_sign_in_one_comes_to_the_page_one_wanted(client: FlaskClient, owner: User, target: str) -> None:
    answer = client.get(target)
    assert answer.status_code == 302 and answer.location.startswith("/login?next=")
    form = client.get(answer.location).text
    assert 'name="next"' in form
    assert sign_in(client, owner, next=target).location == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/\t/evil.example", "/%09/evil.example\n", "http:evil.example", "evil.example", " //evil.example", "/ok\r\nSet-Cookie: a=b", "",
    ],
)  # fmt: skip
def test_it_never_leads_to_another_place(app: Flask, client: FlaskClient, owner: User, target: str) -> None:
    answer = sign_in(client, owner, next=target)
    assert answer.location == ("/%09/evil.example" if "%09" in target else "/dashboard")
    assert "evil" not in app.test_client().get("/login", query_string={"next": target.replace("%09", "")}).text.replace("/%09", "")


def test_the_page_speaks_the_language_that_was_chosen(client: FlaskClient) -> None:
    assert "Anmelden" in client.get("/login").text
    assert client.get("/login?lang=en").status_code == 302
    assert "Sign in" in client.get("/login").text
    assert client.get("/login?lang=xx").status_code == 200


def test_a_one_time_password_leads_to_a_new_one_and_nowhere_else(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company()
    with transaction():
        user, once = users.create_user("mara@salon-lindgren.example", "staff", company=salon)
    client = signed_in(app, user, once)
    for path in ("/live", "/calls", "/dashboard"):
        assert client.get(path).location == "/account/password"
    assert client.get("/live/state").status_code == 403
    answer = _change(client, once, NEW)
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    assert is_in(client)
    assert sign_in(app.test_client(), user, once).status_code == 401
    assert sign_in(app.test_client(), user, NEW).status_code == 302


def test_who_changes_the_password_stays_in_and_all_others_are_out(app: Flask, owner: User) -> None:
    here, elsewhere = signed_in(app, owner), signed_in(app, owner)
    before = here.get_cookie("askproai").value
    assert _change(here, PASSWORD, NEW).status_code == 302
    assert is_in(here) and not is_in(elsewhere)
    assert here.get_cookie("askproai").value != before


@pytest.mark.parametrize(
    ("current", "new", "repeat", "said"),
    [
        ("wrong", NEW, NEW, "bisheriges Passwort"),
        (PASSWORD, NEW, "something else entirely", "nicht gleich"),
        (PASSWORD, "kurz", "kurz", "zu kurz"),
        (PASSWORD, "passwort123456", "passwort123456", "Listen"),
        (PASSWORD, PASSWORD, PASSWORD, "anderes"),
        ("", "", "", "zu kurz"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_a_reason(
    app: Flask, owner: User, current: str, new: str, repeat: str, said: str
) -> None:
    client = signed_in(app, owner)
    answer = _change(client, current, new, repeat)
    assert answer.status_code == 422 and said in answer.text
    assert sign_in(app.test_client(), owner).status_code == 302


def test_the_database_away_is_503_and_nobody_is_signed_out(
    app: Flask, owner: User, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app, owner)
    db.session.remove()
    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.engine.Engine.connect", away)
        broken.setattr("sqlalchemy.engine.Engine.raw_connection", away)
        answer = client.get("/live")
        assert answer.status_code == 503 and answer.headers["Retry-After"]
        assert "Set-Cookie" not in answer.headers
        with client.get("/static/css/tokens.css") as file:
            assert file.status_code == 200
    assert is_in(client)


def test_signing_in_works_while_redis_is_away(make_app: Callable[..., Flask], owner: User) -> None:
    client = make_app(redis_url="redis://127.0.0.1:1/0").test_client()
    assert [sign_in(client, f"{owner.email}x", "wrong password 123").status_code for _ in range(11)] == [401] * 10 + [429]
    assert sign_in(client, owner).status_code == 302
    assert is_in(client)


def away(*_arguments: object, **_options: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception("away"))


def _change(client: FlaskClient, current: str, new: str, repeat: str | None = None) -> object:
    fields = {"current_password": current, "new_password": new, "repeat_password": new if repeat is None else repeat}
    return client.post("/account/password", data={**fields, "csrf_token": csrf_token(client, "/account/password")})


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


def test_user_branches_and_company_of_a_page_are_one_question(app: Flask, db: SQLAlchemy, owner: User) -> None:
    client, asked = signed_in(app, owner), []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get("/calls").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    tables = ("FROM users", "FROM user_branches", "FROM companies")
    assert len([statement for statement in asked if any(table in statement for table in tables)]) == 1


@pytest.fixture
def production(make_app: Callable[..., Flask]) -> Flask:
    return make_app(app_env="production", public_url="https://app.example.com")


HTTPS_ONLY = "Anmelden geht nur über https"


def test_over_plain_http_the_sign_in_page_names_https_and_where_it_is(production: Flask, owner: User) -> None:
    client = production.test_client()
    page = client.get("/login", base_url="http://app.example.com").text
    assert HTTPS_ONLY in page and "https://app.example.com/login" in page
    token = csrf_token(client)
    form = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
    refused = production.test_client().post("/login", data=form, base_url="http://app.example.com")
    assert refused.status_code == 400 and HTTPS_ONLY in refused.text


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("https://app.example.com", {}),
        ("http://localhost:8000", {}),
        ("http://127.0.0.1:8000", {}),
        # behind a proxy whose headers are not counted
        ("http://app.example.com", {"Sec-Fetch-Mode": "navigate"}),
    ],
)
def test_where_the_browser_keeps_the_session_nothing_is_said_of_https(production: Flask, address: str, headers: dict[str, str]) -> None:
    assert HTTPS_ONLY not in production.test_client().get("/login", base_url=address, headers=headers).text


def test_without_its_token_the_form_over_https_is_refused_as_unreadable(production: Flask, owner: User) -> None:
    answer = production.test_client().post("/login", data={"email": owner.email}, base_url="https://app.example.com")
    assert answer.status_code == 400 and HTTPS_ONLY not in answer.text
