"""What the pages of the form share: the check of the whole application, the rail, one section's sheet."""

from functools import cached_property

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from applications import checking, rules
from applications.facts import facts_of
from applications.forms.problems import Problems, link
from applications.forms.sheet import Sheet
from applications.models import Application, Section
from applications.renewal import renewal_of
from applications.standing import Case
from applications.states import State
from applications.views.base import new_key
from jbgs.lib import clock
from programmes.requirements import Finding
from programmes.spec import SectionSpec
from programmes.windows import Timetable

CHILDREN = ("sections__saved_by", "partners", "members", "budget_lines", "commitments", "attachments", "pledges__user")
NUMERALS = "一二三四五六七八九十"
WIDE = {"partners", "team", "budget", "commitments", "targets", "table"}


def numeral(number: int) -> str:
    """一 … 十、十一 …: the number of a section as papers print it; up to 19."""
    return NUMERALS[number - 1] if number <= 10 else f"十{NUMERALS[number - 11]}"


class Frame:
    """One application as its form shows it. Everything is read once: about a dozen queries."""

    def __init__(self, application: Application):
        prefetch_related_objects([application], *CHILDREN)
        self.application = application
        self.spec = application.call_version.spec
        self.task = checking.task_of(application)
        self.facts = facts_of(application)
        self.form = self.facts.form
        self.checked = checking.check(application, self.facts)
        self.problems = Problems(self.form, self.facts, self.checked)

    @cached_property
    def case(self) -> Case:
        return Case(self.application, self.application.call.spec, Timetable(self.application.call), clock.now())

    def saved(self, section: SectionSpec) -> Section:
        """The section's row; an unsaved one where the form got a section after the draft was opened."""
        held = {row.key: row for row in self.application.sections.all()}
        return held.get(section.key) or Section(application=self.application, key=section.key)

    def rail(self) -> list[dict]:
        """The sections with how far each is, and a sentence of the whole."""
        return [
            {"progress": progress, "title": f"{numeral(progress.number)}、{progress.section.title}"}
            for progress in self.problems.progress()
        ]

    def todo(self) -> list[dict]:
        """What stands between the draft and the submit, in groups; each with a link to its place."""
        titles = {"wrong": "错误", "missing": "未填", "advice": "建议核对"}
        icons = {"wrong": "warn", "missing": "ring", "advice": "info"}
        groups = []
        for kind, title in titles.items():
            places = [
                {"sentence": place.sentence, "section": place.section.title, "url": link(self.application, place)}
                for place in self.problems.kind(kind)
            ]
            if kind == "wrong":
                places += [{"sentence": found.sentence, "section": "", "url": ""} for found in self.problems.elsewhere]
            if places:
                groups.append({"kind": kind, "title": title, "icon": icons[kind], "places": places})
        return groups

    def satisfied(self) -> list[Finding]:
        """The rules that hold, of sections in which there is something to hold them against."""
        started = {section.key for section in self.form.sections if self.problems.is_started(section)}
        return [found for found in self.checked.findings if found.ok and found.section in started]

    def sheet(self, section: SectionSpec, *, data=None, checked: bool = False, spare: int = 0) -> Sheet:
        """The section's sheet, from what is saved or from `data` that could not be saved."""
        data = self.saved(section).data if data is None else data
        places = self.problems.of(section)
        people = [member.name.strip() for member in self.facts.team]
        return Sheet(section, data, places, task=self.task, people=people, checked=checked, spare=spare)

    def page_context(self) -> dict:
        """What every page of the form shows around its section."""
        rail = self.rail()
        done = sum(entry["progress"].tone == "ok" or entry["progress"].note == "选填" for entry in rail)
        return {
            "frame": self, "application": self.application, "call_spec": self.case.spec, "task": self.task,
            "rail": rail, "done": done, "percent": round(100 * done / len(rail)), "todo": self.todo(),
            "blocking": self.problems.blocking, "window": self.case.filing, "deadline": {"closes_at": self._due_at()},
            "renewal": renewal_of(self.application), "renewal_key": new_key(),
            "deadline_label": "补正" if self.application.supplement_due_at else "单位申报", "asked": self._asked(),
        }  # fmt: skip

    def _due_at(self):
        return self.application.supplement_due_at or self.case.filing.closes_at

    def _asked(self) -> dict | None:
        """What the recommender or the officer wants changed, while the unit is at it."""
        asks = {State.RETURNED: "return_for_changes", State.IN_SUPPLEMENT: "request_supplement"}
        if self.application.state not in asks:
            return None
        said = self.application.opinions.filter(verb=asks[self.application.state]).last()
        if said is None:
            return None
        items = "\n".join(f"{number}. {item}" for number, item in enumerate(said.items, 1))
        title = "退回意见" if self.application.state == State.RETURNED else "补正通知"
        return {"title": title, "text": items or said.text}

    def section_context(self, section: SectionSpec, **sheet) -> dict:
        """The page of one section."""
        rail = self.rail()
        place = next(i for i, entry in enumerate(rail) if entry["progress"].section.key == section.key)
        return self.page_context() | {
            "section": section, "title": rail[place]["title"], "progress": rail[place]["progress"],
            "before": rail[place - 1] if place else None, "after": rail[place + 1] if place + 1 < len(rail) else None,
            "saved": self.saved(section), "sheet": self.sheet(section, **sheet), "is_wide": section.type in WIDE,
            "template": f"applications/sections/{section.type}.html", "checked": sheet.get("checked", False),
            "pledge_text": self._pledge_text(section), "files": files_by_kind(self.application),
            "saved_words": self._saved_words(section), "pledge": self._pledge(section),
            "gone": self._gone(section),
        }  # fmt: skip

    def _gone(self, section: SectionSpec) -> list[dict]:
        """What an older form asked in this section, and in sections that there are no more."""
        kept = {one.key for one in self.spec.form.sections}
        rows = [row for row in self.application.sections.all() if row.key == section.key or row.key not in kept]
        return [item for row in rows for item in row.data.get("gone", [])]

    def _saved_words(self, section: SectionSpec) -> str:
        row = self.saved(section)
        if not row.saved_at:
            return ""
        there = clock.local(row.saved_at)
        day = "" if there.date() == clock.today() else f"{there:%-m月%-d日} "
        return f"已保存 {day}{there:%H:%M:%S}，{row.saved_by.name}"

    def _pledge(self, section: SectionSpec):
        if section.type != "pledge":
            return None
        rows = self.application.pledges.all()
        return next((row for row in rows if row.withdrawn_at is None and row.section == section.key), None)

    def _pledge_text(self, section: SectionSpec) -> str:
        return self.case.spec.texts.get(section.options.get("text", "pledge"), "") if section.type == "pledge" else ""


def files_by_kind(application: Application) -> dict[str, list]:
    """The files that are there now, by kind."""
    held: dict[str, list] = {}
    for row in application.attachments.all():
        if row.removed_at is None:
            held.setdefault(row.kind, []).append(row)
    return held


def fragments(request: HttpRequest, frame: Frame, section: SectionSpec) -> dict[str, str]:
    """The parts of the page that a save may change, as HTML by the name of their place (data-fragment)."""
    context = frame.section_context(section)
    names = ["rail", "todo", "say", "next"] + (["summary"] if section.type in ("team", "budget") else [])
    parts = {name: render_to_string(f"applications/_{name}.html", context, request) for name in names}
    for row in context["sheet"].rows if section.type == "commitments" else []:
        parts[f"mark-{row.at}"] = render_to_string("applications/_mark.html", {"mark": row.mark})
    return parts


def section_url(application: Application, key: str) -> str:
    return reverse("applications:section", args=[application.pk, key])


def is_editable(application: Application) -> bool:
    return rules.can_edit.open(application)
