"""Error tracking: send an error's type, place in the code and route to SENTRY_DSN, and no data of the request."""

from typing import Any

from config import Settings

# fields of the SDK's event that are sent; an error's message may hold names, numbers and links
KEPT_FIELDS = ("event_id", "timestamp", "level", "platform", "environment", "tags", "exception")
CLOSE_TIMEOUT_S = 2.0


def set_up(settings: Settings) -> None:
    if not settings.sentry_dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        settings.sentry_dsn,
        environment=settings.app_env,
        default_integrations=False,
        auto_enabling_integrations=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        server_name="",
        shutdown_timeout=CLOSE_TIMEOUT_S,
        before_send=strip_event,  # type: ignore[arg-type]
    )


def track(error: BaseException, settings: Settings, **tags: str | None) -> None:
    """Report an error; tags hold our own ids and names only: the route, the request, the job."""
    if not settings.sentry_dsn:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        scope.set_tags({name: value for name, value in tags.items() if value})
        scope.capture_exception(error)


def strip_event(event: dict[str, Any], _hint: object) -> dict[str, Any]:
    stripped = {name: event[name] for name in KEPT_FIELDS if name in event}
    for value in stripped.get("exception", {}).get("values", ()):
        value.pop("value", None)
        for frame in value.get("stacktrace", {}).get("frames", ()):
            frame.pop("vars", None)
    return stripped
