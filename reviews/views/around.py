"""What is kept around an expert, on the officers' page and on the expert's own: forms, rows, and the acts on them."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from reviews import workflow
from reviews.disciplines import Tree
from reviews.expert_forms import AwayForm, BanForm, DisciplinesForm, EmploymentForm, EndForm, RelationForm
from reviews.models import Absence, Employment, Expert, Relation
from reviews.views.base import pass_on_forbidden


@dataclass(frozen=True)
class Act:
    """One button. `form`: what it asks; `verb`: the workflow's; `row`: the model of the row it acts on (None: on the
    expert); `done`: what is said afterwards."""

    verb: Callable
    done: str
    form: type[forms.Form] | None = None
    row: type | None = None


ACTS = {
    "employment": Act(workflow.add_employment, "已登记任职单位。", EmploymentForm),
    "end": Act(workflow.end_employment, "已登记离任。", EndForm, Employment),
    "relation": Act(workflow.declare_relation, "已登记利益关系。", RelationForm),
    "withdraw": Act(workflow.withdraw_relation, "这项关系不再计入回避。", row=Relation),
    "away": Act(workflow.go_away, "已登记请假时间。", AwayForm),
    "ban": Act(workflow.ban_expert, "已登记禁评。", BanForm),
    "lift": Act(workflow.lift, "已提前结束。", row=Absence),
    "disciplines": Act(workflow.choose_disciplines, "已保存学科方向。", DisciplinesForm),
}


class Around:
    """The forms of a page, one of them filled in when it was sent and refused."""

    def __init__(self, request, expert: Expert):
        self.request, self.expert, self.tree = request, expert, Tree.load()
        self.status, self.refused = 200, None
        self.forms = {name: self._form(name) for name, act in ACTS.items() if act.form and not act.row}
        self.sent = ""

    def _form(self, name: str, data=None):
        named = {"auto_id": f"{name}_%s"}
        if name == "disciplines":
            named |= {"tree": self.tree, "initial": {"disciplines": self.expert.disciplines}}
        return ACTS[name].form(data, **named)

    def act(self) -> bool:
        """Do what the form asks; False leaves the refusal in the page. 403 for strangers, 404 for unknown buttons."""
        workflow.require_keeper(self.expert, by=self.request.user)
        self.sent = self.request.POST.get("do", "")
        act = ACTS.get(self.sent)
        if act is None:
            raise Http404("没有这一项办理。")
        target = self._row(act)
        form = self._form(self.sent, self.request.POST) if act.form else None
        if form is not None and not act.row:
            self.forms[self.sent] = form
        if form is not None and not form.is_valid():
            self.status = 422
            self.refused = "；".join(str(error) for errors in form.errors.values() for error in errors)
            return False
        try:
            act.verb(target, by=self.request.user, **(form.cleaned_data if form else {}))
        except Refused as refused:
            self._show(refused, form)
            return False
        messages.success(self.request, act.done)
        return True

    def _row(self, act: Act):
        """The expert, or the row of theirs that the form names."""
        if act.row is None:
            return self.expert
        pk = whole_number(self.request.POST.get("row", ""))
        row = act.row.objects.filter(pk=pk, expert=self.expert).select_related("expert").first()
        if row is None:
            raise Http404("没有这一项，或者已经不在。")
        return row

    def _show(self, refused: Refused, form) -> None:
        pass_on_forbidden(refused)
        self.status, self.refused = refused.status, refused.sentence
        if form is not None:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)

    def context(self) -> dict:
        """Rows and forms for `_employments.html`, `_relations.html`, `_absences.html`."""
        today = clock.today()
        return {
            "employments": list(self.expert.employments.all()),
            "relations": list(self.expert.relations.all()),
            "absences": list(self.expert.absences.select_related("by", "lifted_by")),
            "discipline_names": [self.tree.label(word) for word in self.expert.disciplines],
            "forms": self.forms,
            "sent": self.sent,
            "refused": self.refused,
            "today": today,
        }
