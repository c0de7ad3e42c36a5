"""What is typed about experts. Rules stay in the workflow; forms only read and say what is missing."""

from django import forms

from jbgs.lib.regions import REGIONS
from reviews.disciplines import Tree, words_of
from reviews.models import Expert, Relation, Sector

REGION_CHOICES = [(region.code, region.name) for region in REGIONS]
STANDINGS = [
    ("", "全部"), ("free", "可以参加"), ("away", "请假中"), ("banned", "禁评中"), ("off", "暂不参加或账号停用"),
]  # fmt: skip
SPARE = 2
"""Empty lines under the disciplines that an expert has."""


def day(label: str, *, required: bool = True, **named) -> forms.DateField:
    """A date as the browser asks for one; typed as 2025-04-18 where it does not."""
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": f"请填写{label}。", "invalid": "请填写日期，如 2025-04-18。"}, **named,
    )  # fmt: skip


def text(label: str, most: int, *, required: bool = True, **named) -> forms.CharField:
    """One line of words."""
    messages = {"required": f"请填写{label}。", "max_length": f"最多 {most} 个字。"}
    return forms.CharField(label=label, required=required, max_length=most, error_messages=messages, **named)


class DisciplinesWidget(forms.Widget):
    """One line for each discipline, each with the whole tree to choose from as one types; no script needed."""

    template_name = "reviews/_disciplines_widget.html"
    tree: Tree | None = None
    use_fieldset = True

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        words = words_of(value) if isinstance(value, str) else list(value or [])
        lines = [self.tree.label(word) for word in words] + [""] * max(SPARE, 4 - len(words))
        options = [(first, entries) for first, entries in self.tree.choices()]
        return context | {"lines": lines, "options": [label for _, entries in options for _, label in entries]}

    def value_from_datadict(self, data, files, name):
        typed = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [word for words in typed for word in words_of(words)]

    def value_omitted_from_data(self, data, files, name):
        return name not in data


class DisciplinesField(forms.Field):
    """Codes and free words; a name or `14030 光学` is read as its code."""

    widget = DisciplinesWidget

    def prepare(self, tree: Tree) -> None:
        self.widget.tree = tree

    def clean(self, value):
        words = list(dict.fromkeys(self.widget.tree.read(word) for word in value or []))
        if self.required and not words:
            raise forms.ValidationError("请至少填写 1 个学科方向。", code="required")
        return words


class ExpertFilter(forms.Form):
    """The filters of the list of experts; a plain GET form."""

    q = forms.CharField(label="姓名、单位或编号", required=False)
    discipline = forms.ChoiceField(label="学科方向", required=False)
    region = forms.ChoiceField(label="地区", required=False, choices=[("", "全部"), *REGION_CHOICES])
    sector = forms.ChoiceField(label="单位类型", required=False, choices=[("", "全部"), *Sector.choices])
    standing = forms.ChoiceField(label="参加评审", required=False, choices=STANDINGS)

    def __init__(self, *args, tree: Tree, used: set[str], **named):
        super().__init__(*args, **named)
        shown = {code for word in used for code in tree.path(word)}
        groups = [
            (first, [entry for entry in entries if entry[0] in shown])
            for first, entries in tree.choices()
            if any(code in shown for code, _ in entries)
        ]
        words = [(word, word) for word in sorted(used - set(tree.names))]
        own = [("自己的词", words)] if words else []
        self.fields["discipline"].choices = [("", "全部"), *groups, *own]


