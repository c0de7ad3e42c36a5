"""The small forms of the front office: where to file, an appeal, an objection."""

from django import forms

from accounts.models import Department


class DepartmentField(forms.ModelChoiceField):
    """A recommending body by its full name, in administrative order."""

    def __init__(self, **kwargs):
        super().__init__(
            Department.objects.none(),
            label="推荐单位",
            empty_label="请选择",
            help_text="一件申报只通过一个推荐单位。提交后不能更换。",
            error_messages={
                "required": "请选择推荐单位。",
                "invalid_choice": "这个推荐单位不在本单位可选的范围内。请从列表中选择。",
            },
            **kwargs,
        )

    def label_from_instance(self, department: Department) -> str:
        return department.official_name


class DepartmentForm(forms.Form):
    """Where the application is to be filed. `offered`: the departments of the call; `region` is shown first."""

    use_required_attribute = False
    department = DepartmentField()

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = offered


def suggested(offered, unit) -> Department | None:
    """The unit's own recommending body, else the first of its region, as a proposal; None where there is none."""
    return offered.filter(unit=unit).first() or (offered.filter(region=unit.region).first() if unit.region else None)


def _text(label: str, sentence: str, rows: int, longest: int = 4000, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, help_text=help_text, widget=forms.Textarea({"rows": rows}),
        error_messages={"required": sentence, "max_length": f"{label}不能超过 {longest} 字。请精简。"},
    )  # fmt: skip


def _line(label: str, longest: int, help_text: str = "", **attrs) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, help_text=help_text, widget=forms.TextInput(attrs),
        error_messages={"required": f"请填写{label}。", "max_length": f"{label}不能超过 {longest} 字。"},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why an application is given up; the reason is the unit's own and optional."""

    use_required_attribute = False
    reason = forms.CharField(
        label="撤回原因", required=False, max_length=400, widget=forms.Textarea({"rows": 3}), help_text="可以不填",
        error_messages={"max_length": "撤回原因不能超过 400 字。请精简。"},
    )  # fmt: skip


class AppealForm(forms.Form):
    """复审: the unit's reasons against a rejection or a lost review."""

    use_required_attribute = False
    text = _text(
        "复审理由",
        "请写明复审理由。",
        8,
        help_text="针对哪一项、依据是什么、希望怎样处理。对评审专家学术判断的不同意见，不作为复审理由",
    )

    def __init__(self, *args, grounds=(), **kwargs):
        super().__init__(*args, **kwargs)
        if grounds:
            ground = forms.ChoiceField(
                label="理由类别", choices=[("", "请选择"), *((one.code, one.label) for one in grounds)],
                error_messages={"required": "请选择复审理由的类别。", "invalid_choice": "请从列表中选择理由类别。"},
            )  # fmt: skip
            self.fields = {"ground": ground, **self.fields}


class ObjectToRoundForm(forms.Form):
    """The unit's objection to the result of an on-site check (P12)."""

    use_required_attribute = False
    text = _text(
        "异议理由和依据",
        "请写明异议理由和依据。",
        8,
        help_text="写明对哪一项结果有异议、事实和依据。每次核查结果只能提出一次",
    )


class StatementForm(forms.Form):
    """The unit's statement before a termination or revocation (P22)."""

    use_required_attribute = False
    text = _text("陈述申辩意见", "请写明陈述申辩的意见。", 10, help_text="针对告知的事实和依据逐项说明。只能提交一次")


class ObjectionForm(forms.Form):
    """异议: under one's real name, against one project on the list."""

    use_required_attribute = False
    application = forms.ModelChoiceField(
        None, label="针对的项目", empty_label="请选择",
        error_messages={"required": "请选择针对的项目。", "invalid_choice": "这个项目不在公示名单中。请从列表中选择。"},
    )  # fmt: skip
    objector = _line("异议人", 60, "单位填写全称，个人填写真实姓名。匿名的不予受理", autocomplete="name")
    contact = _line("联系方式", 120, "电话或者电子邮箱，用于核实和答复，对外保密", autocomplete="off")
    text = _text("异议内容和依据", "请写明异议内容和依据。", 8, help_text="写明事实和证据的来源")

    def __init__(self, *args, applications, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["application"].queryset = applications
        self.fields["application"].label_from_instance = lambda row: f"{row.title}（{row.unit.name}）"
