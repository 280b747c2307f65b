"""Tasks are done, and taken back."""

from collections.abc import Iterator

import pytest
from flask_sqlalchemy import SQLAlchemy

from app.core.errors import NotFound
from app.core.tenancy import company_scope
from app.domain.tasks import lifecycle
from app.models import StaffTask
from tests.factories.calls import TaskFactory
from tests.factories.companies import BranchFactory, CompanyFactory


@pytest.fixture
def task(db: SQLAlchemy) -> Iterator[StaffTask]:
    with company_scope(CompanyFactory().id):
        yield TaskFactory()


def announced(db: SQLAlchemy) -> list[str]:
    return [type(event).__name__ for event in db.session().info.get("published", [])]


def test_a_task_is_done_and_opened_again(db: SQLAlchemy, task: StaffTask) -> None:
    assert lifecycle.complete_task(task.id, branch_ids=[]).done_at is not None
    assert task.status == "done"
    assert lifecycle.reopen_task(task.id, branch_ids=[]).done_at is None
    assert task.status == "open"
    assert announced(db) == ["TaskUpdated", "TaskUpdated"]


def test_doing_it_twice_says_it_once(db: SQLAlchemy, task: StaffTask) -> None:
    first = lifecycle.complete_task(task.id, branch_ids=[]).done_at
    assert lifecycle.complete_task(task.id, branch_ids=[]).done_at == first
    assert announced(db) == ["TaskUpdated"]


def test_a_task_of_another_branch_is_none_for_the_reader(db: SQLAlchemy, task: StaffTask) -> None:
    with pytest.raises(NotFound):
        lifecycle.complete_task(task.id, branch_ids=[BranchFactory().id])
    assert task.status == "open"


def test_a_task_of_another_company_does_not_exist(db: SQLAlchemy, task: StaffTask) -> None:
    with company_scope(CompanyFactory().id), pytest.raises(NotFound):
        lifecycle.complete_task(task.id, branch_ids=[])
