"""Reconciliation with the calls that voice providers hold: the state of each account and the last runs."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.extensions import db
from app.models import CallReconciliation, Company, ReconciledAccount
from app.web.guards import for_support
from app.web.labels import PROVIDER_NAMES

PAGE_SIZE = 60

blueprint = Blueprint("comparisons", __name__)


@blueprint.get("/admin/comparisons")
@for_support("support.webhooks")
def index() -> str:
    names = {row.id: row.name for row in db.session.execute(select(Company.id, Company.name))}
    accounts = {account.id: account for account in db.session.scalars(select(ReconciledAccount).order_by(ReconciledAccount.id))}
    runs = db.session.scalars(select(CallReconciliation).order_by(CallReconciliation.id.desc()).limit(PAGE_SIZE)).all()
    return render_template(
        "admin/reconciliation.html",
        accounts=[_build_account(account, names) for account in accounts.values()],
        runs=[{"run": run, "account": _get_account_name(accounts[run.account_id], names)} for run in runs if run.account_id in accounts],
    )


def _build_account(account: ReconciledAccount, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": _get_account_name(account, names),
        "compared_at": account.compared_at,
        "failing_since": account.failing_since,
        "error": account.error,
        "watermark": account.watermark,
    }


def _get_account_name(account: ReconciledAccount, names: dict[str, str]) -> str:
    provider = PROVIDER_NAMES.get(account.provider, account.provider)
    owner = names.get(account.company_id, account.company_id) if account.company_id else _("Plattform")
    return f"{provider}, {owner}"
