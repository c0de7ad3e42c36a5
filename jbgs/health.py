"""Two addresses for whoever watches the installation (DESIGN §7): `/healthz/` lives, `/readyz/` can work."""

import os
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jbgs.celery import app as celery_app
from notifications import heartbeats

OLDEST_HEARTBEAT = timedelta(minutes=3)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; asks nothing of anybody else."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and worker answer, else 503; one word or reason for each."""
    answers = {name: answer(check) for name, check in CHECKS.items()}
    ready = all(said == "ok" for said in answers.values())
    return JsonResponse(answers, status=200 if ready else 503)


def answer(check) -> str:
    """ "ok", or the kind of failure; never its text, which may hold an address or a password."""
    try:
        check()
    except Exception as error:  # whatever goes wrong means red
        return str(error) if isinstance(error, NotReady) else type(error).__name__
    return "ok"


class NotReady(Exception):
    """A check that ran and found something wrong; its text is public."""


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    """Redis answers; or the embedded broker's folder takes a file."""
    if settings.REDIS_URL:
        with celery_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    elif not os.access(settings.BROKER_FOLDER / "queue", os.W_OK):
        raise NotReady("folder not writable")


def check_worker() -> None:
    """Beat's task wrote its heartbeat through the worker within the last three minutes of machine time."""
    age = heartbeats.heartbeat_age()
    if age is None:
        raise NotReady("no heartbeat yet")
    if age > OLDEST_HEARTBEAT:
        raise NotReady("heartbeat older than 3 minutes")


CHECKS = {"database": check_database, "broker": check_broker, "worker": check_worker}
