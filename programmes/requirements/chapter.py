"""The requirements as a chapter of docs/programme-format.md, made from the classes so that it cannot lag behind."""

from programmes.requirements.catalogue import catalogue

TITLES = {
    "promises": "The form, promises and time",
    "units": "The lead unit",
    "partners": "Units that apply together",
    "people": "The team and its leader",
    "money": "Money",
    "values": "Single answers",
    "tables": "Rows of a table",
    "sizes": "The size of an enterprise",
    "files": "Signatures and files",
    "history": "What units and people do elsewhere",
    "relations": "How units hang together",
    "lists": "A recommender's whole list",
}
INTRO = """\
Each is a small class in `programmes/requirements/` that looks only at `programmes.facts.Facts` and answers with
a sentence. `manage.py list_requirements [--json] [CODE …]` prints them with the rows of the rule tables
(`docs/rules.csv`) they serve.

    requirements:
      - {code: partners_at_most, params: {count: 4}}
      - {code: share_at_most, params: {sources: [state], percent: 50}, force: soft}

`force: hard` (the default) refuses the submit; `soft` (原则上) asks the unit for a reason, which stays with the
version and is read by the department, the officers and on the paper. `field` names the place that a finding
points to where the rule has none: a section's key of `form`, or `section.question`. `categories` limits a rule
to tasks of these categories. A task may have `requirements` of its own: one whose code the call uses too replaces
the call's rules of that code, unless it says `add: true`. A rule on a recommender's whole list stands among the
call's rules only, and only where `flow.recommendation_list` is on.

Every rule on an application also takes `lead_types: [enterprise, …]` (asked only of such leads) and `when:
{section, question, is: [answers]}` (asked only where that was answered). A rule on a question that is not asked
of an application is not asked either. Answers of `yes_no` are `yes` and `no`. `where: [{column, is: […]}]`
picks rows of a table.

A rule on what happens elsewhere counts everything that was submitted and not withdrawn; `within: task | call |
programme | year | all` says how far it looks, `standings: [pending, ongoing, won, ended]` narrows it,
`programmes: [slug, …]` too. People are the same by ID number, or by name and birth date where one of the two
gives no number.
"""


def markdown() -> str:
    """The chapter without its heading."""
    parts, theme = [INTRO.rstrip()], ""
    for entry in catalogue():
        if entry["theme"] != theme:
            theme = entry["theme"]
            parts.append(f"### {TITLES[theme]}")
        parts.append(_entry(entry))
    return "\n\n".join(parts) + "\n"


def _entry(entry: dict) -> str:
    rows = f" ({', '.join(entry['rows'])})" if entry["rows"] else ""
    lines = [f"**`{entry['code']}`**{rows}: {' '.join((entry['meaning'], entry['notes'])).strip()}"]
    lines += [f"- `{_param(param)}`" for param in entry["params"]]
    lines.append(f"- example: `{_flow(entry['example'])}`")
    lines.append(f"  ({entry['says']})")
    return "\n".join(lines)


def _param(param: dict) -> str:
    """name: type, optional ones with what holds where they are left out."""
    if param["required"]:
        return f"{param['name']}: {param['type']}"
    default = param["default"]
    short = default if not isinstance(default, list) or len(default) <= 4 else [*default[:4], "…"]
    return f"{param['name']}?: {param['type']}" + (f" = {_flow(short)}" if short is not None else "")


def _flow(value) -> str:
    """A value as YAML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    text = str(value)
    quoted = isinstance(value, str) and (text.isdigit() or text in (">=", "<=", ">", "<", "=", "%") or "：" in text)
    return f'"{text}"' if quoted else text
