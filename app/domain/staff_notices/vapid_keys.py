"""Our key pair for push services: made once, stored encrypted."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError

from app.core import settings
from app.core.extensions import db
from app.models import VapidKey
from app.providers.push.web_push import PushSender, generate_private_key, get_public_key

THE_ONLY_ID = 1


def load_public_key() -> str:
    """The public key for browsers; makes the pair at its first use. Inside a transaction."""
    return get_public_key(_load_key().private_key)


def load_sender() -> PushSender:
    return PushSender(_load_key().private_key, _get_contact())


def _load_key() -> VapidKey:
    key = db.session.get(VapidKey, THE_ONLY_ID)
    if key is not None:
        return key
    try:
        with db.session.begin_nested():
            key = VapidKey(id=THE_ONLY_ID, private_key=generate_private_key())
            db.session.add(key)
    except IntegrityError:
        # another request has just made it
        key = db.session.get_one(VapidKey, THE_ONLY_ID, populate_existing=True)
    return key


def _get_contact() -> str:
    """Where a push service complains (RFC 8292, 2.1): our public address, else that of our mails."""
    base = urlsplit(settings().public_base)
    if base.scheme == "https":
        return f"https://{base.netloc}"
    return f"mailto:{parseaddr(settings().mail_from or '')[1] or 'push@localhost.localdomain'}"
