"""What runs by the clock; the work is in `reminders` and `workflow`."""

from celery import shared_task

from reviews import reminders, workflow
from reviews.workflow.recusing import look_at_all


@shared_task(name="reviews.tasks.send_reminders", ignore_result=True)
def send_reminders() -> int:
    """Each hour: remind experts of sheets that are due in a week or a day; what was told is not told again."""
    return reminders.send_reminders()


@shared_task(name="reviews.tasks.lapse_unanswered", ignore_result=True)
def lapse_unanswered() -> int:
    """Each hour: who let the term to answer a draw pass gives way to the next alternate."""
    return workflow.lapse_unanswered()


@shared_task(name="reviews.tasks.look_for_conflicts", ignore_result=True)
def look_for_conflicts() -> int:
    """Each night: units, accounts and applications change in the rooms below; look again at every sheet under way."""
    return look_at_all()
