"""The worker, and everything that runs by the clock: one screen.

The broker is only a doorbell (DESIGN §6.8): each job is a row, and the sweeps find the rows that no bell announced.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jbgs.settings")

app = Celery("jbgs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60.0

app.conf.beat_schedule = {
    "send waiting messages": {"task": "notifications.tasks.sweep", "schedule": MINUTE},
    "make waiting documents": {"task": "documents.tasks.sweep", "schedule": MINUTE},
    "say the worker lives": {"task": "notifications.tasks.heartbeat", "schedule": MINUTE},
    "open the reports of a period": {
        "task": "applications.tasks.open_recurring",
        "schedule": crontab(hour=0, minute=15),
    },
    "remind of closing windows": {"task": "applications.tasks.send_reminders", "schedule": crontab(minute=5)},
    "let alternates step in for experts who do not answer": {
        "task": "reviews.tasks.lapse_unanswered",
        "schedule": crontab(minute=20),
    },
    "look for conflicts of interest": {
        "task": "reviews.tasks.look_for_conflicts",
        "schedule": crontab(hour=0, minute=40),
    },
    "remind experts of open sheets": {"task": "reviews.tasks.send_reminders", "schedule": crontab(minute=10)},
}


@worker_ready.connect
def look_around(sender, **kwargs) -> None:
    """A worker that starts says so at once and looks for work that nobody finished, instead of a minute later."""
    for task in ("notifications.tasks.heartbeat", "notifications.tasks.sweep", "documents.tasks.sweep"):
        app.send_task(task)
