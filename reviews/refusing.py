"""A refusal that comes before any door: several objects are asked about at once, one entry is written."""

from audit import log
from jbgs.lib.errors import Forbidden


def require(allowed: bool, obj, action: str, by, sentence: str) -> None:
    """Forbidden, with one entry in the log of `obj`, unless allowed. Call it outside a transaction.

    What is yet to be made has no log: then `obj` is the person who asks, and who has not signed in leaves no entry.
    """
    if allowed:
        return
    refusal = Forbidden(sentence)
    if obj.pk:
        log.append_refusal(obj, action, by, refusal)
    raise refusal
