"""The list behind the bell: only the reader's own, marked as read where it is followed, and counted in the header."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy

from app.core.extensions import db as the_db
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.models import Company, StaffNotice, StaffTask, User
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in, token_of


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company("salon-lindgren", branches=("Berlin-Mitte", "Berlin-Pankow"))


@pytest.fixture
def owner(company: Company) -> User:
    return make_user(company)


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return signed_in(app, owner)


def _notice(user: User, number: int = 1, **values: Any) -> StaffNotice:
    """A notice about a task of the first branch."""
    company_id = user.company_id or ""
    with unscoped():
        branch = branch_ids(Company(id=company_id))[0]
    with company_scope(company_id), transaction():
        task = StaffTask(kind="callback", title=f"Rückruf: Mira Sommer {number}", source_ref=f"callback:{number}", branch_id=branch)
        the_db.session.add(task)
        the_db.session.flush()
        row = StaffNotice(
            user_id=user.id, kind="task", subject=f"task:{task.id}", cause=f"task:{task.id}", **{"branch_id": branch} | values
        )
        the_db.session.add(row)
    return row


def _count(page: str) -> int:
    found = re.search(r'data-unread="(\d+)"', page)
    assert found
    return int(found[1])


def _post(client: FlaskClient, path: str, **fields: str) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **fields})


def test_the_header_of_every_page_counts_what_is_unread(client: FlaskClient, owner: User) -> None:
    assert _count(client.get("/tasks").text) == 0
    for number in range(2):
        _notice(owner, number)
    assert _count(client.get("/tasks").text) == 2
    assert client.get("/notices/unread").json == {"unread": 2}


def test_the_list_names_what_happened(client: FlaskClient, owner: User) -> None:
    _notice(owner)
    page = client.get("/notices").text
    assert "Neue Aufgabe" in page
    assert "Rückruf: Mira Sommer 1" in page
    assert "Eine ungelesene Benachrichtigung" in page


def test_links_and_buttons_are_told_apart_by_ear(client: FlaskClient, owner: User) -> None:
    _notice(owner)
    page = client.get("/notices").text
    link, button = re.search(r'<a class="ap-mid"[^>]*>', page), re.search(r'<button class="ap-icon" id="mark[^>]*>', page)
    assert link and button and 'aria-label="Als gelesen markieren"' in button[0]
    named_by = re.findall(r'aria-labelledby="([^"]*)"', link[0] + button[0])
    title, about = named_by[0].split()
    assert named_by[1].split() == [re.findall(r' id="([^"]*)"', button[0])[0], title, about]
    assert f'id="{title}"' in link[0] and "Mira Sommer 1" in page.partition(f'id="{about}"')[2].partition("</li>")[0]
    bell = re.search(r"<a [^>]*data-bell .*?</a>", page, re.S)
    assert bell and "Benachrichtigungen<span data-bell-name>, ungelesen: 1</span>" in bell[0], bell


def test_an_empty_list_says_what_will_stand_there(client: FlaskClient) -> None:
    assert "Noch keine Benachrichtigungen" in client.get("/notices").text
    assert "Sobald etwas geschieht" in client.get("/notices?show=unread").text


def test_following_a_notice_leads_to_its_subject_and_marks_it_as_read(client: FlaskClient, owner: User) -> None:
    notice = _notice(owner)
    answer = client.get(f"/notices/{notice.id}")
    assert (answer.status_code, answer.location) == (302, "/tasks")
    assert client.get("/notices/unread").json == {"unread": 0}


def test_one_is_marked_as_read_and_back_again(client: FlaskClient, owner: User) -> None:
    notice = _notice(owner)
    assert _post(client, f"/notices/{notice.id}/read", show="unread").location == "/notices?show=unread"
    assert client.get("/notices/unread").json == {"unread": 0}
    assert "Neue Aufgabe" not in client.get("/notices?show=unread").text
    _post(client, f"/notices/{notice.id}/unread")
    assert client.get("/notices/unread").json == {"unread": 1}


def test_all_are_marked_as_read_at_once(client: FlaskClient, owner: User) -> None:
    for number in range(3):
        _notice(owner, number)
    _post(client, "/notices/read")
    assert client.get("/notices/unread").json == {"unread": 0}
    assert "Alles gelesen" in client.get("/notices").text


def test_a_colleague_sees_and_marks_none_of_it(app: Flask, client: FlaskClient, company: Company, owner: User) -> None:
    notice = _notice(owner)
    colleague = signed_in(app, make_user(company, "manager"))
    assert colleague.get("/notices/unread").json == {"unread": 0}
    assert colleague.get(f"/notices/{notice.id}").status_code == 404
    assert _post(colleague, f"/notices/{notice.id}/read").status_code == 404
    _post(colleague, "/notices/read")
    assert client.get("/notices/unread").json == {"unread": 1}


def test_a_branch_that_was_taken_away_takes_its_notices_along(app: Flask, company: Company, owner: User) -> None:
    _notice(owner)
    limit_to(owner, branch_ids(company)[1])
    assert signed_in(app, owner).get("/notices/unread").json == {"unread": 0}


def test_what_goes_by_push_only_stands_in_no_list(client: FlaskClient, owner: User) -> None:
    _notice(owner, in_bell=False)
    assert client.get("/notices/unread").json == {"unread": 0}
    assert "Noch keine Benachrichtigungen" in client.get("/notices").text


def test_a_long_list_goes_on(client: FlaskClient, owner: User) -> None:
    for number in range(52):
        _notice(owner, number)
    page = client.get("/notices").text
    assert page.count('<li class="is-unread">') == 50
    following = re.search(r'href="(/notices\?show=all&amp;after=[^"]+)"', page)
    assert following
    assert client.get(following[1].replace("&amp;", "&")).text.count('<li class="is-unread">') == 2


def test_support_has_no_bell(app: Flask, db: SQLAlchemy) -> None:
    support = signed_in(app, make_user(None, "support"))
    assert "data-bell" not in support.get("/admin/companies").text
    assert support.get("/notices").status_code == 404
