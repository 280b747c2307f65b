"""Which notices a person wants where: the own choice, else the defaults of the role."""

from collections.abc import Collection, Mapping
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.extensions import db
from app.domain.accounts.permissions import can
from app.domain.staff_notices.notice_kinds import KINDS, NoticeChannel, NoticeKind
from app.models import NoticeSettings, User

# who gets a daily summary unasked, and when
DIGEST_ROLES = ("owner", "manager")
DEFAULT_DIGEST_HOUR = 7


def list_kinds(user: User) -> list[NoticeKind]:
    """The kinds whose subjects the person may see."""
    return [kind for kind in KINDS.values() if can(user, kind.action)]


def load_settings(user_ids: Collection[str]) -> dict[str, NoticeSettings]:
    """The own choices of these people of the current company, by person; without a row they have made none."""
    rows = db.session.scalars(select(NoticeSettings).where(NoticeSettings.user_id.in_(user_ids)))
    return {row.user_id: row for row in rows}


def get_channels(user: User, kind: NoticeKind, chosen: NoticeSettings | None) -> tuple[NoticeChannel, ...]:
    """The channels on which the person gets this kind."""
    own = chosen.channels.get(kind.name) if chosen else None
    return kind.get_default_channels(user.role) if own is None else tuple(channel for channel in kind.channels if channel in own)


def get_digest_hour(user: User, chosen: NoticeSettings | None) -> int | None:
    """When the daily summary comes; None: never."""
    if chosen is not None:
        return chosen.digest_hour
    return DEFAULT_DIGEST_HOUR if user.role in DIGEST_ROLES else None


def save_settings(user: User, channels: Mapping[str, Collection[NoticeChannel]], *, digest_hour: int | None) -> NoticeSettings:
    """Store the person's choice for the kinds that they may see; others keep what they were."""
    row = _lock_settings(user)
    chosen: dict[str, list[str]] = dict(row.channels)
    for kind in list_kinds(user):
        chosen[kind.name] = [channel for channel in kind.channels if channel in channels.get(kind.name, ())]
    row.channels, row.digest_hour = chosen, digest_hour
    db.session.flush()
    return row


def _lock_settings(user: User) -> NoticeSettings:
    """The person's row, made where there is none; of two first saves at once the second one finds the first one's."""
    own = select(NoticeSettings).where(NoticeSettings.user_id == user.id).with_for_update().execution_options(populate_existing=True)
    if db.session.scalars(select(NoticeSettings.user_id).where(NoticeSettings.user_id == user.id)).first() is None:
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.add(NoticeSettings(user_id=user.id, channels={}))
    return db.session.scalars(own).one()
