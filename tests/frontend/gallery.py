"""Every component with invented content, for the tests and for people who want to look at them in a browser:

    DJANGO_SETTINGS_MODULE=tests.frontend.gallery_settings python manage.py runserver 8090
    http://127.0.0.1:8090/gallery/

No page of the product: the addresses exist under these settings only.
"""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace as Thing

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.indicators import IndicatorSpec
from tests.frontend.sample_form import SampleForm

NOW = datetime(2025, 3, 3, 14, 26, 8, tzinfo=clock.SHANGHAI)
APPLY_END = datetime(2025, 3, 7, tzinfo=clock.SHANGHAI)
RECOMMEND_END = datetime(2025, 3, 21, tzinfo=clock.SHANGHAI)

CHIPS = [
    {"label": "草稿", "tone": "draft", "icon": "pen"},
    {"label": "已提交", "tone": "info", "icon": "plane"},
    {"label": "退回修改", "tone": "warn", "icon": "return"},
    {"label": "拟推荐", "tone": "ok", "icon": "up"},
    {"label": "优胜", "tone": "accent", "icon": "star"},
    {"label": "未入围", "tone": "off", "icon": "cross"},
    {"label": "已撤销", "tone": "bad", "icon": "alert"},
]
STEPS = [
    {"label": "提交第 1 版", "state": "past", "when": "2月24日 10:18", "text": "沈知远（填报人）提交"},
    {"label": "退回修改", "state": "past", "tone": "warn", "icon": "back", "when": "2月27日 15:06",
     "text": "安徽省工业和信息化厅，请于 3月4日 18:00 前修改后提交",
     "quote": "1. “部署时间”承诺值与技术方案不一致，请核对。\n2. 缺少联合申报协议盖章页。"},
    {"label": "推荐单位审核", "state": "present", "when": "3月20日 24:00 前", "text": "安徽省工业和信息化厅办理中"},
    {"label": "形式审查", "state": "future", "when": "3月21日起", "text": ""},
]  # fmt: skip
STAGES = [
    {"label": "单位申报", "state": "present", "when": "3月6日 24:00 截止", "note": "正在进行"},
    {"label": "推荐", "state": "future", "when": "3月20日 24:00 截止", "note": "每单位每任务 2 个"},
    {"label": "遴选入围", "state": "future", "when": "专家评审、公示", "note": "每任务不超过 5 家"},
    {"label": "攻关", "state": "future", "when": "名单确定之日起", "note": "2 年内完成"},
    {"label": "测评优胜", "state": "future", "when": "到期测评，择优确定", "note": "每任务不超过 3 家"},
]


def indicator(name: str, comparator: str, value, unit: str = "", **more) -> IndicatorSpec:
    """One target; `value` as text, a pair of texts, or None."""
    exact = tuple(map(Decimal, value)) if isinstance(value, tuple) else Decimal(value) if value else None
    return IndicatorSpec(name, name, comparator, exact, unit, **more)


TASKS = [
    Thing(code="Q-1-01", field="quantum", category="core", title="量子多进程测控",
          summary="做出能随比特数扩展、可同时跑多个量子进程的测控系统，反馈要快", indicators=(
        indicator("量子比特规模", ">=", "1000", "个"),
        indicator("反馈控制延时", "<", "1", "μs", conditions="基于测量结果"),
        indicator("异步并行量子任务数", ">=", "5", "个"),
        indicator("任务调度效率", "text", None, text="给出比特利用率和调度效率的改善数据，并说明对大规模应用的作用"),
    )),
    Thing(code="Q-2-04", field="quantum", category="product", title="量子绝对重力仪",
          summary="研制小型集成化、光纤化的量子绝对重力仪，在地震监测、地质测绘等领域开展示范应用", indicators=(
        indicator("室内测量灵敏度", "<=", "15", "μGal/√Hz"),
        indicator("工作频段", "range", ("0.1", "40"), "GHz", conditions="连续可调"),
        indicator("频率稳定性", "<=", "1E-11", "", conditions="10³ s"),
        indicator("30 天连续运行率", ">=", "98", "%"),
    )),
    Thing(code="A-1-02", field="atomic", category="core", title="原子级抛光装备",
          summary="把光学元件的表面粗糙度做到原子尺度", indicators=(
        indicator("面形精度", "text", None, text="达到国际同类装备水平，写明测量方法"),
    )),
]  # fmt: skip


