"""Pages for support: unassigned numbers, webhooks, companies, queues and system health."""

from flask import Flask


def register(app: Flask) -> None:
    from app.web.admin import (
        audit,
        call_reconciliation,
        calls,
        companies,
        flags,
        health,
        line_check,
        messages,
        onboarding,
        queues,
        schedule,
        unassigned,
        users,
        webhooks,
    )

    for module in (
        unassigned,
        webhooks,
        call_reconciliation,
        line_check,
        calls,
        messages,
        onboarding,
        companies,
        users,
        health,
        queues,
        schedule,
        audit,
        flags,
    ):
        app.register_blueprint(module.blueprint)
