"""POST /api/reports: browsers report violations of our Content-Security-Policy (report-uri and report-to of every response)."""

import json

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.core.rate_limiter import RateLimit, network_of
from app.core.route_guards import declare_guard
from app.core.transactions import run_in_transaction
from app.domain.operations.browser_reports import record_reports

MAX_REPORT_LENGTH = 64 * 1024
SENDER_LIMIT = RateLimit("browser_reports", 30)

blueprint = Blueprint("api_browser_reports", __name__)


@blueprint.post("/api/reports")
@declare_guard("public", "browsers send reports of pages on which nobody has signed in, too")
def keep() -> Response:
    """Record the reports and respond 204 in every case, because browsers ignore other responses."""
    if SENDER_LIMIT.hit(network_of(request.remote_addr)) is None and (request.content_length or 0) <= MAX_REPORT_LENGTH:
        try:
            reports = json.loads(request.get_data()[:MAX_REPORT_LENGTH])
        except (ValueError, RecursionError):
            reports = None
        run_in_transaction(lambda: record_reports(reports))
    return Response(status=204)
