"""Where providers knock: each route checks the signature by itself and is stored before it is answered."""

from flask import Flask

from app.core.extensions import csrf


def register(app: Flask) -> None:
    """Opens the doors of this room; what a signature protects needs no CSRF token."""
    from app.webhooks import calcom, retell, retell_functions, twilio

    for door in (calcom, retell, retell_functions, twilio):
        csrf.exempt(door.blueprint)
        app.register_blueprint(door.blueprint)
