"""The document of a CallVersion → a CallSpec. programmes.schema has validated the document before it was stored."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from programmes.indicators import IndicatorSpec
from programmes.instants import closes_text, read_instant
from programmes.requirements import REGISTRY
from programmes.review_spec import read_review
from programmes.spec import (
    HARD,
    SOFT,
    WHOLE,
    AppealGroundSpec,
    CallSpec,
    CheckItemSpec,
    ClockSpec,
    FieldSpec,
    FlowSpec,
    FormSpec,
    GroundSpec,
    ObligationSpec,
    OwnerSpec,
    PartSpec,
    QuotaSpec,
    RecommenderSpec,
    RequirementSpec,
    SectionSpec,
    SummaryColumn,
    SummaryTable,
    TaskSpec,
    WindowSpec,
)

CACHE_SIZE = 64
_cache: dict[str, CallSpec] = {}


def spec_of(sha256: str, load: Callable[[], Mapping]) -> CallSpec:
    """The spec of the document with this hash; `load` is asked for the document only when it is not cached."""
    if sha256 not in _cache:
        while len(_cache) >= CACHE_SIZE:
            _cache.pop(next(iter(_cache)))
        _cache[sha256] = parse_document(load())
    return _cache[sha256]


def parse_document(document: Mapping) -> CallSpec:
    """Build the spec of one validated document."""
    return CallSpec(
        slug=document["slug"],
        title=document["title"],
        year=document["year"],
        document_no=document.get("document_no", ""),
        number_prefix=document.get("number_prefix", ""),
        labels=MappingProxyType(dict(document.get("labels", {}))),
        categories=MappingProxyType({item["code"]: item["name"] for item in document.get("categories", [])}),
        fields=tuple(_field(item) for item in fields_of(document)),
        tasks=MappingProxyType({item["code"]: _task(item) for item in tasks_of(document)}),
        windows=MappingProxyType({name: parse_window(name, item) for name, item in document["windows"].items()}),
        flow=_flow(document.get("flow", {})),
        quotas=MappingProxyType({code: _quota(code, item) for code, item in document.get("quotas", {}).items()}),
        requirements=tuple(_requirement(item) for item in document.get("requirements", [])),
        form=FormSpec(tuple(_section(item) for item in document["form"])),
        review=read_review(document.get("review", {})),
        clocks=MappingProxyType({name: _clock(name, item) for name, item in document.get("clocks", {}).items()}),
        texts=MappingProxyType(dict(document.get("texts", {}))),
        recommenders=_recommenders(document.get("recommenders", {})),
        check_items=tuple(CheckItemSpec(**item) for item in document.get("check_items", [])),
        grounds=tuple(GroundSpec(**item) for item in document.get("grounds", [])),
        obligations=tuple(_obligation(item) for item in document.get("obligations", [])),
        appeal_grounds=tuple(AppealGroundSpec(**item) for item in document.get("appeal_grounds", [])),
        summary_table=_summary_table(document.get("summary_table", {})),
    )


def fields_of(document: Mapping) -> list[Mapping]:
    """The fields as written; one that bears the call's title where the document has none."""
    return document.get("fields") or [{"code": WHOLE, "name": document["title"]}]


def tasks_of(document: Mapping) -> list[Mapping]:
    """The tasks as written; one that bears the call's title and its indicators where the document has none."""
    whole = {"code": WHOLE, "title": document["title"], "indicators": document.get("indicators", [])}
    return document.get("tasks") or [whole | {"field": fields_of(document)[0]["code"]}]


def parse_window(name: str, item: Mapping) -> WindowSpec:
    """One window of the document: {opens?, closes}."""
    closes_at = read_instant(item["closes"], closing=True)
    opens_at = read_instant(item["opens"]) if item.get("opens") else None
    return WindowSpec(name, opens_at, closes_at, closes_text(closes_at))


def _field(item: Mapping) -> FieldSpec:
    return FieldSpec(item["code"], item["name"], MappingProxyType(dict(item.get("contact", {}))))


def _task(item: Mapping) -> TaskSpec:
    return TaskSpec(
        code=item["code"],
        field=item["field"],
        title=item["title"],
        category=item.get("category", ""),
        summary=item.get("summary", ""),
        indicators=tuple(_indicator(indicator) for indicator in item.get("indicators", [])),
        keywords=tuple(item.get("keywords", [])),
        disciplines=tuple(item.get("disciplines", [])),
        details=tuple((detail["label"], detail["text"]) for detail in item.get("details", [])),
        parts=tuple(PartSpec(**part) for part in item.get("parts", [])),
        owner=OwnerSpec(**item["owner"]) if item.get("owner") else None,
        requirements=tuple(_requirement(rule) for rule in item.get("requirements", [])),
        quotas=MappingProxyType({code: MappingProxyType(dict(own)) for code, own in item.get("quotas", {}).items()}),
    )


def _indicator(item: Mapping) -> IndicatorSpec:
    value = item.get("value")
    if isinstance(value, list):
        value = (Decimal(value[0]), Decimal(value[1]))
    elif value is not None:
        value = Decimal(value)
    words = {key: item[key] for key in ("unit", "conditions", "sense", "group", "text", "part") if item.get(key)}
    return IndicatorSpec(item["code"], item["name"], item["comparator"], value, **words)


def _flow(item: Mapping) -> FlowSpec:
    publicity = item.get("publicity", {})
    switches = {key: value for key, value in item.items() if key != "publicity"}
    if publicity:
        switches |= {"publicity_days": publicity["count"], "publicity_unit": publicity["unit"]}
    return FlowSpec(**switches)


def _quota(code: str, item: Mapping) -> QuotaSpec:
    return QuotaSpec(code, tuple(item["scope"]), item["limit"], item.get("force", SOFT), item.get("most", 0))


def _requirement(item: Mapping) -> RequirementSpec:
    return RequirementSpec(
        code=item["code"],
        params=MappingProxyType(dict(item.get("params", {}))),
        force=item.get("force", HARD),
        field=item.get("field", ""),
        level=REGISTRY[item["code"]].level,
        categories=tuple(item.get("categories", [])),
        add=item.get("add", False),
    )


def _section(item: Mapping) -> SectionSpec:
    words = {key: item[key] for key in ("help", "required") if key in item}
    options, when = (MappingProxyType(dict(item.get(part, {}))) for part in ("options", "when"))
    return SectionSpec(item["key"], item["type"], item["title"], **words, options=options, when=when)


def _obligation(item: Mapping) -> ObligationSpec:
    questions = tuple(MappingProxyType(dict(question)) for question in item.get("questions", []))
    return ObligationSpec(**{key: value for key, value in item.items() if key != "questions"}, questions=questions)


def _clock(name: str, item: Mapping) -> ClockSpec:
    words = (item.get("after", ""), item.get("from", ""), item.get("roll", "none"))
    return ClockSpec(name, item["count"], item["unit"], *words)


def _summary_table(item: Mapping) -> SummaryTable:
    columns = tuple(SummaryColumn(**column) for column in item.get("columns", []))
    title = {"title": item["title"]} if item.get("title") else {}
    return SummaryTable(**title, columns=columns, notes=tuple(item.get("notes", [])))


def _recommenders(item: Mapping) -> RecommenderSpec:
    return RecommenderSpec(tuple(item.get("kinds", [])), tuple(item.get("codes", [])))
