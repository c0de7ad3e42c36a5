"""What runs by the clock; the work is in `reminders`."""

from celery import shared_task

from reviews import reminders


@shared_task(name="reviews.tasks.send_reminders", ignore_result=True)
def send_reminders() -> int:
    """Each hour: remind experts of sheets that are due in a week or a day; what was told is not told again."""
    return reminders.send_reminders()
