"""The application as experts of a blind call read it: the same frozen Version without unit, people, number or code.

What is printed is a white list: sections of the types in PRINTED, and of their entries none that asks for a telephone
or an address. Everything typed is searched for the names of the unit, its partners and its people; what is found is
replaced by ××× and told to the officers (`Hit`), who read the material before experts do. A section type that nobody
has decided on is not printed.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from applications.models import Version
from applications.names import STRUCK, pattern_of
from applications.papers import SECTIONS, Label
from documents import jobs, pdf
from documents.text import numeral, printable, spread
from jbgs.lib.uploads import KINDS, readable_size
from programmes.spec import WHOLE
from programmes.words import word_of

PDF_KIND = "application_blind_pdf"
TEMPLATE = "papers/application.html"
HEAD = "匿名评审材料"
PRINTED = frozenset({"project", "budget", "commitments", "targets", "questions", "table", "attachments"})
LEFT_OUT = frozenset({"unit", "partners", "team", "pledge"})
"""Who applies: nothing of it remains without the names. The unit's words on soft requirements go too."""
PERSONAL_KINDS = frozenset({"phone", "email"})
UNIT_WORDS = ("legal_person", "contact_name", "contact_phone", "code", "certificate_no", "address")


@dataclass(frozen=True)
class Hit:
    """A name that was struck out: in which section, which words, how often."""

    section: str
    words: str
    count: int


def blind_content(content: dict, names: Iterable[str] = ()) -> tuple[dict, list[Hit]]:
    """What of a version's content is printed, struck through, and the hits. `names`: further people, such as the one
    who filed."""
    pattern = pattern_of(*_names(content, names))
    hits: Counter = Counter()
    form, sections = [], {}
    for section in content["form"]:
        if section["type"] not in PRINTED:
            continue
        options = _impersonal(section.get("options") or {})
        data = _kept(content["sections"].get(section["key"]) or {}, section.get("options") or {})
        form.append({**section, "options": options})
        sections[section["key"]] = _strike(data, pattern, section["title"], hits)
    title = _strike(content.get("title", ""), pattern, "名称", hits)
    commitments = _strike(content.get("commitments", {}), pattern, "指标承诺", hits)
    shown = {
        "title": title,
        "call": content["call"],
        "task": content["task"],
        "unit": {"name": ""},
        "form": form,
        "sections": sections,
        "indicators": content["indicators"],
        "commitments": commitments,
        "attachments": anonymous_attachments(content),
    }
    return shown, [Hit(section, words, count) for (section, words), count in sorted(hits.items())]


def _names(content: dict, names: Iterable[str]) -> tuple[set[str], set[str]]:
    """(units, other words) by which somebody could be known."""
    unit = content.get("unit", {})
    units = {unit.get("name", ""), content.get("department", {}).get("name", "")}
    others = {str(unit.get(word) or "") for word in UNIT_WORDS} | {content.get("number", ""), *names}
    for row in _rows(content, "partners"):
        units.add(str(row.get("name") or ""))
        others |= {str(row.get("code") or ""), str(row.get("contact") or ""), str(row.get("phone") or "")}
    for row in _rows(content, "team"):
        units.add(str(row.get("employer") or ""))
        others |= {str(row.get(word) or "") for word in ("name", "phone", "email", "id_number")}
    for pledge in content.get("pledges", {}).values():
        others |= set(re.split("[、，,]", pledge.get("signer", "")))
    for section in content["form"]:
        others |= _personal_answers(section, content["sections"].get(section["key"]) or {})
    return units, others


