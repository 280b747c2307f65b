"""The pages: registration of all blueprints, filters and template globals."""

from flask import Flask


def register(app: Flask) -> None:
    """Register template filters and globals first, then the blueprints; styleguide and mailbox only outside production."""
    from app.web import (
        admin,
        formatting,
        health,
        icons,
        labels,
        layout,
        mailbox,
        metrics,
        preferences,
        sign_in,
        styleguide,
        template_gettext,
    )
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
        conversation,
        customers,
        home,
        live,
        marketing_consents,
        message_log,
        missing_branch,
        notice_preferences,
        notification_resend,
        preview,
        push_devices,
        staff_notices,
        tasks,
        waitlist,
    )
    from app.web.public import calendar_feeds as public_calendar_feeds, consent_confirmation, satisfaction, self_service, unsubscribe
    from app.web.settings import (
        activation_switches,
        calendar_feeds,
        connections,
        hours,
        index,
        line_check,
        marketing_rules,
        message_rules,
        message_templates,
        on_call,
        pages,
        policies,
        reply_addresses,
        resources,
        services,
        staff,
    )

    for module in (formatting, icons, layout, template_gettext, labels, missing_branch, pages):
        module.register(app)
    for page in (
        health,
        metrics,
        sign_in,
        preferences,
        home,
        live,
        calls,
        call,
        customers,
        marketing_consents,
        conversation,
        blocked_callers,
        calendar,
        bookings,
        self_service,
        unsubscribe,
        consent_confirmation,
        satisfaction,
        public_calendar_feeds,
        waitlist,
        message_log,
        notification_resend,
        staff_notices,
        notice_preferences,
        push_devices,
        absences,
        agents,
        agent_versions,
        agent_provisioning,
        index,
        services,
        resources,
        calendar_feeds,
        staff,
        hours,
        on_call,
        policies,
        marketing_rules,
        message_rules,
        message_templates,
        reply_addresses,
        line_check,
        connections,
        activation_switches,
        preview,
        tasks,
    ):
        app.register_blueprint(page.blueprint)
    admin.register(app)
    if not app.config["SETTINGS"].is_production:
        app.register_blueprint(styleguide.blueprint)
        app.register_blueprint(mailbox.blueprint)
