"""Appending to the log and proving that nobody changed it."""

from collections.abc import Iterator
from datetime import UTC

from django.db import transaction
from django.db.models import QuerySet

from audit.models import Entry, Outcome
from jbgs.lib import clock
from jbgs.lib.errors import Refused


def append(obj, action: str, actor, *, key="", data=None, changes=None, refusal: Refused | None = None) -> Entry:
    """Write the next entry of `obj`'s chain. The caller holds the row lock of `obj`, so the sequence cannot fork."""
    chain = Entry.objects.for_object(obj)
    last = chain.order_by("-sequence").values_list("sequence", "hash").first() or (0, "")
    entry = Entry(
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        sequence=last[0] + 1,
        action=action,
        outcome=Outcome.REFUSED if refusal else Outcome.DONE,
        actor=actor if getattr(actor, "pk", None) else None,
        actor_label=_label(actor),
        code=refusal.code if refusal else "",
        sentence=refusal.sentence if refusal else "",
        key=key,
        data=data or {},
        changes=changes or {},
        happened_at=clock.now().astimezone(UTC),
        recorded_at=clock.machine_now(),
        previous_hash=last[1],
    )
    entry.hash = entry.computed_hash()
    entry.save(force_insert=True)
    return entry


def append_refusal(obj, action: str, actor, refusal: Refused, *, data=None) -> Entry:
    """Record a refused act in a transaction of its own, after the refused one was rolled back."""
    with transaction.atomic():
        obj._meta.concrete_model._base_manager.select_for_update().filter(pk=obj.pk).values_list("pk").first()
        return append(obj, action, actor, data=data, refusal=refusal)


def broken_entries(entries: QuerySet[Entry] | None = None) -> Iterator[tuple[Entry, str]]:
    """Walk all chains, or those of whole objects in `entries`; yield each entry that does not fit, with the reason."""
    previous: Entry | None = None
    ordered = (Entry.objects.all() if entries is None else entries).order_by("object_type", "object_id", "sequence")
    for entry in ordered.iterator(chunk_size=2000):
        same_chain = previous and (previous.object_type, previous.object_id) == (entry.object_type, entry.object_id)
        expected = (previous.sequence + 1, previous.hash) if same_chain else (1, "")
        if entry.sequence != expected[0]:
            yield entry, f"sequence {entry.sequence} stands where {expected[0]} was expected: an entry is missing"
        elif entry.previous_hash != expected[1]:
            yield entry, "does not name the hash of the entry before it"
        if entry.hash != entry.computed_hash():
            yield entry, "was changed after it was written"
        previous = entry


def _label(actor) -> str:
    if not getattr(actor, "pk", None):
        return "未登录"
    return f"{getattr(actor, 'name', '') or actor.get_username()}"
