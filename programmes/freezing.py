"""What may no longer change once a call takes applications: everything by which its experts' scores decide.

Frozen are the whole `review` (criteria with their weights and anchors, how totals are put together, what parts equal
ones, rounds, blindness, draw, recusal, second look) and whether there is a review at all. The words of the experts'
pledge and the names of rounds may change: they decide nothing. Limits, windows and texts have their own rules.
"""

from dataclasses import asdict

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.diff import Change, difference
from programmes.models import Call
from programmes.spec import CallSpec

SHOWN = 5


def require_rule_kept(call: Call, new: CallSpec) -> None:
    """Refused `review_frozen` (422) when `new` decides otherwise than the rules in force and intake has opened; the
    sentence names the entries, `details` holds all of them."""
    changed = changes_of_rule(call.spec, new)
    if changed and has_opened(call):
        said = [f"{change.words}（{_side(change.old)} → {_side(change.new)}）" for change in changed]
        more = f"等 {len(said)} 处" if len(said) > SHOWN else ""
        sentence = f"申报开始以后不能再改动评审规则：{'；'.join(said[:SHOWN])}{more}。"
        raise Refused("review_frozen", sentence, "review", status=422, details=said)


def changes_of_rule(old: CallSpec, new: CallSpec) -> list[Change]:
    """The entries by which scores would decide otherwise; writing out a default is no change."""
    return difference(_deciding(old), _deciding(new))


def has_opened(call: Call) -> bool:
    """Whether intake has ever opened, under whichever wording: a later wording cannot undo that by a later day."""
    versions = list(call.versions.order_by("number"))
    ends = [version.created_at for version in versions[1:]] + [clock.now()]
    opens = [version.spec.windows["apply"].opens_at for version in versions]
    return any(moment is None or moment <= end for moment, end in zip(opens, ends, strict=True))


def _deciding(spec: CallSpec) -> dict:
    review = _plain(asdict(spec.review)) if spec.review else {}
    review.pop("pledge_text", None)
    for round_ in review.get("rounds", ()):
        round_.pop("label")
    return {"flow": {"review": spec.flow.review}, "review": review}


def _plain(value):
    """Tuples as lists, as a document has them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _side(words: str) -> str:
    return words if words and len(words) <= 60 else f"{words[:60]}……" if words else "无"
