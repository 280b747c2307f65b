"""Webhook routes of providers: each verifies its signature and stores the event before it responds."""

from flask import Flask

from app.core.extensions import csrf


def register(app: Flask) -> None:
    """Register the blueprints, exempt from CSRF because signatures protect them."""
    from app.webhooks import calcom, retell, retell_synchronous, twilio_call_status, twilio_sms

    for module in (calcom, retell, retell_synchronous, twilio_call_status, twilio_sms):
        csrf.exempt(module.blueprint)
        app.register_blueprint(module.blueprint)
