"""flask companies, flask branches, flask numbers: a business begins on the command line."""

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, select

from app.core.tenancy import unscoped
from app.models import Agent, Branch, Company, PhoneNumber, WorkingHours
from tests.support.tables import each_row
from tests.support.users import make_company

SALON = ["companies", "create", "--name", "Friseur Müßig & Söhne", "--industry", "hair_salon"]
SLUG = "friseur-muessig-soehne"
BRANCH = ["branches", "create", "--company", SLUG, "--name", "Köln-Süd"]
NUMBER = ["numbers", "add", "0221 / 4710-100", "--company", SLUG, "--branch", "koeln-sued"]


@pytest.fixture
def runner(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> FlaskCliRunner:
    monkeypatch.setenv("COLUMNS", "300")
    return app.test_cli_runner()


def test_a_business_begins_with_three_commands(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    told = [runner.invoke(args=command) for command in (SALON, BRANCH, NUMBER)]
    assert [answer.exit_code for answer in told] == [0, 0, 0], [answer.output for answer in told]
    with unscoped():
        company, branch = db.session.scalars(select(Company)).one(), db.session.scalars(select(Branch)).one()
        number, agent = db.session.scalars(select(PhoneNumber)).one(), db.session.scalars(select(Agent)).one()
        assert (company.slug, company.industry, company.timezone, company.country, company.language) == (
            SLUG, "hair_salon", "Europe/Berlin", "DE", "de",
        )  # fmt: skip
        assert (branch.slug, branch.timezone, number.e164) == ("koeln-sued", "Europe/Berlin", "+492214710100")
        assert (number.branch_id, number.agent_id) == (branch.id, agent.id)
        assert SLUG in told[0].output and company.id in told[0].output and agent.id in told[0].output
        assert "koeln-sued" in told[1].output and branch.id in told[1].output
        assert "+492214710100" in told[2].output and number.id in told[2].output and "Lena answers it" in told[2].output


def test_the_lists_show_slugs_and_ids(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    for command in (SALON, BRANCH, NUMBER):
        assert runner.invoke(args=command).exit_code == 0
    with unscoped():
        ids = [db.session.scalars(select(model.id)).one() for model in (Company, Branch, PhoneNumber)]
    companies = runner.invoke(args=["companies", "list"]).output
    assert all(shown in companies for shown in (SLUG, "Friseur Müßig & Söhne", "Hair salon", "never", ids[0])), companies
    branches = runner.invoke(args=["branches", "list", "--company", SLUG]).output
    assert all(shown in branches for shown in ("koeln-sued", "Köln-Süd", "Tue-Fri 9-18, Sat 9-14", ids[1])), branches
    numbers = runner.invoke(args=["numbers", "list", "--company", SLUG]).output
    assert all(shown in numbers for shown in ("+492214710100", "koeln-sued", "Lena", ids[2])), numbers


def test_what_can_be_said_is_kept(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    garage = ["--name", "Garage Huber", "--industry", "garage", "--zone", "Europe/Vienna", "--language", "en"]
    assert runner.invoke(args=["companies", "create", *garage]).exit_code == 0
    place = ["--street", "Ring 1", "--postcode", "1010", "--city", "Wien", "--hours", "mo-fr 8-16", "--forward-to", "01 58058"]
    made = runner.invoke(args=["branches", "create", "--company", "garage-huber", "--name", "Wien", *place])
    assert made.exit_code == 0, made.output
    number = ["numbers", "add", "01 58058 99", "--company", "garage-huber", "--branch", "wien", "--label", "Werkstatt"]
    assert runner.invoke(args=number).exit_code == 0
    with unscoped():
        company, branch = db.session.scalars(select(Company)).one(), db.session.scalars(select(Branch)).one()
        assert (company.country, company.language, db.session.scalars(select(Agent.language)).one()) == ("AT", "en", "en")
        assert (branch.timezone, branch.city, branch.forward_number) == ("Europe/Vienna", "Wien", "+43158058")
        assert db.session.scalars(select(PhoneNumber.e164)).one() == "+4315805899"
        assert db.session.scalar(select(func.count()).select_from(WorkingHours)) == 5


def test_a_federal_state_holds_for_all_branches(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    assert runner.invoke(args=[*SALON, "--state", "Nordrhein-Westfalen"]).exit_code == 0
    assert runner.invoke(args=BRANCH).exit_code == 0
    assert runner.invoke(args=["branches", "create", "--company", SLUG, "--name", "Mainz", "--state", "rp"]).exit_code == 0
    with unscoped():
        assert db.session.scalars(select(Branch.state).order_by(Branch.slug)).all() == ["NW", "RP"]


@each_row(
    "arguments, said",
    [
        (["--name", "Salon", "--industry", "witchcraft"], "There are: hair_salon, beauty"),
        (["--name", "  ", "--industry", "garage"], "The name is missing"),
        (["--name", "x" * 161, "--industry", "garage"], "160"),
        (["--name", "Salon", "--industry", "garage", "--zone", "Berlin"], "Europe/Berlin"),
        (["--name", "Salon", "--industry", "garage", "--zone", "CET"], "Europe/Berlin"),
        (["--name", "Salon", "--industry", "garage", "--timezone", "../../etc/passwd"], "time zone"),
        (["--name", "Salon", "--industry", "garage", "--state", "XX"], "BB, BE, BW"),
        (["--name", "Salon", "--industry", "garage", "--zone", "Europe/Vienna", "--state", "BE"], "Germany"),
        (["--name", "Salon", "--industry", "garage", "--language", "fr"], "English (en)"),
    ],
)
def test_a_company_that_cannot_be_is_refused_in_words(runner: FlaskCliRunner, db: SQLAlchemy, arguments: list[str], said: str) -> None:
    answer = runner.invoke(args=["companies", "create", *arguments])
    assert answer.exit_code == 1 and said in answer.output and "Traceback" not in answer.output, answer.output
    assert db.session.scalars(select(Company)).all() == []


def test_an_industry_is_known_by_any_of_its_names(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    for name in ("medical_practice", "Arztpraxis", "medical practice", "Medical-Practice"):
        answer = runner.invoke(args=["companies", "create", "--name", "Praxis", "--industry", name, "--again"])
        assert answer.exit_code == 0, answer.output
    assert set(db.session.scalars(select(Company.industry))) == {"medical_practice"}
    assert sorted(db.session.scalars(select(Company.slug))) == ["praxis", "praxis-2", "praxis-3", "praxis-4"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--company", "nowhere", "--name", "Mitte"], f"There are: {SLUG}"),
        (["--company", SLUG, "--name", "Köln-Süd"], "koeln-sued"),
        (["--company", SLUG, "--name", "KÖLN-SÜD"], f"flask branches update --company {SLUG} --branch koeln-sued"),
        (["--company", SLUG, "--name", "Mitte", "--hours", "mo-fr 9-25"], "0:00 and 24:00"),
        (["--company", SLUG, "--name", "Mitte", "--hours", "mo-fr 9-5"], "Do you mean 9-17? If not, write: 9-5 next day."),
        (["--company", SLUG, "--name", "Mitte", "--hours", "immer"], "Mon-Fri 9-13"),
        (["--company", SLUG, "--name", "Mitte", "--forward-to", "gestern"], "+49 30 23125100"),
        (["--company", SLUG, "--name", "Mitte", "--forward-to", "+49 221 4710100"], "assistant herself"),
        (["--company", SLUG, "--name", "Mitte", "--zone", "Mars"], "time zone"),
    ],
)
def test_a_branch_that_cannot_be_is_refused_in_words(runner: FlaskCliRunner, db: SQLAlchemy, arguments: list[str], said: str) -> None:
    for command in (SALON, BRANCH, NUMBER):
        assert runner.invoke(args=command).exit_code == 0
    answer = runner.invoke(args=["branches", "create", *arguments])
    assert answer.exit_code == 1 and said in answer.output and "Traceback" not in answer.output, answer.output
    with unscoped():
        assert len(db.session.scalars(select(Branch)).all()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["12345", "--company", SLUG, "--branch", "koeln-sued"], "+49 30 23125100"),
        (["030 abc", "--company", SLUG, "--branch", "koeln-sued"], "+49 30 23125100"),
        (["112", "--company", SLUG, "--branch", "koeln-sued"], "short"),
        (["+493023125100", "--company", SLUG, "--branch", "nowhere"], "There are: koeln-sued"),
        (["+493023125100", "--company", "nowhere", "--branch", "koeln-sued"], f"There are: {SLUG}"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_words(runner: FlaskCliRunner, db: SQLAlchemy, arguments: list[str], said: str) -> None:
    for command in (SALON, BRANCH):
        assert runner.invoke(args=command).exit_code == 0
    answer = runner.invoke(args=["numbers", "add", *arguments])
    assert answer.exit_code == 1 and said in answer.output and "Traceback" not in answer.output, answer.output
    with unscoped():
        assert db.session.scalars(select(PhoneNumber)).all() == []


@pytest.mark.parametrize("written", ["+492214710100", "0221 4710100", "0049 221 4710100", "+49 (0)221 4710-100", "tel:+492214710100"])
def test_a_number_is_read_as_people_write_it_and_again_is_no_error(runner: FlaskCliRunner, db: SQLAlchemy, written: str) -> None:
    for command in (SALON, BRANCH, NUMBER):
        assert runner.invoke(args=command).exit_code == 0
    again = runner.invoke(args=["numbers", "add", written, "--company", SLUG, "--branch", "koeln-sued"])
    assert again.exit_code == 0, again.output
    with unscoped():
        assert db.session.scalars(select(PhoneNumber.e164)).all() == ["+492214710100"]


def test_whose_a_taken_number_is_is_told_to_whoever_runs_the_platform(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    make_company("salon-lindgren")
    for command in (SALON, BRANCH, NUMBER):
        assert runner.invoke(args=command).exit_code == 0
    answer = runner.invoke(args=["numbers", "add", "+492214710100", "--company", "salon-lindgren", "--branch", "berlin-mitte"])
    assert answer.exit_code == 1 and f"belongs to Friseur Müßig & Söhne already ({SLUG})" in answer.output


@pytest.mark.parametrize("name", ["Friseur Müßig & Söhne", "friseur  muessig-söhne"])
def test_a_name_that_is_there_is_refused_unless_another_one_is_meant(runner: FlaskCliRunner, db: SQLAlchemy, name: str) -> None:
    assert runner.invoke(args=SALON).exit_code == 0
    again = ["companies", "create", "--name", name, "--industry", "hair_salon"]
    refused = runner.invoke(args=again)
    assert refused.exit_code == 1 and f"exists already: {SLUG}." in refused.output and "--again" in refused.output, refused.output
    assert db.session.scalars(select(Company.slug)).all() == [SLUG]
    meant = runner.invoke(args=[*again, "--again"])
    assert meant.exit_code == 0 and f"{SLUG}-2" in meant.output


def test_the_hours_that_were_understood_are_shown(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    assert runner.invoke(args=SALON).exit_code == 0
    made = runner.invoke(args=[*BRANCH, "--hours", "Mo-Fr 9-13, 14-18"])
    assert "open       Mon-Fri 9-13, 14-18\n" in made.output, made.output
    bar = runner.invoke(args=["branches", "create", "--company", SLUG, "--name", "Bar", "--hours", "mo-fr 18-9"])
    assert "open       Mon-Fri 18-9 (past midnight" in bar.output, bar.output


def test_a_branch_gets_its_address_later_and_keeps_the_rest(runner: FlaskCliRunner, db: SQLAlchemy) -> None:
    for command in (SALON, BRANCH):
        assert runner.invoke(args=command).exit_code == 0
    update = ["branches", "update", "--company", SLUG, "--branch", "koeln-sued"]
    changed = runner.invoke(args=[*update, "--street", "Ring 1", "--postcode", "50667", "--city", "Köln"])
    assert changed.exit_code == 0 and "Ring 1, 50667 Köln" in changed.output and "Tue-Fri 9-18, Sat 9-14" in changed.output, changed.output
    assert runner.invoke(args=[*update, "--hours", "mo-fr 8-16", "--name", "Köln"]).exit_code == 0
    with unscoped():
        branch = db.session.scalars(select(Branch)).one()
        assert (branch.slug, branch.name, branch.street, branch.city) == ("koeln-sued", "Köln", "Ring 1", "Köln")
        assert db.session.scalar(select(func.count()).select_from(WorkingHours)) == 5
    for wrong, said in ((["--name", " "], "The name is missing"), (["--state", "XX"], "BB, BE"), (["--hours", "immer"], "Mon-Fri 9-13")):
        answer = runner.invoke(args=[*update, *wrong])
        assert answer.exit_code == 1 and said in answer.output, answer.output
