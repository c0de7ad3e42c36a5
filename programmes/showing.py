"""A call in data and in text, for show_call."""

from decimal import Decimal

from jbgs.lib.clock import local
from programmes.indicators import IndicatorSpec
from programmes.spec import CallSpec, QuotaSpec, TaskSpec
from programmes.words import FORCES, QUOTA_SCOPES, WINDOWS

QUOTA_LABELS = {"recommend": "recommend", "shortlist": "shortlisted", "award": "won"}
"""The word of `labels` for what each quota limits."""


def call_as_data(spec: CallSpec) -> dict:
    """{slug, title, fields, windows, limits} as the README documents it; ready for json.dumps.

    An indicator's value is a number, [low, high] for a range, None for a text. Instants are ISO 8601 in China's time.
    """
    return {
        "slug": spec.slug,
        "title": spec.title,
        "fields": [
            {
                "name": field.name,
                "tasks": [
                    {
                        "code": task.code,
                        "title": task.title,
                        "category": spec.categories.get(task.category, task.category),
                        "indicators": [_indicator(indicator) for indicator in task.indicators],
                    }
                    for task in spec.tasks_of(field.code)
                ],
            }
            for field in spec.fields
        ],
        "windows": {
            name: {
                "opens_at": local(window.opens_at).isoformat() if window.opens_at else None,
                "closes_at": local(window.closes_at).isoformat(),
                "closes_text": window.closes_text,
            }
            for name, window in spec.windows.items()
        },
        "limits": limits_of(spec),
    }


def limits_of(spec: CallSpec) -> dict:
    """Quotas, and requirements that count something, by code: {limit, scope, force}."""
    limits = {
        code: {"limit": quota.limit, "scope": list(quota.scope), "force": quota.force}
        for code, quota in spec.quotas.items()
    }
    for rule in spec.requirements:
        if "count" in rule.params:
            limits[rule.code] = {"limit": rule.params["count"], "scope": [rule.level], "force": rule.force}
    return limits


def call_as_text(spec: CallSpec) -> str:
    """The call on a terminal: windows, limits, then every task with its targets."""
    lines = [spec.title, f"{spec.slug}　{spec.document_no}".rstrip("　"), ""]
    for name in (name for name in WINDOWS if name in spec.windows):
        window = spec.windows[name]
        opens = f"{local(window.opens_at):%Y-%m-%d %H:%M} 起，" if window.opens_at else ""
        lines.append(f"{WINDOWS[name]}：{opens}{window.closes_text} 止")
    lines += [_limit(spec, spec.quotas[code]) for code in QUOTA_LABELS if code in spec.quotas]
    for field in spec.fields:
        tasks = spec.tasks_of(field.code)
        lines += ["", f"{field.name}（{len(tasks)} 项）"]
        for task in tasks:
            lines.append(f"  {task.code}  {task.title}  [{spec.categories.get(task.category, task.category)}]")
            lines += [
                f"      {_part(task, indicator)}{indicator.name}  {_target(indicator)}" for indicator in task.indicators
            ]
            lines += [f"      单独规定　{_limit(spec, spec.quota_of(code, task.code))}" for code in task.quotas]
    return "\n".join(lines)


def _limit(spec: CallSpec, quota: QuotaSpec) -> str:
    """A quota in the call's own words: 立项：每个示范任务 硬性不超过 1 个."""
    name = spec.label(QUOTA_LABELS[quota.code])
    scope = "、".join(spec.labels.get(part) or QUOTA_SCOPES[part] for part in quota.scope)
    most = f"，说明理由的不超过 {quota.most} 个" if quota.most else ""
    return f"{name}：每个{scope} {FORCES[quota.force]}不超过 {quota.limit} 个{most}"


def _part(task: TaskSpec, indicator: IndicatorSpec) -> str:
    """The part of the task that an indicator belongs to, in brackets; nothing for one of all parts."""
    title = next((part.title for part in task.parts if part.code == indicator.part), "")
    return f"［{title}］" if title else ""


def _target(indicator: IndicatorSpec) -> str:
    conditions = f"（{indicator.conditions}）" if indicator.conditions else ""
    return f"{indicator.target_text}{conditions}"


def _indicator(indicator: IndicatorSpec) -> dict:
    value = indicator.value
    return {
        "name": indicator.name,
        "comparator": indicator.comparator,
        "value": [_number(end) for end in value] if isinstance(value, tuple) else _number(value),
        "unit": indicator.unit,
    }


def _number(value: Decimal | None) -> int | float | None:
    """JSON's number for an exact decimal; its shortest form says the same digits again."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
