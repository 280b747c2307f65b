"""flask retell: writes agents at Retell and says, with its exit code too, whether they stand there as they should."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import update

from app.core.tenancy import company_scope, unscoped
from app.core.transactions import transaction
from app.models import Company, Connection
from tests.doubles.retell import RetellDouble
from tests.factories.salons import make_salon
from tests.support.at_retell import AtRetell, stand_in


@pytest.fixture
def there(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtRetell]:
    with RetellDouble() as double:
        stand_in(app, double, monkeypatch)
        world = AtRetell(app, make_salon(), double)
        world.set_up()
        yield world


def test_it_publishes_checks_and_tells_what_is_different(app: Flask, db: SQLAlchemy, there: AtRetell) -> None:
    there.publish()
    with unscoped():
        company = db.session.get(Company, there.salon.company_id)
    assert company is not None
    run, slug = app.test_cli_runner().invoke, company.slug
    db.session.rollback()
    published = run(args=["retell", "publish", "--company", slug])
    assert published.exit_code == 0, published.output
    assert "right" in published.output
    assert run(args=["retell", "check", "--company", slug]).exit_code == 0
    row = there.row()
    there.double.change_agent(row.agent_ref or "", row.agent_version, webhook_url=None)
    checked = run(args=["retell", "check", "--company", slug])
    assert checked.exit_code == 1
    assert "webhook_url" in checked.output
    assert run(args=["retell", "check", "--company", slug, "--agent", "nobody"]).exit_code == 1


def test_publishing_without_a_key_says_what_is_missing_and_fails(
    app: Flask, db: SQLAlchemy, there: AtRetell, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.publish()
    with unscoped():
        company = db.session.get(Company, there.salon.company_id)
    assert company is not None
    slug = company.slug
    with company_scope(company.id), transaction():
        db.session.execute(update(Connection).values(is_active=False))
    monkeypatch.setattr(app.config["SETTINGS"], "retell_api_key", "")
    for command in ("publish", "check"):
        result = app.test_cli_runner().invoke(args=["retell", command, "--company", slug])
        assert result.exit_code == 1, result.output
    result = app.test_cli_runner().invoke(args=["retell", "publish", "--company", slug])
    assert result.exit_code == 1
    assert "there is no key for Retell (RETELL_API_KEY" in result.output
