"""What is answered before any tenant is looked for, on whatever host name it is asked."""

import logging
import time
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from qualisys.observability import health, metrics

logger = logging.getLogger("qualisys.requests")

# Whoever sends others must not make a series of each.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

GetResponse = Callable[[HttpRequest], HttpResponse]
Answer = Callable[[HttpRequest], HttpResponse]


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200 where a request can be served, 503 with the reason of each thing that is away."""
    reasons = health.readiness()
    is_ready = not any(reasons.values())
    checks = {name: _said(reason) for name, reason in reasons.items()}
    body = {"status": "ready" if is_ready else "not_ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


@require_safe
def measured(request: HttpRequest) -> HttpResponse:
    """Prometheus' metrics, for whom the settings name, and on no tenant's host."""
    if metrics.is_tenants_host(request):
        return HttpResponse("There is nothing here.\n", status=404, content_type="text/plain")
    if not metrics.may_read(request):
        refusal = "The operator says who may read this: METRICS_TOKEN and METRICS_NETWORKS.\n"
        return HttpResponse(refusal, status=403, content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _said(reason: str | None) -> dict[str, object]:
    return {"ready": True} if reason is None else {"ready": False, "reason": reason}


ANSWERS: Mapping[str, Answer] = {"/healthz": alive, "/readyz": ready, "/metrics": measured}


class OperatorsMiddleware:
    """Answers a load balancer and a monitoring system: neither of them knows a tenant, nor needs one of its hosts."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = ANSWERS.get(request.path_info.removesuffix("/"))
        if answer is None:
            return self._get_response(request)
        response = answer(request)
        response["Cache-Control"] = "no-store"
        return response


class RequestsMiddleware:
    """Counts and logs every request that reaches the service, and how long its answer took to begin."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self._get_response(request)
        seconds = time.perf_counter() - began
        # The address's name and not the address, which holds ids.
        route = request.resolver_match.view_name if request.resolver_match else ""
        method = request.method if request.method in _METHODS else "other"
        said = {"method": method, "path": request.path, "status": response.status_code, "seconds": round(seconds, 4)}
        # Without the query, in which people put what they should not.
        logger.info("%s %s answered %d", method, request.path, response.status_code, extra=said)
        metrics.REQUESTS.labels(method, route, response.status_code).observe(seconds)
        return response
