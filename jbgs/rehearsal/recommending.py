"""Scene two: departments examine, return, recommend up to and beyond their quota, decline, confirm their lists."""

from datetime import timedelta

from applications import rules, workflow
from applications.examination import by_eye
from applications.models import RecommendationList
from jbgs.rehearsal.filing import mend
from jbgs.rehearsal.stage import Stage, refused
from programmes import windows

OPINION = "申报材料真实完整，符合申报条件，同意上报。"
OVER = "该项目为本地区唯一具备量产条件的方案，确有必要增加推荐。"


def play(stage: Stage) -> None:
    """Nothing to do where the call has no recommendation."""
    waiting = stage.open_to(rules.can_recommend)
    if not waiting:
        return
    filing = windows.window(stage.call, "apply").closes_at
    closing = windows.window(stage.call, "recommend").closes_at
    confirming = windows.window(stage.call, "confirm").closes_at
    returned = stage.share(range(len(waiting)), 9, 4)
    ready = filing + timedelta(hours=10)
    with stage.at(ready if ready < closing - timedelta(hours=10) else stage.now):
        for place, application in enumerate(waiting):
            if place in returned:
                _return_and_mend(stage, application, due=min(filing + timedelta(days=5), closing))
                stage.tick("退回修改")
    examining = stage.open_to(rules.can_recommend)
    step = min(timedelta(minutes=3), (closing - stage.now) / (len(examining) + 2))
    for place, application in enumerate(examining):
        with stage.at(stage.now + step):
            _examine(stage, place, application)
        stage.tick("推荐")
    if stage.spec.flow.recommendation_list:
        with stage.at(stage.now + step):
            _change_a_mind(stage)
        with stage.at(confirming - timedelta(days=1)):
            _confirm(stage)


def recommend(application, *, by, **named):
    """Recommend with everything ticked that a person has to look at."""
    items = [item.code for item in by_eye(application.call_version.spec)]
    return workflow.recommend(application, by=by, opinion=OPINION, items=items, **named)


def _return_and_mend(stage: Stage, application, *, due) -> None:
    department, applicant = stage.recommender_of(application), stage.applicant_of(application)
    returned = workflow.return_for_changes(
        application, by=department, opinion="1. 请核对承诺值与技术路线是否一致。\n2. 请补充应用场景。", due_at=due
    )
    mend(stage, returned, applicant)
    workflow.submit(returned, by=applicant)


def _examine(stage: Stage, place: int, application) -> None:
    """Every tenth is declined; a full quota is tried first, then one in three of these gets a reason."""
    department = stage.recommender_of(application)
    if place % 10 == 6:
        workflow.decline(application, by=department, reason="现有基础与榜单任务差距较大，本次不予推荐。")
        return
    if place % 29 == 12:  # somebody of another department tries
        stranger = next(person for person in stage.cast.recommenders.values() if person.pk != department.pk)
        refused(recommend, application, by=stranger)
    refusal = refused(recommend, application, by=department)
    if refusal is None:
        return
    if place % 3 == 0 and not refused(recommend, application, by=department, over_reason=OVER):
        return
    workflow.decline(application, by=department, reason="推荐名额已满，按次序未列入。")


def _lists(stage: Stage):
    return RecommendationList.objects.filter(call=stage.call).select_related("department").order_by("pk")


def _change_a_mind(stage: Stage) -> None:
    """The second department takes its last project off the list and puts it back."""
    for recommendation_list in _lists(stage)[1:2]:
        department = stage.cast.recommenders[recommendation_list.department_id]
        if last := recommendation_list.applications.order_by("-rank", "pk").first():
            workflow.unrecommend(last, by=department)
            recommend(last, by=department, over_reason=OVER)


def _confirm(stage: Stage) -> None:
    """Each department confirms; the first one forgets the letter."""
    for place, recommendation_list in enumerate(_lists(stage)):
        department = stage.cast.recommenders[recommendation_list.department_id]
        if place == 0:
            refused(workflow.confirm_list, recommendation_list, by=department, letter_no="", pledge=True)
        letter = f"虚构推荐函〔{stage.call.year}〕{place + 1}号"
        workflow.confirm_list(recommendation_list, by=department, letter_no=letter, pledge=True)
        stage.tick("确认名单")
