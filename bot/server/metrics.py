"""`GET /metrics`: what messaging apps brought and took, and what waits, for the operator's own watch.

Off unless `SIGNPOST_METRICS_KEY` is set. Nothing in it is of a person: labels are apps and fixed words.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

from bot.channels.requests import NEVER_STORED
from bot.records.apps import Backlog
from bot.server.runtime import Runtime

log = structlog.get_logger(__name__)

#: Before the reason of a refusal, in the words of `bot.channels.counts`.
REFUSED = "refused:"


def families(
    counts: Mapping[tuple[str, str], int], backlog: Mapping[str, Backlog] | None, now: datetime
) -> Iterator[Metric]:
    """The metrics. `counts` are those of this process, by app and event; `backlog` is None when it cannot be read."""
    events = CounterMetricFamily("signpost_app_events", "What happened, since the start.", labels=["app", "event"])
    refused = CounterMetricFamily("signpost_app_refused", "Requests not taken, by reason.", labels=["app", "reason"])
    for (app, what), number in sorted(counts.items()):
        if what.startswith(REFUSED):
            refused.add_metric([app, what.removeprefix(REFUSED)], number)
        else:
            events.add_metric([app, what], number)
    yield events
    yield refused
    readable = GaugeMetricFamily("signpost_records_readable", "Whether the database could be read just now.")
    readable.add_metric([], 0 if backlog is None else 1)
    yield readable
    if backlog is not None:
        yield from _gauges({**{app: Backlog() for app, _ in counts}, **backlog}, now)


def _gauges(backlog: Mapping[str, Backlog], now: datetime) -> Iterator[Metric]:
    """What waits, in all processes together; an app with nothing has zeros, so that its silence can be told apart."""
    for name, text, unit in (
        ("inbox", "Messages of people that wait for an answer.", ""),
        ("inbox_oldest_seconds", "How long the first of them has waited; 0 without one.", "seconds"),
        ("outbox", "Answers that wait to be taken by the app.", ""),
        ("outbox_oldest_seconds", "How long the first of them has waited; 0 without one.", "seconds"),
        ("outbox_given_up", "Answers that never arrived, in the last seven days.", ""),
    ):
        gauge = GaugeMetricFamily(f"signpost_app_{name}", text, labels=["app"], unit=unit)
        for app, found in sorted(backlog.items()):
            values = {
                "inbox": found.inbox,
                "inbox_oldest_seconds": _seconds(found.inbox_since, now),
                "outbox": found.outbox,
                "outbox_oldest_seconds": _seconds(found.outbox_since, now),
                "outbox_given_up": found.given_up,
            }
            gauge.add_metric([app], values[name])
        yield gauge


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


class Metrics(Collector):
    """Reads the numbers of a runtime whenever it is asked."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """All metrics, as `prometheus_client` asks for them. Never raises."""
        backlog: Mapping[str, Backlog] | None = None
        try:
            with self._runtime.records.reading() as store:
                backlog = store.backlog()
        except Exception as error:  # noqa: BLE001 - the counts are worth having then, of all times
            log.error("metrics.unread", reason=type(error).__name__)
        return families(self._runtime.counts.all(), backlog, self._runtime.clock())

    def text(self) -> bytes:
        """All metrics in the OpenMetrics text format."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]


def blueprint(key: str, runtime: Runtime) -> Blueprint:
    """The route. Whoever asks must send the key as a bearer token."""
    routes, metrics = Blueprint("metrics"), Metrics(runtime)

    @routes.get("/metrics")
    async def get_metrics(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization") or ""
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {key}".encode()):
            return empty(status=401, headers={"WWW-Authenticate": "Bearer", **NEVER_STORED})
        return raw(metrics.text(), content_type=CONTENT_TYPE_LATEST, headers=NEVER_STORED)

    return routes