def _rows(content: dict, type_: str) -> list[dict]:
    found = []
    for section in content["form"]:
        if section["type"] == type_:
            rows = (content["sections"].get(section["key"]) or {}).get("rows")
            found += [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return found


def _personal_answers(section: dict, data: dict) -> set[str]:
    """What was answered to a question for a telephone or an address."""
    options = section.get("options") or {}
    asked = [*options.get("questions", ()), *options.get("fields", ())]
    keys = {one["key"] for one in asked if one.get("kind") in PERSONAL_KINDS}
    answers = {**data, **(data.get("answers") or {})}
    return {str(answers.get(key) or "") for key in keys}


def _impersonal(options: dict) -> dict:
    """The options of a section without the questions and columns for telephones and addresses."""
    return {
        key: [one for one in value if one.get("kind") not in PERSONAL_KINDS]
        if key in ("questions", "columns")
        else value
        for key, value in options.items()
    }


def _kept(data: dict, options: dict) -> dict:
    """The data of a section without what was typed into those."""
    personal = {one["key"] for one in options.get("columns", ()) if one.get("kind") in PERSONAL_KINDS}
    rows = data.get("rows")
    if not personal or not isinstance(rows, list):
        return data
    plain = [{key: value for key, value in row.items() if key not in personal} for row in rows if isinstance(row, dict)]
    return {**data, "rows": plain}


def _strike(value, pattern: re.Pattern, section: str, hits: Counter):
    """Text, list or dict without the names; what was found is counted under the section's title."""
    if isinstance(value, str):

        def strike(match):
            hits[section, re.sub(r"\s+", "", match[0])] += 1
            return STRUCK

        return pattern.sub(strike, value)
    if isinstance(value, dict):
        return {key: _strike(item, pattern, section, hits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_strike(item, pattern, section, hits) for item in value]
    return value


def anonymous_attachments(content: dict) -> list[dict]:
    """The files of the kinds that the call marks `anonymous`, under names that say only what they are."""
    kinds = {
        kind["key"]
        for section in content.get("form", ())
        if section["type"] == "attachments"
        for kind in (section.get("options") or {}).get("kinds", ())
        if kind.get("anonymous")
    }
    found, serial = [], Counter()
    for row in content.get("attachments", ()):
        if row["kind"] in kinds:
            serial[row["kind"]] += 1
            suffix = row["name"].rsplit(".", 1)[-1].lower()
            suffix = suffix if any(f".{suffix}" in kind.suffixes for kind in KINDS.values()) else "bin"
            found.append({**row, "name": f"{row['kind_label']}{serial[row['kind']]}.{suffix}", "sha256": ""})
    return found


def blind_paper(content: dict, *, label: Label = word_of) -> dict:
    """Context of TEMPLATE from `blind_content`: no identifiers, no code, nothing at the foot of its pages."""
    content = printable(content) | {"label": label}
    form = [one for one in content["form"] if one["type"] != "commitments" or content["indicators"]]
    form = [one for one in form if one["type"] != "attachments" or content["attachments"]]
    sections = [_section(content, section) | {"numeral": numeral(position)} for position, section in enumerate(form, 1)]
    name = f"{content['call']['title']}{label('application')}"
    return {
        "title": f"{HEAD}　{content['title']}",
        "words": {key: label(key) for key in ("application", "lead", "partner", "leader", "indicator")},
        "programme": content["call"]["title"],
        "cover": _cover(content),
        "ids": [(spread("材料"), HEAD)],
        "head": f"{name}　{HEAD}",
        "sections": sections,
        "unit_name": "",
    }


def _cover(content: dict) -> list[tuple[str, str]]:
    task, label = content["task"], content["label"]
    listed = task["code"] != WHOLE
    facts = [
        (label("field"), task.get("field", "") if listed else ""),
        (label("task"), task["title"] if listed else ""),
        (label("title"), content["title"] or " "),
    ]
    return [(spread(word), value.strip()) for word, value in facts if value]


def _section(content: dict, section: dict) -> dict:
    data = content["sections"].get(section["key"]) or {}
    shown = {"title": section["title"], "type": section["type"], "draft": False}
    if section["type"] == "attachments":
        rows = [{**row, "size_text": readable_size(row["size"])} for row in content["attachments"]]
        return shown | {"template": "papers/sections/attachments_blind.html", "rows": rows}
    made = SECTIONS[section["type"]](content, data, section.get("options") or {})
    return {**shown, "template": f"papers/sections/{section['type']}.html", **made}


# ---- the file ----


def material(version: Version) -> tuple[dict, list[Hit]]:
    """`blind_content` of one frozen Version; its application comes with who filed it."""
    people = {version.created_by.name, version.application.created_by.name}
    return blind_content(version.content, people | {version.code})


def paper_of(version: Version) -> tuple[bytes, str]:
    """(PDF, file name): the name is that of the work, never a number."""
    content, _ = material(version)
    context = blind_paper(content, label=version.application.call.spec.label)
    name = re.sub(r'[\\/:*?"<>|\s]+', " ", content["title"]).strip()[:60] or HEAD
    return pdf.render(TEMPLATE, context), f"{name}.pdf"


def request_pdf(version: Version, *, by=None):
    """The artifact of a version's material without names, asked for now if nobody has."""
    return jobs.request(PDF_KIND, f"version:{version.pk}", params={"version": version.pk}, by=by)
