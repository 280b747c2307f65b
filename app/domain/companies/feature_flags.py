"""Feature flags: features that support switches off for all companies or one; every feature is on by default."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.extensions import db
from app.models import Company, FeatureFlag

# the name of each switch, and what it does
FLAGS = {
    "messages": _l("Nachrichten an Kundschaft verschicken. Ausgeschaltet warten sie und gehen hinaus, sobald es weitergeht."),
    "truth_check": _l("Prüfen, ob stimmt, was im Gespräch gesagt wurde. Anrufe, die währenddessen enden, bleiben ungeprüft."),
}
ALL_COMPANIES = ""


def is_enabled(name: str, company_id: str) -> bool:
    """Whether this runs for the company; its own switch goes before the one for all."""
    rows = select(FeatureFlag.company_id, FeatureFlag.is_enabled).where(
        FeatureFlag.name == name, FeatureFlag.company_id.in_((ALL_COMPANIES, company_id))
    )
    switches = {row.company_id: row.is_enabled for row in db.session.execute(rows)}
    return switches.get(company_id, switches.get(ALL_COMPANIES, True))


def set_flag(name: str, company_id: str, *, on: bool) -> None:
    """For one company, or with ALL_COMPANIES for all that have no switch of their own."""
    flag = db.session.scalars(select(FeatureFlag).where(FeatureFlag.name == name, FeatureFlag.company_id == company_id)).first()
    if flag is None:
        flag = FeatureFlag(name=name, company_id=company_id)
        db.session.add(flag)
    flag.is_enabled = on


def list_flags() -> Sequence[Any]:
    """List all flags ever set, as rows of name, company_id, company (its name), is_enabled and changed_at."""
    rows = (
        select(FeatureFlag.name, FeatureFlag.company_id, Company.name.label("company"), FeatureFlag.is_enabled, FeatureFlag.changed_at)
        .outerjoin(Company, Company.id == FeatureFlag.company_id)
        .where(FeatureFlag.name.in_(FLAGS))
        .order_by(FeatureFlag.name, FeatureFlag.company_id)
    )
    return db.session.execute(rows).all()
