"""Settings of a worker process in a test: the test's database and broker, a channel that blocks, little patience."""

import json
import os

from jbgs.settings import *  # noqa: F403
from jbgs.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
CELERY_BROKER_URL = os.environ["WORKER_BROKER"]
CELERY_BROKER_TRANSPORT_OPTIONS = json.loads(os.environ["WORKER_BROKER_OPTIONS"])
NOTIFICATION_CHANNELS = {"blocking": "tests.notifications.blocking_channel.Blocking"}
NOTIFICATIONS_STALE_SECONDS = 1
