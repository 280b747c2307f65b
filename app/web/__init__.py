"""The doors of web; each module brings its own."""

from flask import Flask


def register(app: Flask) -> None:
    """Opens the doors of this room, and gives the templates what they all use."""
    from app.web import admin, formatting, health, i18n, icons, labels, layout, metrics, preferences, sign_in, styleguide
    from app.web.dashboard import (
        absences,
        agent_provisioning,
        agent_versions,
        agents,
        blocked_callers,
        bookings,
        calendar,
        call,
        calls,
        customers,
        home,
        live,
        missing_branch,
        notifications,
        preview,
        tasks,
        waitlist,
    )
    from app.web.public import calendar_feeds as public_calendar_feeds, self_service
    from app.web.settings import activation, calendar_feeds, connections, hours, line_check, on_call, policies, resources, services, staff

    for ground in (formatting, icons, layout, i18n, labels, missing_branch):
        ground.register(app)
    for door in (
        health,
        metrics,
        sign_in,
        preferences,
        home,
        live,
        calls,
        call,
        customers,
        blocked_callers,
        calendar,
        bookings,
        self_service,
        public_calendar_feeds,
        waitlist,
        notifications,
        absences,
        agents,
        agent_versions,
        agent_provisioning,
        services,
        resources,
        calendar_feeds,
        staff,
        hours,
        on_call,
        policies,
        line_check,
        connections,
        activation,
        preview,
        tasks,
    ):
        app.register_blueprint(door.blueprint)
    admin.register(app)
    if not app.config["SETTINGS"].is_production:
        app.register_blueprint(styleguide.blueprint)
