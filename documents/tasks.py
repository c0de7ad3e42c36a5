"""What the worker does; the work itself is in documents.jobs."""

from celery import shared_task

from documents import jobs


@shared_task
def run(pk: int) -> None:
    """Make one file: the bell that `jobs.request` rings."""
    jobs.run(pk)


@shared_task
def sweep() -> None:
    """Make what no bell announced, and what a dead worker left."""
    jobs.run_pending()
