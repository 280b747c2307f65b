"""Sends mails about users' own accounts after the commit of what they are about."""

from collections.abc import Sequence

from app.core.event_bus import subscribe
from app.core.tenancy import clear_company
from app.events import AccountMailQueued
from app.jobs.account_mails import send_account_mail


@subscribe(AccountMailQueued, when="before_commit")
def send_queued_mails(events: Sequence[AccountMailQueued]) -> None:
    with clear_company():
        for event in events:
            send_account_mail.enqueue(event.mail_id)
