"""Liveness, readiness and the full health report, for supervisors, load balancers and operators."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from app.domain.operations.health import Check, check_all, check_serving
from app.web.guards import public

blueprint = Blueprint("health", __name__)
HealthResponse = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.get("/health/live")
@public("a supervisor asks whether the process answers")
def live() -> dict[str, str]:
    return {"status": "ok"}


@blueprint.get("/health/ready")
@public("a load balancer asks whether to send requests here")
def ready() -> HealthResponse:
    """Respond 503 without the database; without Redis the status is degraded, because only live updates slow down."""
    checks = check_serving()
    is_serving = all(check.status != "failed" for check in checks if check.name == "database")
    return _respond(checks, is_serving=is_serving, worst="degraded" if is_serving else "down")


@blueprint.get("/health")
@public("operators and their monitors ask how everything stands; ages and counts only")
def everything() -> HealthResponse:
    checks = check_all()
    is_serving = all(check.status != "failed" for check in checks)
    return _respond(checks, is_serving=is_serving, worst="warn" if is_serving else "failed")


def _respond(checks: Iterable[Check], *, is_serving: bool, worst: str) -> HealthResponse:
    results = {check.name: {"status": check.status, "ms": check.ms, **check.data} for check in checks}
    all_ok = all(check["status"] == "ok" for check in results.values())
    return {"status": "ok" if all_ok else worst, "checks": results}, 200 if is_serving else 503, {} if is_serving else {"Retry-After": "2"}
