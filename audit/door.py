"""The one door (DESIGN §4): every act on an object comes through `perform`.

What happens, in this order: open the transaction, take the locks, answer a repeated key, check who and state and
guards, let the workflow's body write its rows, fire the transition, append the log entry, commit. A refusal leaves the
transaction, and its entry is written afterwards in its own. This module knows no business, only `Action`.
"""

from contextlib import contextmanager
from functools import wraps
from typing import Any, Protocol

from django.db import transaction

from audit import log
from audit.models import Entry
from jbgs.lib.errors import Refused


class Action(Protocol):
    """What the door needs to know of an act."""

    name: str

    def lock(self, obj, data: dict) -> Any:
        """Take the row locks and return the object freshly read under them."""

    def check(self, obj, by, data: dict) -> None:
        """Raise `Forbidden` or `Refused` unless `by` may do this now."""

    def snapshot(self, obj) -> dict:
        """The object's own fields, JSON-ready, for the differences in the log."""

    def fire(self, obj, by, data: dict) -> None:
        """Make the transition, if there is one, and save the object."""

    def facts(self, data: dict) -> dict:
        """What of `data` belongs into the log, JSON-ready."""

    def after(self, obj, by, data: dict) -> None:
        """What follows in the same transaction, such as passing a stage that the call switched off."""


class Repeated(Exception):
    """The same person sent the same key again: `obj` stands as the first request left it, `entry` is the first one."""

    def __init__(self, obj, entry: Entry):
        super().__init__(str(entry))
        self.obj = obj
        self.entry = entry


@contextmanager
def perform(action: Action, obj, *, by, key: str = "", **data):
    """Do `action` on `obj` as `by`; yields the locked object. See the module's docstring for the order of things."""
    try:
        with transaction.atomic():
            locked = action.lock(obj, data)
            _answer_a_repeated_key(action, locked, by, key)
            action.check(locked, by, data)
            before = action.snapshot(locked)
            yield locked
            action.fire(locked, by, data)
            log.append(
                locked,
                action.name,
                by,
                key=key,
                data=action.facts(data),
                changes=_differences(before, action.snapshot(locked)),
            )
            action.after(locked, by, data)
    except Refused as refusal:
        _record(refusal, obj, action, by, data)
        raise


@contextmanager
def together():
    """Several acts as one: all are done or none. The refused one is recorded after everything was rolled back."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        if refused := getattr(refusal, "refused_act", None):
            _record(refusal, *refused)
        raise


def once(verb):
    """Let a workflow verb answer a repeated key with the object as the first request left it."""

    @wraps(verb)
    def answered(obj, **named):
        try:
            return verb(obj, **named)
        except Repeated as first:
            return first.obj

    return answered


def _answer_a_repeated_key(action: Action, obj, by, key: str) -> None:
    if not key:
        return
    first = Entry.objects.for_object(obj).done().filter(key=key).first()
    if first is None:
        return
    if first.actor_id == getattr(by, "pk", None) and first.action == action.name:
        raise Repeated(obj, first)
    raise Refused("key_used", "这个页面已经提交过，请刷新后查看结果。")


def _record(refusal: Refused, obj, action: Action, by, data: dict) -> None:
    """Write the refusal's entry. An enclosing transaction will roll it back: then `together` or the outer act does."""
    refusal.refused_act = (obj, action, by, data)
    log.append_refusal(obj, action.name, by, refusal, data=action.facts(data))


def _differences(before: dict, after: dict) -> dict:
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
