"""The tasks page: most urgent first, done with a press, undone with another."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.core.clock import now
from app.core.event_bus import publish
from app.core.tenancy import company_scope
from app.core.transactions import transaction
from app.domain.tasks.lifecycle import create_task
from app.events import TaskUpdated
from app.models import Company, StaffTask
from tests.factories.calls import CallFactory, TaskFactory
from tests.support.users import branch_ids, limit_to, make_company, make_user, signed_in, token_of


@pytest.fixture
def company(db: SQLAlchemy) -> Company:
    return make_company(branches=("Berlin-Mitte", "Berlin-Pankow"))


def make_task(company: Company, title: str, *, branch: int = 0, **values: object) -> str:
    with company_scope(company.id), transaction():
        return TaskFactory(branch_id=branch_ids(company)[branch], title=title, **values).id


def status_of(db: SQLAlchemy, company: Company, task_id: str) -> str:
    with company_scope(company.id):
        return db.session.get_one(StaffTask, task_id).status


def test_the_most_urgent_task_stands_on_top(app: Flask, db: SQLAlchemy, company: Company) -> None:
    for title, due in (("später", 30), ("ohne Zeit", None), ("überfällig", -3), ("bald", 2)):
        make_task(company, title, due_at=now() + timedelta(hours=due) if due else None)
    shown = signed_in(app, make_user(company)).get("/tasks").text
    assert "4 Dinge zu erledigen" in shown
    places = [shown.index(f">{title}<") for title in ("überfällig", "bald", "später", "ohne Zeit")]
    assert places == sorted(places)
    assert "überfällig seit" in shown


def test_what_sounds_like_an_emergency_stands_above_what_is_due_sooner(app: Flask, db: SQLAlchemy, company: Company) -> None:
    tasks = [
        ("callback", "Frage zur Dosierung der Tabletten", 1), ("callback", "Rezept für Schilddrüsentabletten", 2),
        ("callback", "Verdacht auf Vergiftung, Kind 3 Jahre", 9), ("message", "Mein Sohn hat eine Knopfzelle verschluckt", None),
        ("emergency", "Notfall", None),
    ]  # fmt: skip
    branch = {"branch_id": branch_ids(company)[0]}
    with company_scope(company.id), transaction():
        company = db.session.merge(company)
        company.industry = "medical_practice"
        for kind, words, due in tasks:
            due_at, priority = now() + timedelta(hours=due) if due else None, 100 if kind == "emergency" else 0
            create_task(kind, words[:20], source_ref=str(len(words)), details=words, due_at=due_at, priority=priority, **branch)
    shown = signed_in(app, make_user(company)).get("/tasks").text
    order = ("Notfall", "Verdacht auf Vergift", "Mein Sohn hat eine K", "Frage zur Dosierung ", "Rezept für Schilddrü")
    places = [shown.index(f">{title}<") for title in order]
    assert places == sorted(places)


def test_a_task_rises_when_its_words_become_those_of_an_emergency(db: SQLAlchemy, company: Company) -> None:
    def say(words: str) -> int:
        with company_scope(company.id), transaction():
            task = create_task("callback", "Rückruf", source_ref="a")
            task.details = words
            publish(TaskUpdated(task.company_id, task.branch_id, task.id, task.call_id))
        return task.priority

    assert say("Frage zum Rezept") == 0
    assert say("Mein Kind hat Tabletten verschluckt") == say("Frage zum Rezept") == 50


def test_a_task_is_done_and_taken_back_from_the_toast(app: Flask, db: SQLAlchemy, company: Company) -> None:
    task_id = make_task(company, "Rückruf: Svea Thomsen")
    client = signed_in(app, make_user(company))
    token = token_of(client)
    answer = client.post(f"/tasks/{task_id}/done", data={"csrf_token": token, "next": "/dashboard?period=today"})
    assert answer.location == "/dashboard?period=today"
    assert status_of(db, company, task_id) == "done"
    shown = client.get("/dashboard?period=today").text
    assert "Rückgängig" in shown
    assert f'action="/tasks/{task_id}/reopen"' in shown
    assert "Rückgängig" not in client.get("/dashboard").text
    client.post(f"/tasks/{task_id}/reopen", data={"csrf_token": token})
    assert status_of(db, company, task_id) == "open"


def test_the_caller_can_be_rung_from_the_task(app: Flask, db: SQLAlchemy, company: Company) -> None:
    with company_scope(company.id), transaction():
        call = CallFactory(branch_id=branch_ids(company)[0], from_number="+493023125710")
    make_task(company, "Rückruf", call_id=call.id)
    shown = signed_in(app, make_user(company)).get("/tasks").text
    assert 'href="tel:+493023125710"' in shown
    assert f'href="/calls/{call.id}"' in shown


def test_who_only_reads_has_no_button_and_no_right(app: Flask, db: SQLAlchemy, company: Company) -> None:
    task_id = make_task(company, "Rückruf")
    client = signed_in(app, make_user(company, "read_only"))
    shown = client.get("/tasks").text
    assert f"/tasks/{task_id}/done" not in shown
    assert client.post(f"/tasks/{task_id}/done", data={"csrf_token": token_of(client)}).status_code == 403
    assert status_of(db, company, task_id) == "open"


def test_tasks_of_other_branches_are_out_of_reach(app: Flask, db: SQLAlchemy, company: Company) -> None:
    task_id = make_task(company, "Rückruf in Pankow", branch=1)
    user = make_user(company, "front_desk")
    limit_to(user, branch_ids(company)[0])
    client = signed_in(app, user)
    assert "Rückruf in Pankow" not in client.get("/tasks").text
    assert client.post(f"/tasks/{task_id}/done", data={"csrf_token": token_of(client)}).status_code == 404
    assert status_of(db, company, task_id) == "open"


def test_without_tasks_the_page_says_so(app: Flask, db: SQLAlchemy, company: Company) -> None:
    assert "Nichts zu erledigen" in signed_in(app, make_user(company)).get("/tasks").text
