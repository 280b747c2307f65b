"""Who moved or cancelled the appointment that a notice is about: the customer and over which way, a colleague, or a program."""

from collections.abc import Collection

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import select, tuple_

from app.core.extensions import db
from app.models import BookingChange, StaffNotice, User

CUSTOMER_WAYS = {
    "link": _l("selbst über den Link"),
    "call": _l("selbst am Telefon"),
    "sms": _l("selbst per SMS"),
}
OTHERS = {"program": _l("von einem Programm"), "calendar": _l("im verbundenen Kalender")}


def describe_actors(notices: Collection[StaffNotice]) -> dict[str, str]:
    """Who caused these notices, by the ids of those that a change of a booking caused."""
    versions = {notice.id: version for notice in notices if (version := _get_version(notice))}
    if not versions:
        return {}
    statement = select(BookingChange).where(tuple_(BookingChange.booking_id, BookingChange.version).in_(set(versions.values())))
    changes = {(change.booking_id, change.version): change for change in db.session.scalars(statement.order_by(BookingChange.id))}
    user_ids = {change.actor_id for change in changes.values() if change.actor_type == "user"}
    names = {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(filter(None, user_ids))))}
    return {notice_id: _describe(changes[version], names) for notice_id, version in versions.items() if version in changes}


def _get_version(notice: StaffNotice) -> tuple[str, int] | None:
    """The booking and its version, from the cause `kind:booking:version`; a notice that is not stored yet may have none."""
    kind, _colon, rest = (notice.cause or "").partition(":")
    booking_id, _colon, version = rest.partition(":")
    return (booking_id, int(version)) if kind in ("booking_moved", "booking_cancelled") and version.isdecimal() else None


def _describe(change: BookingChange, names: dict[str, str]) -> str:
    if change.actor_type == "user":
        return _("von %(name)s", name=names.get(change.actor_id or "") or _("jemandem aus dem Team"))
    if change.actor_type == "caller":
        return str(CUSTOMER_WAYS.get(change.channel) or _("selbst"))
    return str(OTHERS.get(change.actor_type) or _("automatisch"))
