"""Chinese names of event codes, for the administrator's list; the rooms that tell of an event name it."""

_labels: dict[str, str] = {}


def name(labels: dict[str, str]) -> None:
    """Give events their names: `events.name({"application_returned": "退回修改"})`, in a room's messages.py."""
    _labels.update(labels)


def label(event: str) -> str:
    """The name of an event, its code when nobody named it."""
    return _labels.get(event, event)
