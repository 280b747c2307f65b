"""GET /metrics: what all processes of this machine counted, for Prometheus."""

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
# gathers what the processes counted; the requests are counted under our own names (core/requests)
EXPORTER = PrometheusMetrics(None, path=None, export_defaults=False)
# whoever comes through a proxy does not come from this machine
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
    counted, content_type = EXPORTER.generate_metrics()
    present = CollectorRegistry()
    present.register(_LiveGauges())
    return Response(counted + generate_latest(present).decode(), content_type=content_type)


class _LiveGauges:
    """The gauges that are asked for now."""

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
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise NotSignedIn(_("Bitte melden Sie sich an."))
    elif request.remote_addr not in LOOPBACK or any(name in request.headers for name in PROXY_HEADERS):
        raise NotAllowed(_("Das dürfen Sie hier nicht."))


def _delete_dead_processes() -> None:
    """A process that was killed leaves its gauges behind; counters stay, for what was counted was so."""
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
