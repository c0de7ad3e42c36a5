"""What is typed in the review's pages. Rules stay in the workflow; forms only read and say what is missing."""

from django import forms

from jbgs.lib import clock
from reviews import draw_words

CLOSE = (
    ("employed", "现在或近 3 年内在申报单位、联合单位任职"),
    ("cooperated", "近 3 年内与项目成员有合作项目、共同论文或专利"),
    ("family", "近亲属、师生关系"),
    ("other", "其他可能影响公正的情形（请说明）"),
)


class LocalTime(forms.DateTimeField):
    """A date and time as people in China read it; `datetime-local` in the browser."""

    def __init__(self, **named):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **named)
        self.error_messages["invalid"] = "请填写日期和时间，如 2025-04-18 18:00。"


class RecusalForm(forms.Form):
    """Which relation the expert has, with words of their own where none of the listed ones fits."""

    relation = forms.ChoiceField(
        label="与该申报的关系",
        choices=CLOSE,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择与该申报的关系。"},
    )
    note = forms.CharField(
        label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选“其他”时必填，只有主管能看到。",
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("relation") == "other" and not cleaned.get("note", "").strip():
            self.add_error("note", "请说明具体情形。")
        return cleaned

    @property
    def reason(self) -> str:
        """The relation in words, and what was added."""
        words, note = dict(CLOSE)[self.cleaned_data["relation"]], self.cleaned_data["note"].strip()
        if self.cleaned_data["relation"] == "other":
            return note
        return f"{words}。{note}" if note else words


class Whole(forms.IntegerField):
    """A whole number in a range; whatever is wrong is told with the range."""

    def __init__(self, *, most: int, **named):
        super().__init__(min_value=0, max_value=most, **named)
        words = f"请填写 0 至 {most} 的整数。"
        self.error_messages |= dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)


class Share(forms.DecimalField):
    """A match as people read it, 0.50; cleaned it is thousandths, as `Settings` keeps it."""

    WRONG = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")

    def __init__(self, **named):
        super().__init__(min_value=0, max_value=1, max_digits=4, decimal_places=3, **named)
        self.error_messages |= dict.fromkeys(self.WRONG, "请填写 0 至 1 的小数，最多三位，如 0.50。")

    def clean(self, value):
        share = super().clean(value)
        return None if share is None else int(share * 1000)

    def prepare_value(self, value):
        return f"{value / 1000:.3f}".removesuffix("0") if isinstance(value, int) else value


class ConditionsForm(forms.Form):
    """The conditions of a draw (`workflow.planning.set_conditions`); the number of experts is the call's."""

    mode = forms.ChoiceField(choices=[(code, words) for code, (words, _) in draw_words.MODES.items()])
    panel = forms.ChoiceField(choices=list(draw_words.PANELS.items()))
    recusal = forms.ChoiceField(choices=list(draw_words.RECUSALS.items()))
    noise = Share(label="随机扰动", required=False)
    qualified_from = Share(label="匹配度下限", required=False)
    per_employer = Whole(label="同一单位最多", most=20)
    per_region = Whole(label="同一地区最多", most=20)
    employer_hard = forms.BooleanField(required=False)
    region_hard = forms.BooleanField(required=False)
    load = Whole(label="本批次每人最多", most=500)
    alternates = Whole(label="候补", most=20)
    due_at = LocalTime(label="评审截止", error_messages={"required": "请填写评审截止时间。"})

    def clean_due_at(self):
        due_at = self.cleaned_data["due_at"]
        if due_at <= clock.now():
            raise forms.ValidationError("评审截止须晚于现在。")
        return due_at

    @property
    def conditions(self) -> dict:
        """What `set_conditions` takes, matches in thousandths; what was left empty stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}
