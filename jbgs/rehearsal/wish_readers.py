"""The readers of the rules' figures (`wishes.READERS`): what an application must be like to keep each rule."""

from datetime import date, timedelta
from decimal import Decimal

from jbgs.rehearsal.wishes import READERS, Need, Wishes, plus_years
from programmes.requirements.sizes import TRADES

HOME_TYPES = ("enterprise", "institute", "university", "new_rnd")
ABROAD = ("DE", "FR", "GB", "IT", "JP", "SG", "SE", "CH", "NL", "KR")
ONE_OF_EACH = {"asia": "JP", "europe": "DE", "america": "US", "africa": "ZA", "oceania": "AU"}


def reads(*codes: str):
    """Registers the reader of these rules' figures."""

    def register(reader):
        READERS.update(dict.fromkeys(codes, reader))
        return reader

    return register


# ---- partners ----


@reads("partners_at_least")
def _partners_at_least(wishes: Wishes, params) -> None:
    types, abroad = tuple(params.get("types") or ()), params.get("abroad", "")
    regions = [region.removesuffix("0000") for region in params.get("regions") or ()]
    home = (params.get("regions") or [wishes.unit.region])[0]
    leads = params.get("lead") == "yes" and (not types or wishes.unit.type in types) and abroad != "yes"

    def fits(need: Need) -> bool:
        here = not regions or need.is_here and any(need.region.startswith(region) for region in regions)
        return (not types or need.type in types) and (not abroad or (abroad == "no") == need.is_here) and here

    def make(place: int) -> Need:
        kinds = types or (("institute",) if abroad == "yes" else HOME_TYPES)
        country = ABROAD[place % len(ABROAD)] if abroad == "yes" else "CN"
        return Need(kinds[place % len(kinds)], country, home if country == "CN" else "")

    wishes.want_partners(params["count"] - leads, fits, make)


@reads("countries_at_least")
def _countries(wishes: Wishes, params) -> None:
    while len({need.country for need in wishes.partners} - {"CN"}) < params["count"]:
        taken = {need.country for need in wishes.partners}
        wishes.partners.append(Need("institute", next(code for code in ABROAD if code not in taken)))


@reads("continents_include")
def _continents(wishes: Wishes, params) -> None:
    for continent in params["continents"]:
        country = ONE_OF_EACH[continent]
        wishes.want_partners(
            1,
            lambda need, country=country: need.country == country,
            lambda place, country=country: Need("institute", country),
        )


@reads("partners_at_most")
def _partners_at_most(wishes: Wishes, params) -> None:
    """How many may stand in the table; where only some kinds are limited, nobody joins whom no rule asks for."""
    if params.get("types") or params.get("regions") or params.get("abroad"):
        wishes.most_partners = 0
    else:
        wishes.most_partners = min(wishes.most_partners, params["count"] - (params.get("lead") == "yes"))


@reads("partners_only")
def _partners_only(wishes: Wishes, params) -> None:
    wishes.partner_types = tuple(params["types"])


@reads("joint_directions")
def _directions(wishes: Wishes, params) -> None:
    own, least = params.get("lead_takes", 1), params.get("least", 3)
    region = wishes.unit.region
    wishes.want_partners(
        least - own, lambda need: need.is_here, lambda place: Need(HOME_TYPES[place % len(HOME_TYPES)], "CN", region)
    )

    def rows(writer) -> list[dict]:
        units = [(wishes.unit.name, wishes.unit.code)] * own
        units += [(one["name"], one["code"]) for one in writer.partners if one["country"] == "CN"][: least - own]
        found = []
        for name, code in units:
            row = {params["unit"]: name}
            found.append(row | ({params["credit_code"]: code} if params.get("credit_code") else {}))
        return found

    wishes.want_rows(params["section"], rows)


# ---- people ----


@reads("team_at_most")
def _team_at_most(wishes: Wishes, params) -> None:
    wishes.most_team = params["count"]


@reads("leader_born_from")
def _leader_born_from(wishes: Wishes, params) -> None:
    wishes.leader_born_from = date.fromisoformat(params["date"])


@reads("leader_age_at_most")
def _leader_age(wishes: Wishes, params) -> None:
    day = date.fromisoformat(params["on"]) if params.get("on") else wishes.today
    earliest = plus_years(day, -params["years"]) + timedelta(days=30)
    wishes.leader_born_from = max(earliest, wishes.leader_born_from or earliest)


@reads("leader_qualified")
def _leader_qualified(wishes: Wishes, params) -> None:
    if params.get("titles"):
        wishes.leader_title = params["titles"][0]
    if params.get("degrees"):
        wishes.leader_degree = params["degrees"][0]


@reads("youth_share_at_least")
def _youth(wishes: Wishes, params) -> None:
    wishes.youth_percent, wishes.youth_from = int(Decimal(params["percent"])), date.fromisoformat(params["born_from"])


# ---- term and money ----


@reads("duration_at_most")
def _at_most_years(wishes: Wishes, params) -> None:
    wishes.most_years = min(wishes.most_years, params["years"])


@reads("duration_at_least")
def _at_least_years(wishes: Wishes, params) -> None:
    wishes.least_years = params["years"]


