"""create_app(): the one file that knows every entry point."""

from flask import Flask

from config import ROOT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Create the application with these settings (default: from the environment)."""
    settings = settings or Settings()
    app = Flask(
        __name__, template_folder=ROOT / "templates", static_folder=ROOT / "static", instance_path=str(settings.instance_path.resolve())
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key or "development only, no secret",
        SQLALCHEMY_DATABASE_URI=settings.database_uri,
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_PROTECTION=None,
        BABEL_DEFAULT_LOCALE="de",
        BABEL_DEFAULT_TIMEZONE="Europe/Berlin",
        TESTING=settings.app_env == "testing",
    )
    _set_up_core(app, settings)
    _register_listeners()
    _register_entry_points(app)
    if settings.sockets_in_web and settings.redis_url:
        from app.realtime.socketio_setup import serve_sockets

        serve_sockets(app, settings)
    return app


def _set_up_core(app: Flask, settings: Settings) -> None:
    from app.core import (
        assets,
        database,
        encryption,
        error_tracking,
        locale,
        logging,
        query_stats,
        redis,
        request_hooks,
        response_compression,
        route_guards,
        sessions,
        suppressed_imports,
    )
    from app.core.extensions import babel, csrf, db, login_manager

    logging.set_up(settings)
    error_tracking.set_up(settings)
    encryption.use_keys(app, settings.encryption_keys or _throw_away_key())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings)
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
        query_stats.instrument(db.engine)
    app.extensions["migrate"] = suppressed_imports.LazyMigrate(app, db, str(ROOT / "migrations"))
    if settings.redis_url:
        app.extensions["askproai_redis"] = redis.connect(settings.redis_url)
    app.session_interface = sessions.DatabaseSessionInterface(secure=settings.is_production)
    login_manager.init_app(app)
    # The remember cookie is not used, and its hook would read the session after every request, even of routes that need none.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    route_guards.set_up(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=locale.reader_language, timezone_selector=locale.reader_timezone)
    request_hooks.set_up(app)
    assets.set_up(app)
    response_compression.set_up(app)

    from app import models  # noqa: F401  (mapped before the first query)


def _register_listeners() -> None:
    from app import listeners  # noqa: F401  (importing it registers all of them)


def _register_entry_points(app: Flask) -> None:
    from app import api, cli, web, webhooks

    for package in (webhooks, api, web, cli):
        package.register(app)


def _throw_away_key() -> str:
    """Create a key for this process only (development before the first `scripts/server`); data encrypted with it is lost at its end."""
    from app.core.encryption import new_key

    return new_key()
