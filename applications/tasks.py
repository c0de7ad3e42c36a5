"""What runs by the clock; the work is in `reminders`."""

from celery import shared_task

from applications import reminders


@shared_task(name="applications.tasks.send_reminders", ignore_result=True)
def send_reminders() -> int:
    """Each hour: remind of what closes in a week or a day; what was told is not told again."""
    return reminders.send_reminders()