class SampleSpec:
    """As much of a CallSpec as the templates ask for."""

    title, document_no = "2025年未来产业创新任务揭榜挂帅", "工信厅高新函〔2025〕21号"
    labels: dict = {}
    categories = {"core": "核心基础", "product": "重点产品"}
    fields = (
        Thing(code="quantum", name="量子科技", contact={"phone": "010-5550 0101"}),
        Thing(code="atomic", name="原子级制造", contact={"phone": "010-5550 0102"}),
    )

    def field(self, code):
        return next(field for field in self.fields if field.code == code)


def person(role: str, shown: str, unit=None, department=None) -> Thing:
    """A signed-in person without a database."""
    return Thing(
        name="沈知远", username="shen", role=role, get_role_display=shown, unit=unit, department=department, pk=1,
        is_authenticated=True, is_active=True, is_anonymous=False, is_staff=True, has_perm=lambda *a: False,
        has_module_perms=lambda *a: False, has_usable_password=lambda: True, _unread_badge=3,
    )  # fmt: skip


UNIT_PERSON = person("unit_filler", "填报人", unit=Thing(name="衡星量子仪器（合肥）有限公司"))
RECOMMENDER = person("recommender", "推荐单位", department=Thing(official_name="安徽省工业和信息化厅"))
STRANGER = Thing(is_authenticated=False, is_active=False, is_anonymous=True)


def option(code: str, name: str, count: int) -> dict:
    """One choice of a filter."""
    return {"code": code, "name": name, "count": count}


def call_context() -> dict:
    """What the task list needs."""
    drafted = Thing(pk=124, applicant_chip={**CHIPS[0], "label": "草稿 62%"})
    rows = [Thing(task=task, spec=task, mine=drafted if task.code == "Q-2-04" else None) for task in TASKS]
    return {
        "call": Thing(slug="sample", is_demo=True), "spec": SampleSpec(), "task_count": 58, "tasks": rows,
        "window": Thing(closes_at=APPLY_END, closes_text="3月6日 24:00"), "stages": STAGES,
        "fields": [option("quantum", "量子科技", 17), option("atomic", "原子级制造", 19)],
        "categories": [option("core", "核心基础", 3), option("product", "重点产品", 6)],
        "mine_options": [option("mine", "本单位已申报的", 1)],
        "filters": {"q": "", "field": "", "categories": ["core"], "mine": []},
    }  # fmt: skip


def component_context() -> dict:
    """What the page of components shows."""
    form = SampleForm({"name": "", "code": "9134", "kind": "enterprise", "agreed": ""})
    return {
        "chips": CHIPS, "steps": STEPS, "stages": STAGES, "form": form, "indicators": TASKS[1].indicators,
        "window": Thing(closes_at=APPLY_END), "later": Thing(closes_at=RECOMMEND_END), "gone": Thing(closes_at=NOW),
        "facts": [("推荐项目", "12 个"), ("涉及任务", "9 项"), ("超出名额并已写理由", "1 项")],
        "page": Paginator(range(240), 20).page(4), "unread_count": 3, "title": "推荐名单",
        "old": [("same", "拟开展"), ("cut", "多次"), ("same", "流动测量试验。")],
        "new": [("same", "拟开展"), ("add", "三次"), ("same", "流动测量试验。")],
    }  # fmt: skip


