"""A form with each kind of widget, for the gallery."""

from django import forms


class SampleForm(forms.Form):
    name = forms.CharField(label="单位名称", help_text="与营业执照或法人证书一致；改名后代码不变")
    code = forms.CharField(
        label="统一社会信用代码",
        min_length=18,
        error_messages={"min_length": "代码应为 18 位，现为 4 位。请核对营业执照。"},
    )
    kind = forms.ChoiceField(label="单位类型", choices=[("enterprise", "企业"), ("university", "高等学校")])
    intro = forms.CharField(label="单位简介", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    way = forms.ChoiceField(
        label="联系方式", choices=[("sms", "短信"), ("voice", "语音")], widget=forms.RadioSelect, required=False
    )
    registered_on = forms.DateField(label="注册日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    agreed = forms.BooleanField(
        label="已阅读并同意个人信息处理规则", error_messages={"required": "没有勾选。请阅读后勾选。"}
    )
