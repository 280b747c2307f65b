"""What support sees: numbers without a company, every webhook, and how everything stands."""

from flask import Flask


def register(app: Flask) -> None:
    from app.web.admin import (
        audit,
        calls,
        companies,
        comparisons,
        flags,
        line,
        onboarding,
        queues,
        schedule,
        state,
        unassigned,
        users,
        webhooks,
    )

    for door in (unassigned, webhooks, comparisons, line, calls, onboarding, companies, users, state, queues, schedule, audit, flags):
        app.register_blueprint(door.blueprint)
