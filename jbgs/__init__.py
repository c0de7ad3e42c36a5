"""The house itself: settings, URLs, the back-office site, the worker, operator commands."""

from jbgs.celery import app as celery_app

__all__ = ["celery_app"]
