"""Changes the rules of booking of the company, or what differs for a branch, a service or a person."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.core.extensions import db
from app.domain.audit.log import record
from app.models import Branch, Policy, Service, StaffMember
from app.models.policy import RULES

LIMITS = {
    "grid_minutes": (5, 60), "notice_minutes": (0, 43_200), "horizon_days": (1, 730), "cancel_minutes": (0, 43_200),
    "move_minutes": (0, 43_200), "open_bookings_per_customer": (0, 50), "hold_minutes": (1, 60), "fee_cents": (0, 100_000),
    "fee_within_minutes": (0, 43_200),
}  # fmt: skip
SCOPES = {"branch": Branch, "service": Service, "staff": StaffMember}


def find_policy(kind: str, row_id: str | None) -> Policy | None:
    scope = row_id if kind in SCOPES else "company"
    return db.session.scalars(select(Policy).where(Policy.scope == scope)).first()


def check_scope(kind: str, row_id: str | None) -> None:
    """Raises NotFound for a branch, service or person that this company does not have."""
    model: Any = SCOPES.get(kind)
    if kind != "company" and (model is None or not row_id or not row_id.isascii() or db.session.get(model, row_id) is None):
        raise NotFound(_("Das gibt es hier nicht."))


def save_policy(kind: str, row_id: str | None, rules: dict[str, Any]) -> Policy | None:
    """Rules that are None come from the next wider policy; without any the policy goes. Raises InvalidInput with one message per field."""
    check_scope(kind, row_id)
    wrong = {}
    for name, (least, most) in LIMITS.items():
        if (value := rules.get(name)) is not None and not least <= value <= most:
            wrong[name] = _("Erlaubt ist %(least)s bis %(most)s.", least=least, most=most)
    if wrong:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields=wrong)
    policy = find_policy(kind, row_id)
    if not any(rules.get(name) is not None for name in RULES):
        if policy is not None:
            db.session.delete(policy)
        return None
    if policy is None:
        policy = Policy(scope=row_id if kind in SCOPES else "company", **({f"{kind}_id": row_id} if kind in SCOPES else {}))
        db.session.add(policy)
    for name in RULES:
        setattr(policy, name, rules.get(name))
    db.session.flush()
    record("policy_saved", subject=f"policy:{policy.scope}")
    return policy
