"""Prometheus metrics: counted in every process, collected from all of them by the one that serves /metrics."""

import os
from pathlib import Path

from config import Settings

# set before the import: prometheus_client reads it once, to decide whether processes share their counts
FOLDER = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(Settings().instance_path / "metrics")))
FOLDER.mkdir(parents=True, exist_ok=True)

from prometheus_client import Counter, Gauge, Histogram  # noqa: E402

QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)

WEBHOOKS_RECEIVED = Counter("webhooks_received_total", "Webhooks that came in", ("provider", "event", "result"))
API_RESPONSE_TIME = Histogram("api_response_time_seconds", "Answering a request", ("route", "method", "status"), buckets=QUICK_S)
WEBHOOK_PROCESSING = Histogram("webhook_processing_seconds", "From received to applied", ("provider", "event"), buckets=QUICK_S)
LIVE_UPDATE_DELAY = Histogram("live_update_delay_seconds", "From received to pushed", buckets=QUICK_S)
JOBS_TOTAL = Counter("jobs_total", "Jobs that ended", ("queue", "result"))
JOB_SECONDS = Histogram("job_seconds", "Running a job", ("queue",), buckets=QUICK_S)
JOB_WAIT = Histogram("job_wait_seconds", "From sent to started", ("queue",), buckets=QUICK_S)
BOOKINGS_TOTAL = Counter("bookings_total", "Bookings tried", ("source", "result"))
PROVIDER_REQUESTS = Counter("provider_requests_total", "Requests to providers", ("provider", "result"))
PROVIDER_SECONDS = Histogram("provider_request_seconds", "Waiting for a provider", ("provider",), buckets=QUICK_S)
BREAKER_STATE = Gauge(
    "breaker_state", "0 lets requests through, 1 tries one, 2 holds them back", ("provider",), multiprocess_mode="mostrecent"
)
DB_QUERY_SECONDS = Histogram("db_query_seconds", "Database statements", buckets=QUICK_S)
SLOW_QUERIES = Counter("slow_queries_total", "Database statements over 200 ms")
CACHE_REQUESTS = Counter("cache_requests_total", "Looks into a cache", ("cache", "result"))
IDENTITY_MESSAGES = Counter("identity_messages_total", "Codes and links that show who calls", ("kind", "channel", "result"))
TRUTH_CLAIMS = Counter("truth_claims_total", "What agents stated, by whether it is so", ("kind", "result"))
TOOL_SECONDS = Histogram("tool_seconds", "Answering a function of the agent", ("tool",), buckets=QUICK_S)
EMERGENCIES = Counter("emergencies_total", "Emergencies answered in calls", ("level",))
LIVE_PUSHES = Counter("live_pushes_total", "Live events handed to Redis", ("result",))
SOCKET_CONNECTIONS = Gauge("socket_connections", "Dashboards connected", multiprocess_mode="livesum")
