"""Stores notices in the transaction of their cause; one cause gives each person one notice."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.core.extensions import db
from app.core.ids import new_ulid
from app.domain.audit.log import find_acting_user_id
from app.domain.staff_notices.notice_kinds import NoticeChannel
from app.domain.staff_notices.recipients import NoticeDraft, find_channels, list_colleagues
from app.models import StaffNotice, User


def queue_notices(drafts: Sequence[NoticeDraft]) -> list[tuple[StaffNotice, tuple[NoticeChannel, ...]]]:
    """Store the notices of the current company for all whom they concern, and give each with its channels. Inside a transaction."""
    if not drafts:
        return []
    stored, actor_id = _load_stored(drafts), find_acting_user_id()
    colleagues = [person for person in list_colleagues() if person.user.id != actor_id]
    rows = [
        (_build_row(person.user, draft, in_bell="bell" in channels), channels)
        for draft in drafts
        for person in colleagues
        if (person.user.id, draft.cause) not in stored and (channels := find_channels(person, draft))
    ]
    db.session.add_all(row for row, _channels in rows)
    db.session.flush()
    return rows


def _load_stored(drafts: Collection[NoticeDraft]) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(StaffNotice.user_id, StaffNotice.cause).where(StaffNotice.cause.in_({draft.cause for draft in drafts}))
    )
    return {(user_id, cause) for user_id, cause in rows}


def _build_row(user: User, draft: NoticeDraft, *, in_bell: bool) -> StaffNotice:
    """What concerns several branches stands under one that the person sees."""
    own = [branch_id for branch_id in draft.branch_ids if branch_id in (user.branch_ids or draft.branch_ids)]
    return StaffNotice(
        id=new_ulid(), user_id=user.id, branch_id=own[0] if own else None, kind=draft.kind,
        subject=draft.subject, subject_count=draft.subject_count, cause=draft.cause, in_bell=in_bell,
        appointment_at=draft.appointment_at,
    )  # fmt: skip
