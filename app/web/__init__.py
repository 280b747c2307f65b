"""The doors of web; each module brings its own."""

from flask import Flask


def register(app: Flask) -> None:
    """Opens the doors of this room, and gives the templates what they all use."""
    from app.web import account, admin, design, formatting, health, icons, metrics, shell, sign_in, translating, words
    from app.web.dashboard import (
        absences,
        agent_history,
        agent_provider,
        agents,
        blocking,
        bookings,
        calendar,
        call,
        calls,
        customers,
        live,
        messages,
        no_branch,
        preview,
        start,
        tasks,
        waiting,
    )
    from app.web.public import booking as own_booking, feeds
    from app.web.settings import connections, hours, line, on_call, policies, resources, services, staff, subscriptions, switches

    for ground in (formatting, icons, shell, translating, words, no_branch):
        ground.register(app)
    for door in (
        health,
        metrics,
        sign_in,
        account,
        start,
        live,
        calls,
        call,
        customers,
        blocking,
        calendar,
        bookings,
        own_booking,
        feeds,
        waiting,
        messages,
        absences,
        agents,
        agent_history,
        agent_provider,
        services,
        resources,
        subscriptions,
        staff,
        hours,
        on_call,
        policies,
        line,
        connections,
        switches,
        preview,
        tasks,
    ):
        app.register_blueprint(door.blueprint)
    admin.register(app)
    if not app.config["SETTINGS"].is_production:
        app.register_blueprint(design.blueprint)
