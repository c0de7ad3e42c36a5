"""A call once more under another slug: for a rehearsal, for the demo, for next year's round."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta

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
    by=None,
) -> Call:
    """A new call with the rules of `call`'s current version; the call itself is not touched.

    `shift` moves every window; `windows` gives some their own (opens_at or None, exclusive closes_at), aware instants.
    Permissions, extensions and applications are not copied. ValueError when the slug is taken, InvalidDocument when the
    windows do not fit together.
    """
    if Call.objects.filter(slug=slug).exists():
        raise ValueError(f"a call with the slug {slug} exists already")
    document = copy.deepcopy(call.current_version.document)
    document["slug"] = slug
    document["title"] = title or document["title"]
    for name, item in document["windows"].items():
        if windows and name in windows:
            opens_at, closes_at = windows[name]
        else:
            opens_at = read_instant(item["opens"]) if item.get("opens") else None
            closes_at = read_instant(item["closes"], closing=True)
            opens_at = opens_at + shift if opens_at and shift else opens_at
            closes_at = closes_at + shift if shift else closes_at
        document["windows"][name] = {"closes": _written(closes_at)} | (
            {"opens": _written(opens_at)} if opens_at else {}
        )
    return load_document(document, by=by, is_rehearsal=is_rehearsal, is_demo=is_demo, original=call).call


def _written(moment: datetime) -> str:
    """An instant as documents write it, to the second, in China's time."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")
