"""What officers type about a call."""

from django import forms

from accounts.models import Unit
from programmes.models import Call
from programmes.queries import offered_departments
from programmes.windows import Timetable
from programmes.words import WINDOWS


class ExtensionForm(forms.Form):
    """延期: a window of one call, for everybody, one department or one unit."""

    window = forms.ChoiceField(label="环节")
    department = forms.ModelChoiceField(
        None, label="推荐单位", required=False, empty_label="全部推荐单位", help_text="只对一家推荐单位延期时选择。"
    )
    unit_code = forms.CharField(
        label="申报单位的统一社会信用代码", required=False, max_length=18, help_text="只对一家申报单位延期时填写。"
    )
    closes_at = forms.DateTimeField(
        label="延至",
        help_text="按北京时间。例如 2025-03-10 17:30，即 17:30:00 之前收到的有效。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, call: Call, **kwargs):
        super().__init__(*args, **kwargs)
        timetable = Timetable(call)
        self.fields["window"].choices = [
            (name, f"{WINDOWS[name]}（现为 {timetable.window(name).closes_text} 止）") for name in call.spec.windows
        ]
        self.fields["department"].queryset = offered_departments(call)

    def clean_unit_code(self):
        """The unit of the code, or None; a code that nobody registered is told at the field."""
        code = self.cleaned_data["unit_code"].strip().upper()
        if not code:
            return None
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise forms.ValidationError("没有以这个代码注册的申报单位。请核对。")
        return unit

    def clean_closes_at(self):
        """The exclusive instant, to the minute; settings make China's the form's time zone."""
        return self.cleaned_data["closes_at"].replace(second=0, microsecond=0)

    def clean(self):
        """One department or one unit, not both."""
        cleaned = super().clean()
        if cleaned.get("department") and cleaned.get("unit_code"):
            self.add_error("unit_code", "推荐单位和申报单位只能选一个。请清除其中一个。")
        return cleaned
