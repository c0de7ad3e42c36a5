"""A frozen version as a page: the same facts that its paper prints, section by section."""

from applications import papers
from applications.models import Version
from programmes.words import word_of

FACTS = ("project", "unit")
"""Sections that are labels with values; the lines of a pledge are places to sign."""


def sections_of(version: Version, label: papers.Label = word_of) -> list[dict]:
    """One dict for each section of the form: title, type, anchor, template, and what `papers` says for that type.

    `label`: the words of its call.
    """
    paper = papers.application_paper(version.content, draft=True, label=label)  # a draft draws no code
    sections = []
    for place, section in enumerate(paper["sections"], 1):
        template = f"applications/backoffice/content/{section['type']}.html" if section["template"] else ""
        lines = section.get("lines", ()) if section["type"] in FACTS else ()
        facts = [(label.replace("\n", ""), value) for line in lines for label, value in line]
        sections.append({**section, "anchor": f"s{place}", "template": template, "facts": facts})
    return sections
