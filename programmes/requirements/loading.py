"""A rule of a document: are its figures right, and does the form have what it names?"""

from programmes.checks import Record
from programmes.requirements.base import ATTACHMENTS


def check_params(document, rule, params, path, report):
    """The figures of a rule; only where they have their form, also what they name."""
    wrong: list = []
    Record(rule.params)(params, path, lambda *problem: wrong.append(problem))
    for problem in wrong:
        report(*problem)
    if not wrong:
        _named_places(document, rule, params, path, report)


def _named_places(document, rule, params, path, report):
    """A rule that names a section, a question, a column or a kind of file names one that the form has."""
    entries = {section["key"]: _entries_of(section) for section in document["form"]}
    entries[ATTACHMENTS] = [key for section in document["form"] for key in _entries_of(section, ATTACHMENTS)]
    for place, section, entry in rule.names(params):
        where = (*path, *place)
        if section not in entries:
            report((*path, place[0]), section, "form 中的键：" + "、".join(one["key"] for one in document["form"]))
        elif entry and entry not in entries[section]:
            report(where, entry, "该节中的键：" + ("、".join(entries[section]) or "（没有）"))


def _entries_of(section, type_: str = "") -> list[str]:
    """The keys of a section's questions, fields, rows and columns; of its kinds of files, for the attachments."""
    if type_ and section["type"] != type_:
        return []
    parts = ("kinds",) if type_ else ("questions", "fields", "rows", "columns")
    options = section.get("options", {})
    return [entry["key"] for part in parts for entry in options.get(part, ())]
