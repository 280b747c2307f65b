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
from tests.factories.salon import make_salon
from tests.support.retell_world import RetellWorld, use_retell_double


@pytest.fixture
def retell(app: Flask, db: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Iterator[RetellWorld]:
    with RetellDouble() as double:
        use_retell_double(app, double, monkeypatch)
        world = RetellWorld(app, make_salon(), double)
        world.set_up()
        yield world


def test_commands_publish_check_and_list_differences(app: Flask, db: SQLAlchemy, retell: RetellWorld) -> None:
    retell.publish()
    with unscoped():
        company = db.session.get(Company, retell.salon.company_id)
    assert company is not None
    run, slug = app.test_cli_runner().invoke, company.slug
    db.session.rollback()
    published = run(args=["retell", "publish", "--company", slug])
    assert published.exit_code == 0, published.output
    assert "right" in published.output
    assert run(args=["retell", "check", "--company", slug]).exit_code == 0
    row = retell.row()
    retell.double.change_agent(row.agent_ref or "", row.agent_version, webhook_url=None)
    checked = run(args=["retell", "check", "--company", slug])
    assert checked.exit_code == 1
    assert "webhook_url" in checked.output
    assert run(args=["retell", "check", "--company", slug, "--agent", "nobody"]).exit_code == 1


def test_publishing_without_key_names_missing_key_and_fails(
    app: Flask, db: SQLAlchemy, retell: RetellWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    retell.publish()
    with unscoped():
        company = db.session.get(Company, retell.salon.company_id)
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