NAV = [
    Thing(section="推荐工作", items=[
        Thing(label="推荐名单", url="/gallery/office/", icon="list", count=12, current=True),
        Thing(label="全部申报", url="#", icon="file", count=23, current=False),
        Thing(label="导出汇总表", url="#", icon="down", count=None, current=False)]),
    Thing(section="本单位", items=[Thing(label="经办人", url="#", icon="users", count=2, current=False)]),
]  # fmt: skip


def shown(request: HttpRequest, template: str, context: dict, user=UNIT_PERSON, **more) -> HttpResponse:
    """Renders at the gallery's own moment, as `user`."""
    request.user = user
    with clock.travel(NOW):
        return render(request, template, context, **more)


def front(request):
    return shown(request, "gallery/front.html", component_context())


def office(request):
    context = {**component_context(), "nav": NAV, "guide_url": "#", "is_nav_sidebar_enabled": True}
    return shown(request, "gallery/office.html", context, RECOMMENDER)


def workbench(request):
    context = {"nav": NAV, "guide_url": "#", "is_nav_sidebar_enabled": True, "title": "工作台"}
    return shown(request, "admin/index.html", context, RECOMMENDER)


def home(request):
    context = call_context()
    row = Thing(call=context["call"], spec=context["spec"], window=context["window"], fields=context["fields"])
    row.stages = STAGES
    return shown(request, "programmes/home.html", {"rows": [row]}, STRANGER)


def call(request):
    return shown(request, "programmes/call.html", call_context())


def task(request):
    contact = {"office": "高新技术司", "phone": "010-5550 0101"}
    context = call_context() | {"task": TASKS[1], "task_spec": TASKS[1], "can_apply": True, "contact": contact}
    return shown(request, "programmes/task.html", context)


def refused(request):
    sentence = "这件申报已由何佩文于 3月12日 10:04 推荐，现在不能再退回修改。"
    return shown(request, "refused.html", {"refused": Refused("state_changed", sentence)}, status=409)


GUIDE = """
# 申报单位操作指南

本指南说明怎样注册单位、填写申报书、提交和修改。所有时间为北京时间，以服务器为准。

## 一、注册单位

1. 打开首页，选择“注册单位”。
2. 填写统一社会信用代码。第 18 位是校验码，填错时系统会指出。
3. 用管理员手机接收验证码。

## 二、提交期限

| 环节 | 截止 | 说明 |
| --- | --- | --- |
| 单位申报 | 3月6日 24:00 | 截止后不能提交，草稿仍保留 |
| 推荐 | 3月20日 24:00 | 由推荐单位办理 |

- 附件先上传，再提交。
- 提交后取得受理编号，形如 `2025-Q204-0117`。
"""


def guide(request):
    guides = {"units": Thing(title="申报单位操作指南"), "departments": Thing(title="推荐单位操作指南")}
    body = mark_safe(MarkdownIt("commonmark", {"html": False}).enable("table").render(GUIDE))
    context = {"guide": guides["units"], "guides": guides, "name": "units", "body": body}
    return shown(request, "help/guide.html", context)


def stranger(request):
    return shown(request, "programmes/call.html", call_context(), STRANGER)


def index(request):
    links = "".join(f'<li><a href="/{p.pattern}">{p.pattern}</a></li>' for p in gallery_patterns)
    return HttpResponse(f"<!doctype html><title>gallery</title><ul>{links}</ul>")


gallery_patterns = [
    path("gallery/front/", front),
    path("gallery/office/", office),
    path("gallery/workbench/", workbench),
    path("gallery/home/", home),
    path("gallery/call/", call),
    path("gallery/stranger/", stranger),
    path("gallery/task/", task),
    path("gallery/guide/", guide),
    path("gallery/refused/", refused),
    path("gallery/missing/", lambda request: shown(request, "404.html", {}, status=404)),
    path("gallery/broken/", lambda request: shown(request, "500.html", {}, status=500)),
]
urlpatterns = [path("gallery/", index), *gallery_patterns, path("", include("jbgs.urls"))]
