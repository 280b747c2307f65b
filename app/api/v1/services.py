"""GET /services"""

from flask import Blueprint

from app.api.operation import get_offset, operation
from app.api.query_params import PageQuery
from app.domain.services import catalogue
from app.serializers.service import ServiceList, build_service_item

blueprint = Blueprint("api_services", __name__, url_prefix="/api/v1")


@blueprint.get("/services")
@operation("List what can be booked, in the business's order", scope="services:read", query=PageQuery, answer=ServiceList)
def index(query: PageQuery) -> ServiceList:
    services = catalogue.list_services(limit=query.per_page, offset=get_offset(query.page, query.per_page))
    synonyms = catalogue.load_synonyms([service.id for service in services])
    items = [build_service_item(service, synonyms.get(service.id, [])) for service in services]
    return ServiceList(items=items, page=query.page, per_page=query.per_page, total=catalogue.count_services())
