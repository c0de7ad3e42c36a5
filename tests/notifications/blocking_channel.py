"""A channel for the worker test: it says that it began, waits for a file, and says that it finished."""

import os
import time
from pathlib import Path

from notifications.channels.base import Channel


class Blocking(Channel):
    kind = "blocking"
    label = "等待"

    def address_for(self, user) -> str:
        return user.get_username()

    def send(self, message) -> None:
        folder = Path(os.environ["BLOCKING_FOLDER"])
        note(folder / "began", message.pk)
        while not (folder / "go").exists():
            time.sleep(0.05)
        note(folder / "finished", message.pk)


def note(path: Path, text) -> None:
    with path.open("a") as file:
        file.write(f"{text}\n")
