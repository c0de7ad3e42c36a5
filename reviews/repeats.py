"""A request that covers several objects and was sent twice: the one-time key tells (DESIGN §4)."""

from collections.abc import Sequence

from audit.models import Entry


def done_before(key: str, objects: Sequence, by) -> bool:
    """Whether `by` has already acted on one of these objects (of one model) with this key."""
    if not key or not objects:
        return False
    done = Entry.objects.done().filter(object_type=objects[0]._meta.label_lower, key=key, actor=by)
    return done.filter(object_id__in=[row.pk for row in objects]).exists()
