"""GET /customers"""

from zoneinfo import ZoneInfo

from flask import Blueprint, g
from flask_babel import gettext as _
from pydantic import Field

from app.api.operation import get_offset, operation
from app.api.query_params import PageQuery
from app.core.errors import NotFound
from app.core.extensions import db
from app.core.ids import is_ulid
from app.domain.customers.search import MAX_QUERY_LENGTH, count_customers, find_customers
from app.models import Customer
from app.serializers.customer import CustomerItem, CustomerList, build_customer_item

blueprint = Blueprint("api_customers", __name__, url_prefix="/api/v1")


class CustomerQuery(PageQuery):
    q: str = Field(
        "", max_length=MAX_QUERY_LENGTH, description="The beginning of a name, a phone number in any form, or an e-mail address."
    )


@blueprint.get("/customers")
@operation("List customers, newest first", scope="customers:read", query=CustomerQuery, answer=CustomerList)
def index(query: CustomerQuery) -> CustomerList:
    offset = get_offset(query.page, query.per_page)
    customers = find_customers(query.q, limit=query.per_page, offset=offset)
    is_last = len(customers) < query.per_page and (customers or not offset)
    total = offset + len(customers) if is_last else count_customers(query.q)
    timezone = ZoneInfo(g.timezone)
    return CustomerList(
        items=[build_customer_item(customer, timezone) for customer in customers], page=query.page, per_page=query.per_page, total=total
    )


@blueprint.get("/customers/<customer_id>")
@operation("One customer", scope="customers:read", answer=CustomerItem, refusals=((404, "The customer is unknown."),))
def show(customer_id: str) -> CustomerItem:
    customer = db.session.get(Customer, customer_id) if is_ulid(customer_id) else None
    if customer is None:
        raise NotFound(_("Diesen Kunden gibt es nicht."))
    return build_customer_item(customer, ZoneInfo(g.timezone))
