"""Whether beat and worker live: a row that only the two together can renew, read by /readyz/."""

from datetime import timedelta

from jbgs.lib import clock
from notifications.models import Heartbeat

WORKER = "worker"


def beat(name: str = WORKER) -> None:
    """Write that `name` is alive now (machine time); one statement, whether the row exists or not."""
    row = Heartbeat(name=name, at=clock.machine_now())
    Heartbeat.objects.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=["at"])


def heartbeat_age(name: str = WORKER) -> timedelta | None:
    """How long ago `name` was last alive; None when it never was. One query."""
    at = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else clock.machine_now() - at
