"""Ten-line wrappers: what the worker and beat call. The work is in `delivery` and `heartbeats`."""

from celery import shared_task

from notifications import delivery, heartbeats


@shared_task(name="notifications.tasks.deliver", ignore_result=True)
def deliver(message_ids: list[int]) -> None:
    """The doorbell of a commit: try these messages now."""
    for message_id in message_ids:
        delivery.deliver(message_id)


@shared_task(name="notifications.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Each minute: whatever is due, rung for or not."""
    delivery.sweep()


@shared_task(name="notifications.tasks.heartbeat", ignore_result=True)
def heartbeat(name: str = heartbeats.WORKER) -> None:
    """Each minute: written through the worker, so it proves beat, broker and worker together."""
    heartbeats.beat(name)
