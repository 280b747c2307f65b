"""The sentence about where answers to mails go."""

from email.utils import parseaddr

from flask_babel import gettext as _

from app.domain.notifications.reply_addresses import COMPANY, load_reply_addresses
from app.domain.notifications.sender_accounts import find_sender, has_own_sender


def describe_reply_address() -> str:
    """Say where an answer to a mail of the company goes; branches may have their own."""
    if address := load_reply_addresses().get(COMPANY):
        return _("Wer auf eine Mail antwortet, schreibt an %(address)s.", address=address)
    sender = find_sender("email")
    if sender is None:
        return _("E-Mail ist nicht eingerichtet: Es geht keine Mail hinaus, auf die jemand antworten könnte.")
    mailbox = parseaddr(sender.address)[1]
    if has_own_sender("email"):
        return _("Wer auf eine Mail antwortet, schreibt an den Absender, %(address)s.", address=mailbox)
    return _("Wer auf eine Mail antwortet, schreibt an %(address)s von AskProAI: Dort liest es niemand aus Ihrem Betrieb.", address=mailbox)
