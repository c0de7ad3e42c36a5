"""What runs by the clock; the work is in `reminders` and `workflow.owing`."""

from celery import shared_task

from applications import reminders, workflow


@shared_task(name="applications.tasks.send_reminders", ignore_result=True)
def send_reminders() -> int:
    """Each hour: remind of what closes in a week or a day; what was told is not told again."""
    return reminders.send_reminders()


@shared_task(name="applications.tasks.open_recurring", ignore_result=True)
def open_recurring() -> int:
    """Each morning: open the reports whose year or quarter is over; what is open already stays as it is."""
    return workflow.open_recurring()
