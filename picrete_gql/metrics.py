"""What is counted, for Prometheus; docs/observing.md says what each name means.

One process counts for itself. Several on one machine count together in the folder PROMETHEUS_MULTIPROC_DIR.
"""

import os

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if FOLDER:
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)

# When a series began doubles its number and is asked for by nobody.
disable_created_metrics()  # type: ignore[no-untyped-call]

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
COARSE = (0.005, 0.025, 0.1, 0.25, 1, 5, 30)

# The door.
HTTP_REQUESTS = Counter("http_requests", "Requests, by route, method and status.", ["route", "method", "status"])
HTTP_SECONDS = Histogram("http_request_seconds", "Until an answer begins.", ["route"], buckets=FAST)
SOCKETS = Gauge("open_sockets", "WebSockets open now.", multiprocess_mode="livesum")
OPERATIONS = Counter("graphql_operations", "Operations, by name, kind and end.", ["name", "kind", "outcome"])
OPERATION_SECONDS = Histogram("graphql_operation_seconds", "Queries and mutations.", ["name"], buckets=COARSE)
REFUSALS = Counter("refusals", "Expected refusals of mutations, told as `problem`.", ["problem"])
RATE_LIMITED = Counter("rate_limited", "Refusals because somebody asked too often.", ["what"])
TELEGRAM_AUTH_FAIL = Counter("telegram_auth_fail", "Passwords and link codes that the Telegram bot refused.")

# Live views.
LIVE_SUBSCRIBERS = Gauge("live_subscribers", "Subscriptions that run now.", multiprocess_mode="livesum")
LIVE_GROUPS = Gauge("live_groups", "Different views that somebody follows now.", multiprocess_mode="livesum")
LIVE_DELIVERY = Histogram("live_delivery_seconds", "From a commit until all who follow a view have it.", buckets=FAST)
LIVE_FRAMES = Counter("live_frames", "Frames handed to sockets by views.")
BUS_CONNECTED = Gauge("bus_connected", "Processes that hear the others through Redis.", multiprocess_mode="livesum")
BUS_RINGS = Counter("bus_rings", "Messages of the bus, sent and heard.", ["way"])
BUS_HEALED = Counter("bus_healed", "Events whose message was lost, found in the table of events.")

# From a photo to a mark.
UPLOADS = Counter("uploads", "Photos that arrived whole, by the way they came.", ["source"])
PHOTO_DECODE = Histogram("photo_decode_seconds", "Checking and turning one photo.", buckets=FAST)
EXPIRED = Counter("expired_sessions_closed", "Attempts that the clock ended.")
AUTO_SUBMIT = Counter("auto_submit", "Attempts that the clock ended and that had a photo.")
OCR_JOBS = Counter("ocr_jobs", "Readings of pages, by how they ended.", ["status"])
OCR_SECONDS = Histogram("ocr_job_seconds", "From taking a page until it is read or given up.", buckets=SLOW)
OCR_QUEUE = Histogram("ocr_queue_seconds", "From being due until a worker took the page.", buckets=SLOW)
PRECHECK_JOBS = Counter("llm_precheck_jobs", "Prechecks, by how they ended.", ["status"])
PRECHECK_SECONDS = Histogram("llm_precheck_job_seconds", "From taking a submission until its end.", buckets=SLOW)
PRECHECK_QUEUE = Histogram("llm_precheck_queue_seconds", "From being due until a worker took it.", buckets=SLOW)
JOBS = Counter("jobs", "Runs of jobs, and of what the clock does, by how they ended.", ["job", "outcome"])
CRON_RUN = Gauge(
    "cron_last_run_timestamp_seconds", "When the clock's work was last done.", ["cron"], multiprocess_mode="max"
)

# Providers.
PROVIDER_CALLS = Counter("provider_calls", "Questions to providers.", ["provider", "model", "outcome"])
PROVIDER_SECONDS = Histogram("provider_seconds", "One question to a provider.", ["provider"], buckets=SLOW)
PROVIDER_SPEND = Counter("provider_spend_usd", "US dollars, as far as answers came.", ["provider", "model"])
PROVIDER_TOKENS = Counter("provider_tokens", "Tokens, in and out.", ["provider", "model", "direction"])

# The process and its stores.
POOL_IN_USE = Gauge("database_pool_in_use", "Connections in use.", multiprocess_mode="livesum")
POOL_SIZE = Gauge("database_pool_size", "Connections that may be in use.", multiprocess_mode="livesum")
POOL_TURNED_AWAY = Counter("database_pool_turned_away", "Waits for a connection that were given up.")
POOL_WAIT = Histogram("database_pool_wait_seconds", "Waiting for a connection.", buckets=FAST)
LOOP_LAG = Histogram("event_loop_lag_seconds", "How late the event loop comes back.", buckets=FAST)

# What is known to come is there at zero: else the first of its kind would be no growth.
for _counter, _values in (
    (UPLOADS, ("web", "telegram")),
    (OCR_JOBS, ("ready", "failed", "postponed")),
    (PRECHECK_JOBS, ("proposed", "failed", "postponed")),
):
    for _value in _values:
        _counter.labels(_value)
