"""The logo of a company: a PNG or JPEG without metadata, found by the hash of its content."""

import hashlib

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.errors import InvalidInput
from app.core.extensions import db
from app.core.image_file import MAX_SIDE, UnreadableImage, read_image
from app.domain.audit.log import record
from app.models import CompanyLogo

MAX_BYTES = 500_000


def find_logo() -> CompanyLogo | None:
    """Find the logo of the current company."""
    return db.session.scalars(select(CompanyLogo)).first()


def save_logo(content: bytes) -> CompanyLogo:
    """Save the picture in place of the former one. Raises InvalidInput."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"logo": _("Das Bild ist zu groß, höchstens 500 KB.")})
    try:
        image = read_image(content)
    except UnreadableImage:
        sentence = _("Bitte ein Bild als PNG oder JPEG, höchstens %(side)s Pixel breit und hoch.", side=MAX_SIDE)
        raise InvalidInput(_("Bitte prüfen Sie Ihre Angaben."), fields={"logo": sentence}) from None
    remove_logo()
    logo = CompanyLogo(
        digest=hashlib.sha256(image.content).hexdigest(), content_type=image.content_type, content=image.content, width=image.width,
        height=image.height,
    )  # fmt: skip
    db.session.add(logo)
    db.session.flush()
    record("logo_saved", subject=f"logo:{logo.digest[:12]}")
    return logo


def remove_logo() -> None:
    """Remove it, if there is one."""
    if (logo := find_logo()) is not None:
        db.session.delete(logo)
        db.session.flush()
        record("logo_removed", subject=f"logo:{logo.digest[:12]}")
