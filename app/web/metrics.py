"""GET /metrics: the metrics of all processes of this machine, for Prometheus."""

import hmac
import os
from collections.abc import Iterator

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import mark_process_dead
from prometheus_flask_exporter import PrometheusMetrics

from app.core import settings
from app.core.errors import NotAllowed, NotSignedIn
from app.core.metrics import FOLDER
from app.core.route_guards import declare_guard
from app.domain.operations.gauges import iter_gauges

blueprint = Blueprint("metrics", __name__)
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
# Only merges the metrics of the processes; core/request_hooks counts the requests under our own names.
EXPORTER = PrometheusMetrics(None, path=None, export_defaults=False)
# A proxied request does not come from this machine, although its remote address may be loopback.
PROXY_HEADERS = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
GAUGES = {
    "active_calls": "Calls that ring or are being talked",
    "unassigned_events": "Webhook events whose number belongs to nobody yet",
    "queue_depth": "Jobs and events that wait",
}


@blueprint.get("/metrics")
@declare_guard("token", "METRICS_TOKEN, or from this machine only where none is set")
def metrics() -> Response:
    _authorize()
    _delete_dead_processes()
    process_metrics, content_type = EXPORTER.generate_metrics()
    scrape_registry = CollectorRegistry()
    scrape_registry.register(_ScrapeTimeGauges())
    return Response(process_metrics + generate_latest(scrape_registry).decode(), content_type=content_type)


class _ScrapeTimeGauges:
    """Collects the gauges that are computed at scrape time."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in iter_gauges():
            if name not in families:
                families[name] = GaugeMetricFamily(name, GAUGES[name], labels=list(labels))
            families[name].add_metric(list(labels.values()), value)
        yield from families.values()


def _authorize() -> None:
    token = settings().metrics_token
    if token:
        header = request.headers.get("Authorization", "")
        if not hmac.compare_digest(header.encode(), f"Bearer {token}".encode()):
            raise NotSignedIn(_("Bitte melden Sie sich an."))
    elif request.remote_addr not in LOOPBACK or any(name in request.headers for name in PROXY_HEADERS):
        raise NotAllowed(_("Das dürfen Sie hier nicht."))


def _delete_dead_processes() -> None:
    """Delete the gauges of killed processes; their counters stay, because counts remain valid."""
    for file in FOLDER.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not _is_alive(int(pid)):
            mark_process_dead(int(pid), path=str(FOLDER))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
