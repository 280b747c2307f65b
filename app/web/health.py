"""Is it up, can it serve, is all well: for load balancers, supervisors and operators."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from app.domain.operations.health import Check, check_all, check_serving
from app.web.guards import public

blueprint = Blueprint("health", __name__)
Answer = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.get("/health/live")
@public("a supervisor asks whether the process answers")
def live() -> dict[str, str]:
    return {"status": "ok"}


@blueprint.get("/health/ready")
@public("a load balancer asks whether to send requests here")
def ready() -> Answer:
    """Without the database nothing can be served; without Redis everything can, only slower to be seen."""
    checks = check_serving()
    able = all(check.status != "failed" for check in checks if check.name == "database")
    return _respond(checks, able=able, worst="degraded" if able else "down")


@blueprint.get("/health")
@public("operators and their monitors ask how everything stands; ages and counts only")
def everything() -> Answer:
    checks = check_all()
    able = all(check.status != "failed" for check in checks)
    return _respond(checks, able=able, worst="warn" if able else "failed")


def _respond(checks: Iterable[Check], *, able: bool, worst: str) -> Answer:
    told = {check.name: {"status": check.status, "ms": check.ms, **check.data} for check in checks}
    well = all(check["status"] == "ok" for check in told.values())
    return {"status": "ok" if well else worst, "checks": told}, 200 if able else 503, {} if able else {"Retry-After": "2"}