@reads("ends_by")
def _ends_by(wishes: Wishes, params) -> None:
    wishes.ends_by = date.fromisoformat(params["date"])


@reads("date_covers_term")
def _covers_term(wishes: Wishes, params) -> None:
    """A contract that runs a year longer than the project."""
    wishes.want_answer(
        params["section"],
        params["question"],
        lambda: plus_years(wishes.term()[1], 1 + params.get("years", 0)).isoformat(),
    )


@reads("amount_at_most")
def _amount(wishes: Wishes, params) -> None:
    """The cap of these sources, shared evenly by them."""
    for source in params["sources"]:
        limit = Decimal(params["amount"]) / len(params["sources"])
        wishes.most_of[source] = min(limit, wishes.most_of.get(source, limit))


@reads("amount_at_least")
def _least_amount(wishes: Wishes, params) -> None:
    wishes.least_of[params["sources"][0]] = Decimal(params["amount"])


@reads("share_at_most")
def _share(wishes: Wishes, params) -> None:
    for source in params["sources"]:
        percent = Decimal(params["percent"]) / len(params["sources"])
        wishes.most_percent[source] = min(percent, wishes.most_percent.get(source, percent))


@reads("funding_share_at_least")
def _least_share(wishes: Wishes, params) -> None:
    source = "own" if "own" in params["sources"] else params["sources"][0]
    wishes.least_percent[source] = Decimal(params["percent"])


@reads("funding_ratio_at_least")
def _ratio(wishes: Wishes, params) -> None:
    wishes.least_ratio = max(wishes.least_ratio, Decimal(params["ratio"]))


# ---- answers and tables ----


@reads("answer_is")
def _answer_is(wishes: Wishes, params) -> None:
    wishes.want_answer(params["section"], params["question"], params["is"][0])


@reads("answers_at_least")
def _answers_at_least(wishes: Wishes, params) -> None:
    for question in params["questions"][: params["count"]]:
        kind = wishes.kind(params["section"], question)
        if kind in ("integer", "decimal", "percent"):
            wishes.bound(params["section"], question, ">=", 1)
        elif kind == "yes_no":
            wishes.want_answer(params["section"], question, "yes")


@reads("value_at_least")
def _value_at_least(wishes: Wishes, params) -> None:
    wishes.bound(params["section"], params["question"], ">=", params["value"])


@reads("value_at_most")
def _value_at_most(wishes: Wishes, params) -> None:
    wishes.bound(params["section"], params["question"], "<=", params["value"])


@reads("share_at_least")
def _share_of_answers(wishes: Wishes, params) -> None:
    """The second figure is what it is (20 thousand, where no rule bounds it), the first follows from it."""
    section, denominator, percent = params["section"], params["denominator"], Decimal(params["percent"])
    if (section, denominator) not in wishes.bounds:
        wishes.bound(section, denominator, "=", 20_000)
    whole = Decimal(wishes.answer(section, denominator))
    wishes.bound(section, params["numerator"], ">=", whole * percent / 100)


@reads("date_from")
def _date_from(wishes: Wishes, params) -> None:
    wishes.want_answer(params["section"], params["question"], params["date"])


@reads("date_by")
def _date_by(wishes: Wishes, params) -> None:
    if params.get("date"):
        wishes.want_answer(params["section"], params["question"], params["date"])


@reads("size_at_most")
def _size(wishes: Wishes, params) -> None:
    """A micro enterprise of the first trade that the form offers."""
    section = params["section"]
    offered = wishes.entry(section, params["trade"]).get("choices") or TRADES
    wishes.want_answer(section, params["trade"], next(trade for trade in offered if trade in TRADES))
    for measure, figure in (("staff", 16), ("revenue", 260), ("assets", 90)):
        if params.get(measure):
            wishes.bound(section, params[measure], "=", figure)


@reads("rows_at_least")
def _rows_at_least(wishes: Wishes, params) -> None:
    wanted = {one["column"]: one["is"][0] for one in params.get("where") or ()}
    wishes.want_rows(params["section"], lambda writer: [dict(wanted) for _ in range(params["count"])])


@reads("rows_are")
def _rows_are(wishes: Wishes, params) -> None:
    wishes.cells.setdefault(params["section"], {})[params["column"]] = params["is"][0]


@reads("rows_differ")
def _rows_differ(wishes: Wishes, params) -> None:
    wishes.distinct.setdefault(params["section"], set()).add(params["column"])


@reads("rows_meet_thresholds")
def _thresholds(wishes: Wishes, params) -> None:
    """One row for the first kind that has a threshold; the figures follow from all that are for such rows."""
    wishes.thresholds.setdefault(params["section"], []).extend(params["rules"])
    first = {
        column: words if isinstance(words, str) else words[0]
        for column, words in (params["rules"][0].get("when") or {}).items()
    }
    wishes.want_rows(params["section"], lambda writer: [dict(first)])


@reads("attachment_required")
def _attachment(wishes: Wishes, params) -> None:
    wishes.attachments[params["kind"]] = max(params.get("count", 1), wishes.attachments.get(params["kind"], 0))
