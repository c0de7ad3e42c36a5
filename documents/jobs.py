"""Making files in the background: ask once, claim by conditional update, make, keep.

The row is the job. The broker only rings a bell after the commit; a bell that nobody hears costs at most a minute,
because the sweep looks for pending rows and for rows whose worker has died. A claim is one UPDATE that names the state
(and, for a dead worker's row, the start) it has read: whoever changes the row first has it. `attempts` is the number
of the claim; a worker that was thought dead and comes back finds another number and throws its work away.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from documents.models import Artifact, unguessable_path
from jbgs.lib import clock
from jbgs.lib.errors import Refused

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
STALE_AFTER = timedelta(minutes=11)  # one minute more than the worker's hard limit for a task
PENDING, WORKING, DONE, FAILED = Artifact.State

Build = Callable[[Artifact], tuple[bytes, str]]
MayRead = Callable[[Artifact, object], bool]


@dataclass(frozen=True)
class Kind:
    """How a kind of file is made and who may read it."""

    build: Build
    may_read: MayRead
    label: str


_kinds: dict[str, Kind] = {}


def _by_requester(artifact: Artifact, user) -> bool:
    return artifact.requested_by_id is not None and artifact.requested_by_id == user.pk


def register(kind: str, build: Build | None = None, *, may_read: MayRead = _by_requester, label: str = ""):
    """Say how files of `kind` are made: `build(artifact) -> (bytes, filename)`; call it from AppConfig.ready().

    `may_read(artifact, user) -> bool` decides on each download; without it only the person who asked may read.
    `label` is the kind in words. Without `build` it is a decorator.
    """
    if build is None:
        return lambda function: register(kind, function, may_read=may_read, label=label)
    if kind in _kinds and _kinds[kind].build is not build:
        raise ValueError(f"two functions make documents of kind {kind!r}")
    _kinds[kind] = Kind(build, may_read, label or kind)
    return build


def label(kind: str) -> str:
    """The kind in words; its code where nobody makes it any more."""
    return _kinds[kind].label if kind in _kinds else kind


def may_read(artifact: Artifact, user) -> bool:
    """Whether this person may have the file; nobody may have a file of a kind that is no longer made."""
    kind = _kinds.get(artifact.kind)
    return bool(kind and user.is_authenticated and user.is_active and kind.may_read(artifact, user))


def request(kind: str, owner_key: str, *, params: dict | None = None, by=None, renew: bool = False) -> Artifact:
    """The artifact of (kind, owner_key), asked for now if it was not there: the same request twice is one job.

    One that failed is tried again. `renew` has a finished one made anew, with the new `params`. Works inside or
    outside a transaction; the bell rings after the commit.
    """
    if kind not in _kinds:
        raise ValueError(f"nobody makes documents of kind {kind!r}")
    artifact, created = Artifact.objects.get_or_create(
        kind=kind,
        owner_key=owner_key,
        defaults={"params": params or {}, "requested_by": by, "created_at": clock.now()},
    )
    if not created and (artifact.state == FAILED or (renew and artifact.state == DONE)):
        again = {"state": PENDING, "attempts": 0, "error": "", "working_since": None}
        if params is not None:
            again["params"] = params
        Artifact.objects.filter(pk=artifact.pk, state=artifact.state).update(**again)
        artifact.refresh_from_db()
    if artifact.state == PENDING:
        transaction.on_commit(lambda: _ring(artifact.pk))
    return artifact


def run(pk: int) -> bool:
    """Make one file if it is to be made and nobody else is at it. True when this call has made it."""
    artifact = _claim(Artifact.objects.filter(pk=pk).first())
    return bool(artifact) and _make(artifact)


def run_pending(limit: int = 20) -> int:
    """Make what waits, oldest first, and what a dead worker has left; at most `limit`. The number of files made."""
    return sum(run(pk) for pk in _open_rows(limit))


def failures(since=None):
    """Artifacts that could not be made, newest first; `since` is an aware datetime."""
    failed = Artifact.objects.filter(state=FAILED)
    return failed.filter(created_at__gte=since) if since else failed


def _open_rows(limit: int) -> list[int]:
    pending = Artifact.objects.filter(state=PENDING)
    stale = Artifact.objects.filter(state=WORKING, working_since__lt=clock.machine_now() - STALE_AFTER)
    return list((pending | stale).order_by("id").values_list("pk", flat=True)[:limit])


def _claim(artifact: Artifact | None) -> Artifact | None:
    """The row with our claim on it, or None when it is done, taken, or given up."""
    if artifact is None or not artifact.is_open:
        return None
    now = clock.machine_now()
    if artifact.state == WORKING and artifact.working_since > now - STALE_AFTER:
        return None
    same = Artifact.objects.filter(pk=artifact.pk, state=artifact.state, attempts=artifact.attempts)
    if artifact.attempts >= MOST_ATTEMPTS:
        error = artifact.error or "生成过程多次中断。"
        same.update(state=FAILED, working_since=None, error=error)
        logger.error("document %s (%s) given up after %s attempts", artifact.pk, artifact, artifact.attempts)
        return None
    if not same.update(state=WORKING, working_since=now, attempts=F("attempts") + 1):
        return None
    artifact.state, artifact.working_since, artifact.attempts = WORKING, now, artifact.attempts + 1
    return artifact


def _make(artifact: Artifact) -> bool:
    kind = _kinds.get(artifact.kind)
    if kind is None:
        return _fail(artifact, "系统已不再生成这种文件。", final=True)
    try:
        data, filename = kind.build(artifact)
        return _keep(artifact, data, filename)
    except Refused as refused:  # the rules say no: trying again would not help
        return _fail(artifact, refused.sentence, final=True)
    except Exception as error:
        logger.exception("document %s (%s) failed at attempt %s", artifact.pk, artifact, artifact.attempts)
        return _fail(
            artifact, f"生成时出错（{type(error).__name__}: {error}）。", final=artifact.attempts >= MOST_ATTEMPTS
        )


def _keep(artifact: Artifact, data: bytes, filename: str) -> bool:
    old = artifact.file.name
    name = _save(artifact, data, filename)
    kept = _mine(artifact).update(
        state=DONE,
        working_since=None,
        file=name,
        filename=filename,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        error="",
        done_at=clock.now(),
    )
    if not kept:
        logger.warning("document %s (%s) was taken over by another worker; our file is dropped", artifact.pk, artifact)
    _drop(old if kept else name)
    return bool(kept)


def _save(artifact: Artifact, data: bytes, filename: str) -> str:
    return default_storage.save(unguessable_path(artifact, filename), ContentFile(data))


def _drop(name: str) -> None:
    """A file that no row names is only litter: failing to remove it fails nothing."""
    if name:
        try:
            default_storage.delete(name)
        except OSError:
            logger.warning("could not remove %s", name, exc_info=True)


def _fail(artifact: Artifact, error: str, *, final: bool) -> bool:
    _mine(artifact).update(state=FAILED if final else PENDING, working_since=None, error=error[:2000])
    return False


def _mine(artifact: Artifact):
    """The row as long as our claim on it holds."""
    return Artifact.objects.filter(pk=artifact.pk, state=WORKING, attempts=artifact.attempts)


def _ring(pk: int) -> None:
    from documents.tasks import run as run_task  # documents.tasks imports this module

    try:
        run_task.delay(pk)
    except Exception:  # no broker: the sweep will find the row
        logger.warning("no bell for document %s", pk, exc_info=True)
