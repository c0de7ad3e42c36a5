"""Real concurrency for tests marked `postgres`: each job in a thread with a connection of its own."""

import threading
from contextvars import copy_context

from django.db import connection


def race(*jobs) -> list:
    """Start all jobs at the same moment; their results or exceptions, in the order of the jobs.

    Each job sees the business clock of the caller.
    """
    results = [None] * len(jobs)
    gate = threading.Barrier(len(jobs), timeout=30)

    def run(place, job, context):
        try:
            gate.wait()
            results[place] = context.run(job)
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, job, copy_context())) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def meet(monkeypatch, owner, name: str, parties: int = 2):
    """The worst moment: nobody leaves `owner.name` before all parties have come out of it."""
    gate = threading.Barrier(parties, timeout=5)
    original = getattr(owner, name)

    def wait_for_the_others(*args, **named):
        result = original(*args, **named)
        try:
            gate.wait()
        except threading.BrokenBarrierError:
            pass  # a lock kept the others out: that is what the lock is for
        return result

    monkeypatch.setattr(owner, name, wait_for_the_others)
