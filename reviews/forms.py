"""What is typed in the review's pages. Rules stay in the workflow; forms only read and say what is missing."""

from django import forms

from jbgs.lib import clock
from jbgs.lib.regions import REGIONS
from reviews import draw_words
from reviews.models import Expert

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


class ConditionsForm(forms.Form):
    """The conditions of a draw (`workflow.planning.set_conditions`); the number of experts is the call's."""

    mode = forms.ChoiceField(choices=[(code, words) for code, (words, _) in draw_words.MODES.items()])
    panel = forms.ChoiceField(choices=list(draw_words.PANELS.items()))
    recusal = forms.ChoiceField(choices=list(draw_words.RECUSALS.items()))
    noise = forms.IntegerField(label="随机扰动", min_value=0, max_value=1000, required=False)
    qualified_from = forms.IntegerField(label="对口下限", min_value=0, max_value=1000, required=False)
    per_employer = forms.IntegerField(label="同一单位最多", min_value=0, max_value=20)
    per_region = forms.IntegerField(label="同一地区最多", min_value=0, max_value=20)
    employer_hard = forms.BooleanField(required=False)
    region_hard = forms.BooleanField(required=False)
    load = forms.IntegerField(label="本批次每人最多", min_value=0, max_value=500)
    alternates = forms.IntegerField(label="候补", min_value=0, max_value=20)
    due_at = LocalTime(label="评审截止", error_messages={"required": "请填写评审截止时间。"})

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        for field in self.fields.values():
            field.error_messages.setdefault("required", "请填写。")
            field.error_messages |= (
                {"required": "请填写这一项。", "invalid": "请填写整数。"}
                if isinstance(field, forms.IntegerField)
                else {}
            )

    def clean_due_at(self):
        due_at = self.cleaned_data["due_at"]
        if due_at <= clock.now():
            raise forms.ValidationError("评审截止须晚于现在。")
        return due_at

    @property
    def conditions(self) -> dict:
        """What `set_conditions` takes; what was left empty stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class ExpertFilter(forms.Form):
    """The filters of the list of experts; a plain GET form."""

    q = forms.CharField(label="姓名或单位", required=False)
    discipline = forms.ChoiceField(label="学科方向", required=False)
    available = forms.ChoiceField(
        label="参加评审", required=False, choices=[("", "全部"), ("1", "可以参加"), ("0", "暂不参加")]
    )

    def __init__(self, *args, disciplines: list[str], **named):
        super().__init__(*args, **named)
        self.fields["discipline"].choices = [("", "全部"), *((word, word) for word in disciplines)]


class ExpertForm(forms.ModelForm):
    """An expert's unit, field and load."""

    disciplines = forms.CharField(
        label="学科方向", required=False, help_text="用逗号或顿号分开，如：量子测量、原子物理"
    )
    region = forms.ChoiceField(
        label="地区", required=False, choices=[("", "未填"), *((region.code, region.name) for region in REGIONS)]
    )

    class Meta:
        model = Expert
        fields = ("unit_name", "unit_code", "title", "region", "disciplines", "max_load", "is_available")
        labels = {"unit_code": "工作单位代码"}
        help_texts = {
            "unit_name": "与申报单位、联合单位的名称、曾用名或代码相同的，系统自动回避",
            "unit_code": "统一社会信用代码，有则填写，判断回避更可靠",
            "max_load": "同一轮评审中最多分派的份数",
        }
        error_messages = {
            "unit_name": {"required": "请填写专家的工作单位，用于判断回避。"},
            "max_load": {"required": "请填写最多评审份数。", "invalid": "最多评审份数请填写整数。"},
        }

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        if self.instance.pk:
            self.initial["disciplines"] = "、".join(self.instance.disciplines)

    def clean_disciplines(self) -> list[str]:
        typed = self.cleaned_data["disciplines"]
        for mark in "、，;；\n":
            typed = typed.replace(mark, ",")
        return [word.strip() for word in typed.split(",") if word.strip()]

    def _post_clean(self):
        """The workflow checks and writes; the instance of a bound form stays as the database has it."""


class NewExpertForm(ExpertForm):
    """With the account: the name, and the phone whose code opens the back office."""

    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "请填写专家姓名。"})
    phone = forms.CharField(
        label="手机", max_length=20, help_text="专家用手机验证码登录后台",
        error_messages={"required": "请填写手机号，专家用它登录。"},
    )  # fmt: skip

    field_order = ("name", "phone", "unit_name", "unit_code", "title", "region", "disciplines", "max_load")
