"""What a business says of itself in its imprint (§ 5 DDG) and as controller in its privacy notice (Art. 13 GDPR)."""

from dataclasses import asdict, dataclass, fields

from app.domain.audit.log import record
from app.models import Company


@dataclass(frozen=True, slots=True)
class LegalNotice:
    """None: not given. `profession` and `authority` are for professions that need a licence."""

    legal_name: str | None = None
    representative: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    registration: str | None = None
    vat_id: str | None = None
    profession: str | None = None
    authority: str | None = None
    privacy_contact: str | None = None

    @property
    def missing(self) -> list[str]:
        """The fields without which an imprint is none."""
        return [name for name in REQUIRED if getattr(self, name) is None]

    @property
    def is_complete(self) -> bool:
        return not self.missing


NAMES = tuple(field.name for field in fields(LegalNotice))
REQUIRED = ("legal_name", "street", "postcode", "city", "email")


def get_legal_notice(company: Company) -> LegalNotice:
    return LegalNotice(**{name: text for name, text in (company.legal_notice or {}).items() if name in NAMES})


def save_legal_notice(company: Company, notice: LegalNotice) -> None:
    """Save what is given."""
    company.legal_notice = {name: text for name, text in asdict(notice).items() if text} or None
    record("legal_notice_saved", subject=f"company:{company.id}")
