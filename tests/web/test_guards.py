"""Guards: who may open which page, and that a request stays in its company until the last line of its error page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select

from app.core.clock import now
from app.core.extensions import db as database
from app.core.tenancy import current_company_id
from app.core.transactions import transaction
from app.models import Branch, Company, User
from app.web.guards import can_access, for_company, for_support, for_user, public, safe_redirect_path
from tests.support.applications import new_app
from tests.support.calls import make_call
from tests.support.tables import each_row
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in

COMPANY_PAGES = ("/dashboard", "/live", "/live/state", "/calls")
SUPPORT_PAGES = ("/admin/unassigned", "/admin/webhooks")


@pytest.fixture
def salon(db: SQLAlchemy) -> Company:
    return make_company()


@each_row("path", COMPANY_PAGES[:2] + COMPANY_PAGES[3:] + SUPPORT_PAGES)
def test_pages_send_strangers_to_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, unquote(answer.location)) == (302, f"/login?next={path}")


def test_programs_get_a_problem_instead(client: FlaskClient) -> None:
    answer = client.get("/live/state")
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (401, "application/problem+json", "not_signed_in")


def test_a_fragment_sends_the_whole_window_to_sign_in(client: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/calls?q=meier"}
    answer = client.get("/calls", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login?next=") and "calls" in answer.headers["HX-Redirect"]
    elsewhere = client.get("/calls", headers=headers | {"HX-Current-URL": "https://evil.example//evil.example/x"})
    assert "evil" not in elsewhere.headers["HX-Redirect"]


def test_pages_of_the_other_side_do_not_exist(app: Flask, salon: Company) -> None:
    owner, support = signed_in(app, make_user(salon)), signed_in(app, make_user(None, "support"))
    assert {owner.get(path).status_code for path in SUPPORT_PAGES} == {404}
    assert {support.get(path).status_code for path in COMPANY_PAGES} == {404}
    assert {owner.get(path).status_code for path in COMPANY_PAGES} == {200}
    assert {support.get(path).status_code for path in SUPPORT_PAGES} == {200}


def test_what_belongs_to_another_company_does_not_exist(app: Flask, salon: Company, db: SQLAlchemy) -> None:
    client = signed_in(app, make_user(make_company("praxis-morgenstern")))
    call = make_call(salon, words=("Ein Geheimnis des Salons.",))
    for path in (f"/calls/{call}", "/calls/01M7WRDJTWNZFJN3C3MH0WKBJD", "/calls/garbage", "/calls/ü"):
        answer = client.get(path)
        assert answer.status_code == 404 and "Geheimnis" not in answer.text
    assert "Geheimnis" not in client.get("/calls?q=geheimnis&period=all").text


def test_a_company_that_is_closed_has_no_pages(app: Flask, salon: Company, db: SQLAlchemy) -> None:
    client = signed_in(app, make_user(salon))
    with transaction():
        db.session.get_one(Company, salon.id).is_active = False
    assert client.get("/live").status_code == 404


@for_company("users.write")
def of_company() -> str:
    names = "{% for branch in branches %}{{ branch.name }},{% endfor %}"
    return render_template_string(names, branches=database.session.scalars(select(Branch)))


@for_company("calls.read")
def broken() -> str:
    return str(1 / 0)


@for_support("support.companies")
def of_support() -> str:
    return ",".join(database.session.scalars(select(Branch.name).order_by(Branch.name)))


@for_user()
def own() -> str:
    return str(current_company_id())


@for_user()
def links() -> str:
    return ",".join(name for name in ("of_company", "of_support", "own", "free", "no_such_view") if can_access(name))


@public("a test")
def free() -> str:
    return str(current_company_id())


@for_company("calls.read", is_polling=True)
def asked() -> str:
    return "ok"


def branches_on_the_error_page(_error: Exception) -> tuple[str, int]:
    return ",".join(database.session.scalars(select(Branch.name))), 500


@pytest.fixture
def looking(all_applications: Any, database_kind: str, redis: object) -> Iterator[Flask]:
    """An application of its own, with views that look around inside their guard."""
    _, url = all_applications.clean(database_kind)
    app = new_app(all_applications.settings(url))
    for view in (of_company, broken, of_support, own, links, free, asked):
        app.add_url_rule(f"/{view.__name__.replace('_', '-')}", view.__name__, view)
    app.register_error_handler(ZeroDivisionError, branches_on_the_error_page)
    with app.app_context():
        yield app
        database.session.remove()
        database.engine.dispose()


def test_the_view_its_template_and_its_error_page_see_the_company_only(looking: Flask) -> None:
    make_company("praxis-morgenstern", branches=("Fremd",))
    client = signed_in(looking, make_user(make_company(branches=("Mitte",))))
    assert client.get("/of-company").text == "Mitte,"
    answer = client.get("/broken")
    assert (answer.status_code, answer.text) == (500, "Mitte")
    assert client.get("/free").text == "None"


def test_support_sees_every_company_in_the_open(looking: Flask) -> None:
    make_company("praxis-morgenstern", branches=("Fremd",))
    make_company(branches=("Mitte",))
    client = signed_in(looking, make_user(None, "support"))
    assert client.get("/of-support").text == "Fremd,Mitte"
    assert client.get("/own").text == "None"


def test_a_role_that_may_not_is_told_so(looking: Flask) -> None:
    salon = make_company()
    for role, status in (("owner", 200), ("manager", 403), ("front_desk", 403), ("staff", 403), ("read_only", 403)):
        assert signed_in(looking, make_user(salon, role)).get("/of-company").status_code == status


def test_links_are_shown_only_to_pages_that_would_open(looking: Flask) -> None:
    salon = make_company()
    assert signed_in(looking, make_user(salon)).get("/links").text == "of_company,own,free"
    assert signed_in(looking, make_user(salon, "staff")).get("/links").text == "own,free"
    assert signed_in(looking, make_user(None, "support")).get("/links").text == "of_support,own,free"


def test_nothing_of_a_request_is_left_for_the_next_one(looking: Flask) -> None:
    client = signed_in(looking, make_user(make_company()))
    for path in ("/of-company", "/broken"):
        client.get(path)
        assert client.get("/free").text == "None"
    assert current_company_id() is None


def test_what_a_script_asks_keeps_nobody_signed_in(looking: Flask) -> None:
    client = signed_in(looking, make_user(make_company()))
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(600)
            last = client.get("/asked").status_code
        assert last in (302, 401)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/calls?q=a", "/calls?q=a"),
        ("/", "/"),
        (None, "/x"),
        ("", "/x"),
        ("//a", "/x"),
        ("/\\a", "/x"),
        ("http://a", "/x"),
        ("/\x00", "/x"),
    ],
)
def test_only_paths_of_our_own_are_gone_on_to(target: str | None, path: str) -> None:
    assert safe_redirect_path(target, default="/x") == path


def test_users_limited_to_branches_are_so_in_their_pages(app: Flask, db: SQLAlchemy) -> None:
    salon = make_company(branches=("Mitte", "Pankow"))
    user: User = make_user(salon, "staff")
    limit_to(user, branch_ids(salon)[0])
    mine, other = make_call(salon, words=("Hallo Mitte.",)), make_call(salon, branch=1, words=("Hallo Pankow.",))
    client = signed_in(app, user)
    assert client.get(f"/calls/{mine}").status_code == 200
    assert client.get(f"/calls/{other}").status_code == 404
    page = client.get("/calls?q=hallo").text
    assert mine in page and other not in page
