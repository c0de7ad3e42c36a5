"""One request is one job; a job is made once, by one worker, or fails where people see it."""

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections

from documents import jobs
from documents.models import Artifact
from jbgs.lib import clock
from jbgs.lib.errors import Refused

State = Artifact.State


def make_stale(artifact, **changes):
    long_ago = clock.machine_now() - jobs.STALE_AFTER - timedelta(seconds=1)
    Artifact.objects.filter(pk=artifact.pk).update(state=State.WORKING, working_since=long_ago, **changes)


def test_a_request_becomes_a_file(maker, ada):
    artifact = jobs.request("note", "list:7", params={"n": 1}, by=ada)
    assert artifact.state == State.PENDING
    assert jobs.run(artifact.pk) is True
    artifact.refresh_from_db()
    assert (artifact.state, artifact.filename, artifact.attempts) == (State.DONE, "汇总表.pdf", 1)
    assert artifact.file.read() == "文件 {'n': 1}".encode()
    assert artifact.size == artifact.file.size and len(artifact.sha256) == 64
    assert "汇总表" not in artifact.file.name and "7" != artifact.file.name


def test_the_same_request_twice_is_one_job(maker, ada, bob):
    first = jobs.request("note", "list:7", by=ada)
    jobs.run(first.pk)
    second = jobs.request("note", "list:7", by=bob)
    assert second.pk == first.pk and second.state == State.DONE and second.requested_by == ada
    assert jobs.run(first.pk) is False, "done once"
    assert maker.made == ["list:7"]


def test_renewing_makes_a_finished_file_anew_and_drops_the_old_one(maker, ada):
    artifact = jobs.request("note", "list:7", params={"n": 1}, by=ada)
    jobs.run(artifact.pk)
    artifact.refresh_from_db()
    old = artifact.file.name
    jobs.request("note", "list:7", params={"n": 2}, renew=True)
    assert jobs.run(artifact.pk)
    artifact.refresh_from_db()
    assert artifact.file.read() == "文件 {'n': 2}".encode()
    assert not default_storage.exists(old)


def test_an_unknown_kind_is_refused_at_once(maker, db):
    with pytest.raises(ValueError, match="tables"):
        jobs.request("tables", "1")


def test_a_failure_is_tried_again_and_then_stays_visible(maker, ada):
    maker.errors = [OSError("disk"), OSError("disk"), OSError("disk full")]
    artifact = jobs.request("note", "list:7", by=ada)
    assert [jobs.run_pending() for _ in range(4)] == [0, 0, 0, 0]
    artifact.refresh_from_db()
    assert (artifact.state, artifact.attempts, artifact.error) == (
        State.FAILED,
        3,
        "生成时出错（OSError: disk full）。",
    )
    assert list(jobs.failures()) == [artifact]
    assert jobs.request("note", "list:7").state == State.PENDING, "asking again tries again"
    assert jobs.run_pending() == 1
    artifact.refresh_from_db()
    assert artifact.state == State.DONE and artifact.error == ""


def test_a_refusal_is_not_tried_again(maker, ada):
    maker.errors = [Refused("list_open", "名单尚未确认，不能导出。")]
    artifact = jobs.request("note", "list:7", by=ada)
    jobs.run_pending()
    artifact.refresh_from_db()
    assert (artifact.state, artifact.error, artifact.attempts) == (State.FAILED, "名单尚未确认，不能导出。", 1)


def test_a_dead_workers_job_is_done_by_the_next_sweep(maker, ada):
    artifact = jobs.request("note", "list:7", by=ada)
    Artifact.objects.filter(pk=artifact.pk).update(state=State.WORKING, working_since=clock.machine_now(), attempts=1)
    assert jobs.run_pending() == 0, "somebody is at it"
    make_stale(artifact)
    assert jobs.run_pending() == 1
    artifact.refresh_from_db()
    assert (artifact.state, artifact.attempts) == (State.DONE, 2)


def test_a_job_that_kills_its_workers_is_given_up(maker, ada):
    artifact = jobs.request("note", "list:7", by=ada)
    make_stale(artifact, attempts=jobs.MOST_ATTEMPTS)
    assert jobs.run_pending() == 0
    artifact.refresh_from_db()
    assert artifact.state == State.FAILED and "中断" in artifact.error


def test_a_worker_that_comes_back_late_changes_nothing(maker, ada):
    artifact = jobs.request("note", "list:7", params={"n": 1}, by=ada)
    slow = jobs._claim(Artifact.objects.get(pk=artifact.pk))
    make_stale(artifact)
    assert jobs.run(artifact.pk)
    files = set(default_storage.listdir("documents")[0])
    assert jobs._make(slow) is False
    assert jobs._fail(slow, "too late", final=True) is False
    artifact.refresh_from_db()
    assert artifact.state == State.DONE and default_storage.exists(artifact.file.name)
    assert artifact.size and files, "the late worker's own file is gone, the other one is kept"


def test_a_sweep_takes_the_oldest_first_and_no_more_than_its_limit(maker, ada):
    for number in range(5):
        jobs.request("note", f"list:{number}", by=ada)
    assert jobs.run_pending(limit=2) == 2
    assert maker.made == ["list:0", "list:1"]


def test_the_bell_rings_after_the_commit_only(monkeypatch, ada, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setattr(jobs, "_ring", rung.append)
    jobs.register("note", lambda artifact: (b"x", "x.pdf"))
    with django_capture_on_commit_callbacks() as callbacks:
        artifact = jobs.request("note", "list:7", by=ada)
        assert rung == []
    for callback in callbacks:
        callback()
    assert rung == [artifact.pk]


def test_a_silent_broker_leaves_the_row_for_the_sweep(monkeypatch, ada):
    def no_broker(pk):
        raise ConnectionError

    monkeypatch.setattr("documents.tasks.run.delay", no_broker)
    jobs._ring(1)


def test_two_makers_of_one_kind_are_a_mistake(maker):
    with pytest.raises(ValueError):
        jobs.register("note", lambda artifact: (b"", ""))


# ---- many workers at one row ----


def race(work, times=8):
    """`work()` in so many threads at once, each with its own connection; the list of results."""
    start, results = threading.Barrier(times), []

    def runner():
        try:
            start.wait()
            results.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=runner) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def claim_without_a_condition(artifact):
    """The control: read, then write, as somebody would who trusts the read."""
    fresh = Artifact.objects.get(pk=artifact.pk)
    if fresh.state != State.PENDING:
        return None
    threading.Event().wait(0.05)
    fresh.state, fresh.working_since = State.WORKING, clock.machine_now()
    fresh.save()
    return fresh


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_make_one_file(maker, ada):
    assert connection.vendor == "postgresql"
    for number in range(5):
        artifact = jobs.request("note", f"list:{number}", by=ada)
        assert sorted(race(lambda pk=artifact.pk: jobs.run(pk))) == [False] * 7 + [True]
    assert len(maker.made) == 5

    control = jobs.request("note", "control", by=ada)
    taken = [claim for claim in race(lambda: claim_without_a_condition(control)) if claim]
    assert len(taken) > 1, "without the condition several workers believe the row is theirs"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_requests_at_once_are_one_row(maker, ada):
    rows = race(lambda: jobs.request("note", "list:7", by=ada).pk)
    assert len(rows) == 8 and len(set(rows)) == 1
