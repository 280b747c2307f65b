"""create_app(): the one file that knows every door."""

from flask import Flask

from config import ROOT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application on these settings (default: the environment's)."""
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
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 0.5, "socket_timeout": 0.5} if settings.redis_url else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        TESTING=settings.app_env == "testing",
    )
    _ground(app, settings)
    _listeners()
    _doors(app)
    if settings.sockets_in_web and settings.redis_url:
        from app.realtime.server import serve_sockets

        serve_sockets(app, settings)
    return app


def _ground(app: Flask, settings: Settings) -> None:
    from app.core import (
        assets,
        database,
        encryption,
        error_tracking,
        lazy_imports,
        locale,
        logging,
        query_stats,
        redis,
        request_hooks,
        response_compression,
        route_guards,
        sessions,
    )
    from app.core.extensions import babel, csrf, db, login_manager

    logging.set_up(settings)
    error_tracking.set_up(settings)
    encryption.use_keys(settings.encryption_keys or _throw_away_key())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings)
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
        query_stats.instrument(db.engine)
    app.extensions["migrate"] = lazy_imports.LazyMigrate(app, db, str(ROOT / "migrations"))
    if settings.redis_url:
        app.extensions["askproai_redis"] = redis.connect(settings.redis_url)
    app.session_interface = sessions.DatabaseSessionInterface(secure=settings.is_production)
    login_manager.init_app(app)
    # nobody is remembered beyond the session, so its look into the session of every answer is not needed
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)
    route_guards.set_up(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=locale.reader_language, timezone_selector=locale.reader_zone)
    request_hooks.set_up(app)
    assets.set_up(app)
    response_compression.set_up(app)

    from app import models  # noqa: F401  (mapped before the first query)


def _listeners() -> None:
    from app import listeners  # noqa: F401  (each registers itself)


def _doors(app: Flask) -> None:
    from app import api, cli, web, webhooks

    for floor in (webhooks, api, web, cli):
        floor.register(app)


def _throw_away_key() -> str:
    """Without a key (development before the first `scripts/server`) nothing sealed outlives the process."""
    from app.core.encryption import new_key

    return new_key()
