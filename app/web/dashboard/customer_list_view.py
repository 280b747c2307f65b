"""The rows and choices of the list of customers."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user

from app.domain.bookings.customer_list import ASCENDING, SORT_KEYS, CustomerFigures, load_figures
from app.domain.customers.search import find_shared_numbers
from app.domain.customers.tags import load_tags
from app.models import Customer

NO_FIGURES = CustomerFigures()
SORT_LABELS = {
    "last_call": _l("Letzter Anruf"),
    "name": _l("Name"),
    "visits": _l("Besuche"),
    "last": _l("Letzter Termin"),
    "next": _l("Nächster Termin"),
    "spent": _l("Umsatz"),
    "no_shows": _l("Nicht erschienen"),
}
# of the filter "ohne Termin seit"
ABSENCES = {"1": timedelta(days=30), "3": timedelta(days=91), "6": timedelta(days=182), "12": timedelta(days=365)}


def list_absences() -> list[tuple[str, str]]:
    return [("1", _("einem Monat")), ("3", _("3 Monaten")), ("6", _("6 Monaten")), ("12", _("einem Jahr"))]


def list_sorts() -> list[tuple[str, str]]:
    return [(key, str(SORT_LABELS[key])) for key in SORT_KEYS]


def describe_order(sort: str, is_reversed: bool) -> str:
    """The value of aria-sort for the column that sorts."""
    return "ascending" if (sort in ASCENDING) != is_reversed else "descending"


def build_rows(customers: Sequence[Customer], *, with_figures: bool = True) -> list[SimpleNamespace]:
    """Build the rows; without figures for those who are only named."""
    ids = [customer.id for customer in customers]
    numbers = {customer.id: customer.of_kind("phone") for customer in customers}
    shared = find_shared_numbers({number for number in numbers.values() if number})
    figures = load_figures(ids, branch_ids=tuple(current_user.branch_ids)) if with_figures else {}
    tags = load_tags(ids) if with_figures else {}
    return [
        SimpleNamespace(
            id=customer.id,
            name=customer.name,
            number=numbers[customer.id],
            email=customer.of_kind("email"),
            is_shared=numbers[customer.id] in shared,
            last_call_at=customer.last_call_at,
            figures=figures.get(customer.id, NO_FIGURES),
            tags=tags.get(customer.id, []),
        )
        for customer in customers
    ]
