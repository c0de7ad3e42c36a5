"""A call once more under another slug: for a rehearsal, for the demo, for next year's round."""

import copy
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from jbgs.lib.clock import local
from programmes.instants import read_instant
from programmes.loader import load_document
from programmes.models import Call

Ends = tuple[datetime | None, datetime]


@transaction.atomic
def copy_call(
    call: Call,
    slug: str,
    *,
    is_rehearsal: bool = False,
    is_demo: bool = False,
    shift: timedelta | None = None,
    windows: Mapping[str, Ends] | None = None,
    title: str = "",
    disciplines: Mapping[str, Sequence[str]] | None = None,
    by=None,
) -> Call:
    """A new call with the rules of `call`'s current version; the call itself is not touched.

    `shift` moves every window; `windows` gives some their own (opens_at or None, exclusive closes_at), aware instants.
    `disciplines`: codes for the tasks, by their code, that have none of their own.
    Permissions, extensions and applications are not copied. ValueError when the slug is taken, InvalidDocument when the
    windows do not fit together.
    """
    if Call.objects.filter(slug=slug).exists():
        raise ValueError(f"a call with the slug {slug} exists already")
    document = copy.deepcopy(call.current_version.document)
    document["slug"] = slug
    document["title"] = title or document["title"]
    document["windows"] = moved_windows(document["windows"], shift, windows)
    for task in document.get("tasks") or []:
        if (own := (disciplines or {}).get(task["code"])) and not task.get("disciplines"):
            task["disciplines"] = list(own)
    return load_document(document, by=by, is_rehearsal=is_rehearsal, is_demo=is_demo, original=call).call


def moved_windows(
    written: Mapping[str, Mapping], shift: timedelta | None = None, own: Mapping[str, Ends] | None = None
) -> dict[str, dict]:
    """A document's windows, all moved by `shift`, some replaced by their `own` ends; unmoved ones stay as written."""
    moved = {}
    for name, item in written.items():
        if own and name in own:
            opens_at, closes_at = own[name]
            moved[name] = {"closes": _written(closes_at)} | ({"opens": _written(opens_at)} if opens_at else {})
        elif shift:
            moved[name] = {end: _moved(text, shift, closing=end == "closes") for end, text in item.items()}
        else:
            moved[name] = dict(item)
    return moved


def _moved(text: str, shift: timedelta, *, closing: bool) -> str:
    """One end moved; a bare date that moves by whole days stays a bare date, as people wrote it."""
    if len(text) == 10 and shift == timedelta(days=shift.days):
        return (date.fromisoformat(text) + shift).isoformat()
    return _written(read_instant(text, closing=closing) + shift)


def _written(moment: datetime) -> str:
    """An instant as documents write it, to the second, in China's time."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")