class ExpertForm(forms.Form):
    """An expert's unit, field and load."""

    unit_name = text(
        "工作单位", 200, help_text="全称。与申报单位、联合单位的名称、曾用名或代码相同的，系统自动回避",
    )  # fmt: skip
    unit_code = text("工作单位代码", 40, required=False, help_text="统一社会信用代码，有则填写，判断回避更可靠")
    sector = forms.ChoiceField(label="单位类型", required=False, choices=[("", "未填"), *Sector.choices])
    title = text("职称", 60, required=False)
    region = forms.ChoiceField(label="地区", required=False, choices=[("", "未填"), *REGION_CHOICES])
    id_number = text("身份证件号码", 30, required=False, help_text="加密保存，只用于发现同一人")
    disciplines = DisciplinesField(
        label="学科方向", required=False, help_text="每格一个，输入代码或名称后从列表选取；列表中没有的可以写自己的词",
    )  # fmt: skip
    max_load = forms.IntegerField(
        label="最多评审份数", help_text="同一轮评审中最多分派的份数", initial=12, min_value=1, max_value=200,
        error_messages={
            "required": "请填写最多评审份数。", "invalid": "最多评审份数请填写整数。",
            "min_value": "最多评审份数请填写 1 至 200。", "max_value": "最多评审份数请填写 1 至 200。",
        },
    )  # fmt: skip
    is_available = forms.BooleanField(label="可以参加评审", required=False, initial=True)

    def __init__(self, *args, tree: Tree, expert: Expert | None = None, **named):
        super().__init__(*args, **named)
        self.fields["disciplines"].prepare(tree)
        self.fields["unit_name"].error_messages["required"] = "请填写专家的工作单位，用于判断回避。"
        if expert:
            self.initial = {name: getattr(expert, name) for name in self.fields if name != "id_number"}
            if expert.id_number:
                self.fields["id_number"].help_text = "已登记，不修改的留空"

    def values(self, *, changing: bool = False) -> dict:
        """What the workflow takes; an ID number that was left empty stays as it is."""
        values = dict(self.cleaned_data)
        if changing and not values["id_number"].strip():
            del values["id_number"]
        return values


class NewExpertForm(ExpertForm):
    """With the account: the name, and the phone whose code opens the back office."""

    name = text("姓名", 50)
    phone = text("手机", 20, help_text="专家用手机验证码登录后台")
    namesake = forms.BooleanField(
        label="已核实，与库中同名、同单位的专家不是同一人", required=False, widget=forms.HiddenInput
    )

    field_order = ("name", "phone", "unit_name", "unit_code", "sector", "title", "region", "id_number", "disciplines",
                   "max_load", "is_available", "namesake")  # fmt: skip

    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.fields["name"].error_messages["required"] = "请填写专家姓名。"
        self.fields["phone"].error_messages["required"] = "请填写手机号，专家用它登录。"

    def ask_for_namesake(self) -> None:
        """Show the tick, once the workflow has found somebody of the same name and unit."""
        self.fields["namesake"].widget = forms.CheckboxInput()


class EmploymentForm(forms.Form):
    """A unit beside the main one, or a former one."""

    unit_name = text("单位", 200)
    unit_code = text("统一社会信用代码", 40, required=False)
    position = text("职务", 60, required=False)
    from_on = day("起始日期", required=False)
    to_on = day("截止日期", required=False, help_text="现在仍任职的留空")


class EndForm(forms.Form):
    """The last day at a unit."""

    to_on = day("离任日期")


class RelationForm(forms.Form):
    """Whom the expert is close to."""

    kind = forms.ChoiceField(
        label="关系", choices=[("", "请选择"), *Relation.Kind.choices], error_messages={"required": "请选择关系。"}
    )
    person_name = text("对方姓名", 60, required=False, help_text="与单位至少填一项")
    unit_name = text("对方单位", 200, required=False)
    unit_code = text("统一社会信用代码", 40, required=False)
    note = text("说明", 300, required=False, help_text="选“其他”时必填，只有主管能看到")
    until_on = day("有效期至", required=False, help_text="长期有效的留空")


class AwayForm(forms.Form):
    """When the expert cannot review."""

    from_on = day("起始日期")
    to_on = day("截止日期")
    reason = text("说明", 500, required=False)


class BanForm(forms.Form):
    """When the expert may not review, and why."""

    from_on = day("起始日期")
    to_on = day("截止日期", required=False, help_text="不定期的留空，解除前一直有效")
    reason = text("理由", 500)


class DisciplinesForm(forms.Form):
    """What the expert knows."""

    disciplines = DisciplinesField(
        label="学科方向", help_text="每格一个，输入代码或名称后从列表选取；列表中没有的可以写自己的词"
    )

    def __init__(self, *args, tree: Tree, **named):
        super().__init__(*args, **named)
        self.fields["disciplines"].prepare(tree)


class UploadForm(forms.Form):
    """A workbook of experts; what it is is judged by its content."""

    file = forms.FileField(
        label="专家名册", help_text="Excel工作簿（.xlsx），不超过 5 MB、1000 行。读取后先预览，不会直接写入。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "这是空文件。请重新选择。"},
    )  # fmt: skip
