"""The cast: alice is told things, bob is somebody else, ada runs the machines."""

from itertools import count

import pytest
from django.contrib.auth import get_user_model

from notifications import channels
from notifications.channels.base import Channel

_serial = count(1)


@pytest.fixture
def make_user(db):
    """make_user(**fields): a saved supervisor (a role that needs neither unit nor department) with a telephone."""

    def make(**fields):
        serial = next(_serial)
        fields = {"name": f"人员{serial}", "role": "supervisor", "phone": f"139{serial:08d}", **fields}
        return get_user_model().objects.create_user(f"person{serial}", **fields)

    return make


@pytest.fixture
def alice(make_user):
    return make_user(name="艾黎")


@pytest.fixture
def bob(make_user):
    return make_user(name="鲍勃")


@pytest.fixture
def ada(make_user):
    return make_user(name="艾达", role="system_admin")


class Recorder(Channel):
    """A channel that notes what it was given and raises whatever `outcome` holds."""

    kind = "recorder"
    label = "记录"

    def __init__(self):
        self.sent = []
        self.outcome = None

    def address_for(self, user) -> str:
        return user.phone or ""

    def send(self, message) -> None:
        self.sent.append(message.pk)
        if self.outcome:
            raise self.outcome


@pytest.fixture
def recorder(settings):
    """The one instance behind the channel kind "recorder"."""
    settings.NOTIFICATION_CHANNELS = {"recorder": f"{__name__}.Recorder"}
    channels._instance.cache_clear()
    yield channels.get("recorder")
    channels._instance.cache_clear()
