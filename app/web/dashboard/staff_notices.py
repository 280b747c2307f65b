"""The reader's notices: the list behind the bell, the way to what each is about, and marking them as read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user

from app.core.database import read_write
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.transactions import run_in_transaction
from app.domain.staff_notices import notice_list
from app.domain.staff_notices.notice_texts import NoticeTexts
from app.models import Connection, StaffNotice, StaffTask
from app.web.dashboard.notice_labels import NOTICE_KINDS
from app.web.fields import ChoiceField, Id
from app.web.forms import Query
from app.web.guards import can_access, for_company
from app.web.labels import Label
from app.web.partial_page import render_page

PAGE_SIZE = 50

blueprint = Blueprint("staff_notices", __name__)


class NoticeQuery(Query):
    show: Annotated[str, ChoiceField("all", "unread")] = "all"
    # The cursor: notices after this one follow.
    after: Id | None = None


@dataclass(frozen=True)
class NoticeRow:
    id: str
    at: datetime
    title: str
    details: str
    label: Label
    is_read: bool


@blueprint.get("/notices")
@for_company("tasks.read")
def index() -> Response:
    query = NoticeQuery.read_known()
    only_unread = query.show == "unread"
    notices = notice_list.list_notices(current_user, limit=PAGE_SIZE + 1, only_unread=only_unread, after=query.after)
    more, notices = len(notices) > PAGE_SIZE, notices[:PAGE_SIZE]
    unread = notice_list.count_unread(current_user)
    return render_page(
        "dashboard/staff_notices.html",
        part="dashboard/staff_notices_more.html",
        show=query.show,
        unread=unread,
        title=_describe_unread(unread),
        rows=_build_rows(notices),
        next_href=url_for("staff_notices.index", show=query.show, after=notices[-1].id) if more else None,
    )


@blueprint.get("/notices/unread")
@for_company("tasks.read", is_polling=True)
def unread() -> dict[str, int]:
    return {"unread": notice_list.count_unread(current_user)}


@blueprint.get("/notices/<notice_id>")
@for_company("tasks.read")
def show(notice_id: str) -> Any:
    """Lead to what the notice is about, and note that it was read: who follows a link from a mail or a device has read it."""
    notice = _get_notice(notice_id)
    target = _find_target(notice)
    with read_write():
        run_in_transaction(lambda: notice_list.mark_read(_get_notice(notice_id)))
    return redirect(target)


@blueprint.post("/notices/read")
@for_company("tasks.read")
def read_all() -> Any:
    run_in_transaction(lambda: notice_list.mark_all_read(current_user))
    return redirect(url_for("staff_notices.index"))


@blueprint.post("/notices/<notice_id>/read")
@for_company("tasks.read")
def read(notice_id: str) -> Any:
    return _mark(notice_id, is_read=True)


@blueprint.post("/notices/<notice_id>/unread")
@for_company("tasks.read")
def mark_unread(notice_id: str) -> Any:
    return _mark(notice_id, is_read=False)


def _mark(notice_id: str, *, is_read: bool) -> Any:
    run_in_transaction(lambda: notice_list.mark_read(_get_notice(notice_id), is_read=is_read))
    return redirect(url_for("staff_notices.index", show=NoticeQuery.read_known().show))


def _get_notice(notice_id: str) -> StaffNotice:
    notice = notice_list.find_notice(current_user, notice_id)
    if notice is None:
        raise NotFound(_("Das gibt es hier nicht."))
    return notice


def _describe_unread(unread: int) -> str:
    if not unread:
        return _("Alles gelesen")
    return ngettext("Eine ungelesene Benachrichtigung", "%(num)s ungelesene Benachrichtigungen", unread)


def _build_rows(notices: Any) -> list[NoticeRow]:
    texts = NoticeTexts(notices)
    return [_build_row(notice, texts.write(notice)) for notice in notices]


def _build_row(notice: StaffNotice, text: Any) -> NoticeRow:
    return NoticeRow(notice.id, notice.created_at, text.title, text.details, NOTICE_KINDS[notice.kind], notice.read_at is not None)


def _find_target(notice: StaffNotice) -> str:
    """The page of what it is about, where the reader may go there."""
    kind, _colon, subject_id = notice.subject.partition(":")
    match kind:
        case "booking":
            return url_for("bookings.show", booking_id=subject_id)
        case "task":
            task = db.session.get(StaffTask, subject_id)
            return url_for("call.show", call_id=task.call_id) if task is not None and task.call_id else url_for("tasks.index")
        case "closure":
            return url_for("absences.show", closure_id=subject_id)
        case "agent" if can_access("agent_provider.show"):
            return url_for("agent_provider.show", agent_id=subject_id)
        case "connection" if can_access("connections.show"):
            connection = db.session.get(Connection, subject_id)
            return url_for("connections.show", provider=connection.provider) if connection else url_for("connections.index")
    return url_for("home.index")
