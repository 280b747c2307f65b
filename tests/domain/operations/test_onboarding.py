"""A business begins: what it has from the first minute, and what its callers meet."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, func, select

from app.core.errors import NotFound
from app.core.ids import new_ulid
from app.core.tenancy import company_scope, unscoped
from app.core.transactions import run_in_transaction, transaction
from app.domain.agents import versions
from app.domain.agents.inbound_call import handle_inbound
from app.domain.companies.number_lookup import find_numbers
from app.domain.companies.phone_numbers import NumberTaken
from app.domain.operations import onboarding
from app.domain.operations.branches import BranchDetails, create_branch
from app.domain.operations.onboarding import CompanyExists
from app.models import Agent, AgentDeployment, AuditEntry, Branch, Company, PhoneNumber
from tests.support.waiting import HANGS_AFTER_S

NUMBER = "+493023125100"
OTHERS = ("+493023125110", "+493023125111")


def begin(name: str = "Salon Sonnenschein", number: str = NUMBER, industry: str = "hair_salon") -> tuple[Company, Branch, PhoneNumber]:
    with unscoped(), transaction():
        company, _agent = onboarding.create_company(name, industry)
        branch = create_branch(company, "Berlin-Mitte", BranchDetails())
        return company, branch, onboarding.add_number(company, branch.id, number)[0]


def test_the_first_caller_is_greeted(app: Flask, db: SQLAlchemy) -> None:
    company, branch, number = begin()
    match = find_numbers([NUMBER])[NUMBER]
    assert (match.company_id, match.branch_id, match.agent_id) == (company.id, branch.id, number.agent_id)
    with company_scope(company.id):
        told = handle_inbound(match, "+4917139200501").variables
    assert "Salon Sonnenschein" in told["greeting"] and told["branch"] == "Berlin-Mitte" and told["assistant"] == "Lena"
    assert told["hours_today"] or told["next_opening"]


def test_the_assistant_has_a_published_version(app: Flask, db: SQLAlchemy) -> None:
    company, _branch, number = begin()
    with company_scope(company.id):
        assert versions.find_published(number.agent_id).number == 1
        assert versions.find_draft(number.agent_id) is None
        # to be written at the provider, as soon as there is a key
        assert db.session.scalars(select(AgentDeployment.agent_id)).all() == [number.agent_id]


def test_each_step_is_written_down(app: Flask, db: SQLAlchemy) -> None:
    company, _branch, _number = begin()
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.company_id == company.id)).all()
    assert {"company_made", "agent_made", "agent_published", "branch_made", "number_added"} <= set(actions)


def test_the_same_number_again_changes_nothing(app: Flask, db: SQLAlchemy) -> None:
    company, branch, number = begin()
    with transaction():
        again, deployments = onboarding.add_number(company, branch.id, "030 23125100")
    assert (again.id, deployments) == (number.id, ())
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "number_added")) == 1


def test_a_number_that_was_switched_off_is_on_again_when_it_is_added(app: Flask, db: SQLAlchemy) -> None:
    company, branch, number = begin()
    with company_scope(company.id), transaction():
        db.session.get_one(PhoneNumber, number.id).is_active = False
    with transaction():
        assert onboarding.add_number(company, branch.id, NUMBER)[0].is_active


def test_another_company_does_not_get_a_number_that_is_taken(app: Flask, db: SQLAlchemy) -> None:
    mine, _branch, _number = begin()
    theirs, their_branch, _ = begin("Salon Mond", "+493023125101")
    with pytest.raises(NumberTaken) as refused, transaction():
        onboarding.add_number(theirs, their_branch.id, NUMBER)
    assert refused.value.owner.company == mine.name
    assert mine.name not in f"{refused.value.message} {refused.value.details()}"
    assert find_numbers([NUMBER])[NUMBER].company_id == mine.id


def test_a_number_is_not_given_to_a_branch_of_another_company(app: Flask, db: SQLAlchemy) -> None:
    _mine, my_branch, _number = begin()
    theirs, _their_branch, other = begin("Salon Mond", "+493023125101")
    with pytest.raises(NotFound), transaction():
        onboarding.add_number(theirs, my_branch.id, "+493023125102")
    with company_scope(theirs.id), pytest.raises(NotFound), transaction():
        onboarding.move_number(other.id, my_branch.id)
    with company_scope(theirs.id), pytest.raises(NotFound), transaction():
        onboarding.move_number(_number.id, _their_branch.id)


def test_calls_follow_a_number_to_its_new_branch_at_once(app: Flask, db: SQLAlchemy) -> None:
    company, _branch, number = begin()
    find_numbers([NUMBER])
    with transaction():
        other = create_branch(company, "Berlin-Pankow", BranchDetails())
    with company_scope(company.id), transaction():
        assert onboarding.move_number(number.id, other.id)[1]
    assert find_numbers([NUMBER])[NUMBER].branch_id == other.id


def test_two_who_add_one_number_at_once_do_not_both_get_it(app: Flask, db: SQLAlchemy) -> None:
    pairs = [begin(f"Salon {place}", f"+49302312511{place}")[:2] for place in range(4)]
    db.session.rollback()
    asked = [(company.id, branch.id) for company, branch in pairs]
    db.session.rollback()

    def add(company_id: str, branch_id: str) -> bool:
        def work() -> None:
            onboarding.add_number(db.session.get_one(Company, company_id), branch_id, NUMBER)

        with app.app_context():
            try:
                run_in_transaction(work)
            except NumberTaken:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda pair: add(*pair), asked)) == [False, False, False, True]


@pytest.mark.parametrize("database_kind", [pytest.param("mariadb", marks=pytest.mark.mariadb)], indirect=True)
def test_who_looked_before_the_other_wrote_hears_that_it_is_taken_too(app: Flask, db: SQLAlchemy) -> None:
    """SQLite lets nobody look while another writes; on MariaDB both can have seen that nobody has the number."""
    asked = [(company.id, branch.id) for company, branch, _ in (begin("Salon Eins", OTHERS[0]), begin("Salon Zwei", OTHERS[1]))]
    db.session.rollback()
    both_have_looked = Barrier(2, timeout=HANGS_AFTER_S)

    def meet(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO phone_numbers"):
            both_have_looked.wait()

    def add(company_id: str, branch_id: str) -> bool:
        with app.app_context():
            try:
                run_in_transaction(lambda: onboarding.add_number(db.session.get_one(Company, company_id), branch_id, NUMBER))
            except NumberTaken:
                return False
            return True

    event.listen(db.engine, "before_cursor_execute", meet)
    try:
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(lambda pair: add(*pair), asked)) == [False, True]
    finally:
        event.remove(db.engine, "before_cursor_execute", meet)


def test_two_of_one_name_get_slugs_of_their_own_also_at_once(app: Flask, db: SQLAlchemy) -> None:
    def make(_place: int) -> str:
        with app.app_context(), unscoped():
            return run_in_transaction(lambda: onboarding.create_company("Salon Müller", "hair_salon", is_another=True)[0].slug)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 4
    assert db.session.scalar(select(func.count()).select_from(Company)) == 4
    with unscoped():
        assert db.session.scalar(select(func.count()).select_from(Agent)) == 4


def test_of_several_of_one_name_at_once_one_is_made_where_no_other_is_meant(app: Flask, db: SQLAlchemy) -> None:
    def make(_place: int) -> str | None:
        with app.app_context(), unscoped():
            try:
                return run_in_transaction(lambda: onboarding.create_company("Salon Müller", "hair_salon")[0].slug)
            except CompanyExists as exists:
                assert exists.slug == "salon-mueller"
                return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(filter(None, pool.map(make, range(4)))) == ["salon-mueller"]


def test_names_of_other_scripts_are_told_apart(app: Flask, db: SQLAlchemy) -> None:
    slugs = [begin(name, f"+4930231251{number}")[0].slug for number, name in enumerate(("Салон 24", "Кафе 24"), start=20)]
    assert slugs == ["24", "24-2"]


def test_a_company_of_nobody_has_no_numbers(app: Flask, db: SQLAlchemy) -> None:
    nobody = Company(id=new_ulid(), slug="nobody", name="Nobody", industry="other", country="DE")
    with pytest.raises(NotFound), transaction():
        onboarding.add_number(nobody, new_ulid(), NUMBER)
