"""Jobs of mails about users' own accounts."""

from app.core.queues import job
from app.core.transactions import run_in_transaction
from app.domain.accounts.account_tokens import delete_expired_tokens
from app.domain.notifications import account_mail_delivery as delivery


@job("messages", retry=())
def send_account_mail(mail_id: str) -> None:
    """Send one mail; an error is stored on its row, which the sweep finds when the next try is due."""
    attempt = run_in_transaction(lambda: delivery.claim(mail_id))
    if attempt is None:
        return
    error = delivery.send(attempt)
    run_in_transaction(lambda: delivery.complete(attempt, error))


@job("maintenance", retry=())
def delete_old_account_data() -> int:
    """Delete expired links and challenges and old mails; returns their number."""
    return run_in_transaction(delete_expired_tokens) + run_in_transaction(delivery.delete_old_mails)
