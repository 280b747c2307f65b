"""What support sees: numbers without a company, every webhook, and how everything stands."""

from flask import Flask


def register(app: Flask) -> None:
    from app.web.admin import (
        audit,
        calls,
        companies,
        flags,
        health,
        line_check,
        onboarding,
        queues,
        reconciliation,
        schedule,
        unassigned,
        users,
        webhooks,
    )

    for door in (
        unassigned,
        webhooks,
        reconciliation,
        line_check,
        calls,
        onboarding,
        companies,
        users,
        health,
        queues,
        schedule,
        audit,
        flags,
    ):
        app.register_blueprint(door.blueprint)
