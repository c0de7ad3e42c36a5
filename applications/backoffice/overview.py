"""总览: how far a call has come, what waits for the officer, which slots are used, what ends when."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applications.backoffice import figures
from applications.backoffice.office import Office, office_of, render_office, url
from applications.backoffice.worklist import Work, work_of
from jbgs.lib import clock


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """GET office/?call=: the officer's landing page for one call."""
    office = office_of(request)
    work = work_of(request.user)[office.call.pk]
    deadlines, steps = figures.ends(office), figures.funnel(office)
    context = {
        "title": "总览",
        "steps": steps,
        "height": 44 * len(steps) - 12,
        "todo": [(number, words, note, page, verb) for number, words, note, page, verb in todo(office, work) if number],
        "lines": figures.task_lines(office),
        "deadlines": deadlines,
        "next_deadline": next(((label, window) for label, window, over in deadlines if not over), None),
        "now": clock.now(),
    }
    return render_office(request, "overview", office, context)


def todo(office: Office, work: Work) -> list[tuple[int, str, str, str, str]]:
    """(number, words, note, address, verb of the button); a number of zero has nothing to do."""
    label, slug = office.label, office.call.slug
    own = f"另有 {work.own_decisions} 项由您拟定，须他人复核" if work.own_decisions else "须由拟定人以外的一人复核"
    lists = figures.open_lists(office) if office.call.spec.flow.recommendation_list else 0
    shortlisted, won = label("shortlisted", "入围"), label("won", "优胜")
    return [
        (lists, "个推荐单位还没有确认推荐名单", "名单确认后才能形式审查", url("lists", call=slug), "查看"),
        (work.checks, "个申报待形式审查", "推荐名单已确认", url("examining", call=slug), "审查"),
        (work.overdue, "个申报补正逾期", "可以不予受理", url("examining", call=slug), "处理"),
        (work.accepted, "个申报已受理", "等待送审", url("start_review", call=slug), "送审"),
        (work.decisions, "项决定等待您复核", own, url("decisions", call=slug), "复核"),
        (
            0 if work.decisions else work.own_decisions,
            "项决定由您拟定", "等待他人复核", url("decisions", call=slug), "查看",
        ),
        (work.unpublished, f"个拟{shortlisted}项目还没有公示", "", url("publicity", call=slug), "公示"),
        (work.objections, "个项目有异议待处理", "处理完之前不能确定名单", url("objections", call=slug), "处理"),
        (work.upheld, "个项目的异议成立", "须拟定撤销并由他人复核", url("objections", call=slug), "查看"),
        (work.ripe, f"个项目可以确定{shortlisted}", "公示期满，没有未办结的异议", url("publicity", call=slug), "确定"),
        (work.measures, "个项目的实测值待核实", "", url("evaluations", call=slug), "核实"),
        (work.to_award, f"个项目待确定{won}", "实测值已核实", url("evaluations", call=slug), "拟定"),
        (work.appeals, "件复审申请待处理", "", url("appeals", call=slug), "处理"),
    ]  # fmt: skip
