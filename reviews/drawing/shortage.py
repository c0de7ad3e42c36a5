"""Why seats stay empty, as counts and as a sentence (对口, 回避, 满额, 同单位同地区, 总量)."""

from collections import Counter
from collections.abc import Mapping

from reviews.drawing.data import Place, Settings, Shortage
from reviews.optimum import Judge


def shortage_of(place: Place, missing: int, rule: str, judges: Mapping[str, Judge], settings: Settings) -> Shortage:
    """The funnel of one application with empty seats."""
    known = {key for key, value in place.affinity.items() if value >= settings.least and key in judges}
    known -= set(place.seated)
    here = {key for key in known if not judges[key].away}
    able = {key for key in here if judges[key].free > 0}
    free = able - place.blocked.keys()
    counts = {"qualified": len(known), "available": len(here), "room": len(able), "free": len(free)}
    grounds = Counter(place.blocked[key] for key in able - free)
    return Shortage(missing, rule, counts, dict(sorted(grounds.items())))
