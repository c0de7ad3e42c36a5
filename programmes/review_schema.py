"""What the `review` of a call's document may say."""

from programmes.checks import Choice, Int, ListOf, Optional, Record, Text, boolean, key
from programmes.words import (
    CLOCKS,
    DRAW_MODES,
    FORCES,
    PANELS,
    PARTIALITY,
    ROUND_KINDS,
    SIMILAR,
    TIE_BREAKS,
    TIES_AT_CUT,
)


def anchor(value, path, report):
    whole = isinstance(value, list) and len(value) == 3 and all(type(end) is int for end in value[:2])
    if not whole or not 0 <= value[0] <= value[1] <= 100 or not isinstance(value[2], str):
        report(path, value, "[低分, 高分, 说明]，分数为 0 至 100 的整数")


def share(value, path, report):
    """A fraction below one as text, such as 1/2 or 2/3."""
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) != 2 or not all(part.isdecimal() for part in parts) or not 0 < int(parts[0]) < int(parts[1]):
        report(path, value, "小于 1 的分数，如 1/2 或 2/3")


CRITERION = Record(
    {
        "key": key,
        "label": Text(60),
        "weight": Int(1, 100),
        "help": Optional(Text(400)),
        "anchors": Optional(ListOf(anchor)),
    }
)

ROUND = Record(
    {
        "kind": Choice(ROUND_KINDS),
        "label": Optional(Text(40)),
        "experts": Optional(Int(1, 99)),
        "least_people": Optional(Int(1, 20)),
        "pass_share": Optional(share),
        "quorum": Optional(share),
        "clock": Optional(Choice(CLOCKS)),
    }
)

ASSIGNMENT = Record(
    {
        "mode": Optional(Choice(DRAW_MODES)),
        "panel": Optional(Choice(PANELS)),
        "recusal": Optional(Choice(PARTIALITY)),
        "noise": Optional(Int(0, 1000)),
        "qualified_from": Optional(Int(0, 1000)),
        "per_employer": Optional(Int(0, 20)),
        "per_region": Optional(Int(0, 20)),
        "employer_force": Optional(Choice(FORCES)),
        "region_force": Optional(Choice(FORCES)),
        "load": Optional(Int(0, 500)),
        "alternates": Optional(Int(0, 20)),
        "answer_within": Optional(Int(1, 720)),
    }
)

RECUSAL = Record(
    {
        "years": Optional(Int(0, 20)),
        "region": Optional(boolean),
        "named_in": Optional(key),
        "named_at_most": Optional(Int(1, 20)),
        "similar": Optional(Choice(SIMILAR)),
    }
)

RECONSIDER = Record(
    {
        "spread": Optional(Int(0, 100)),
        "grey": Optional(boolean),
        "extra_experts": Optional(Int(1, 9)),
    }
)

REVIEW = Record(
    {
        "blind": Optional(boolean),
        "experts_per_application": Optional(Int(1, 99)),
        "aggregate": Optional(Choice(("mean", "trimmed_mean"))),
        "ties": Optional(ListOf(Choice(TIE_BREAKS), distinct="")),
        "tie_at_cut": Optional(Choice(TIES_AT_CUT)),
        "criteria": Optional(ListOf(CRITERION, least=1, distinct="key")),
        "pledge_text": Optional(Text(4000)),
        "rounds": Optional(ListOf(ROUND, least=1)),
        "assignment": Optional(ASSIGNMENT),
        "recusal": Optional(RECUSAL),
        "reconsider": Optional(RECONSIDER),
    }
)
