"""Why an act of the review is not allowed now; each guard raises `Refused` with a sentence.

Signature: guard(locked object, by, data), `data` being what the workflow verb passed to the door.
"""

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import conflicts, sheets, standing


def says(name: str, sentence: str):
    """A guard that asks for a text, such as a reason."""

    def guard(obj, by, data):
        if not (data.get(name) or "").strip():
            raise Refused(f"{name}_missing", sentence, field=name, status=422)

    return guard


def sheet_is_the_one_read(assignment, by, data):
    """An autosave names the version of the sheet that it read; an older one is refused and gets both texts."""
    if data["base_version"] != assignment.sheet_version:
        raise _older(assignment, "这份评分已在另一个窗口保存过，本次没有保存。请比较后再保存。")


def sheet_is_the_one_shown(assignment, by, data):
    """What is signed is what the confirmation page showed."""
    if data.get("base_version") is not None and data["base_version"] != assignment.sheet_version:
        raise _older(assignment, "确认页打开后评分又有改动，没有提交。请重新核对。")


def _older(assignment, sentence: str) -> Refused:
    current = {
        "version": assignment.sheet_version,
        "saved_at": clock.local(assignment.saved_at).strftime("%H:%M:%S") if assignment.saved_at else "",
        "points": {key: sheets.show(points) for key, points in assignment.points.items()},
        "opinion": assignment.opinion,
        "advice": assignment.advice,
    }
    return Refused("sheet_changed", sentence, details=current)


def sheet_complete(assignment, by, data):
    """Every criterion has points and the opinion is written; everything that is missing is told at once."""
    review = assignment.rules.spec.review
    missing = [(item.key, f"“{item.label}”还没有评分。") for item in sheets.missing(assignment.points, review)]
    if not assignment.opinion.strip():
        missing.append(("opinion", "还没有填写评审意见。"))
    if missing:
        details = [{"field": field, "sentence": sentence} for field, sentence in missing]
        sentence = f"还有 {len(missing)} 处没有完成，不能提交：{''.join(words for _, words in missing)}"
        raise Refused("sheet_incomplete", sentence, missing[0][0], status=422, details=details)
    data["points"] = dict(assignment.points)
    data["total"] = sheets.total(assignment.points, review)


def may_still_look(assignment, by, data):
    """Nothing new has come up between expert and application since they were brought together.

    The expert is not told what: an applicant's wish (N30) is among the grounds. `looked`: the caller has just asked.
    """
    if data.get("looked"):
        return
    if conflicts.find([assignment.application], [assignment.expert]):
        sentence = "您与这件申报可能有须回避的情形，正由主管认定，认定之前不能评审。确有利害关系的，请申报回避。"
        raise Refused("recused", sentence)


def no_decision_yet(assignment, by, data):
    """Scores that a decision rests on do not move under it."""
    if assignment.application.decisions.filter(state="prepared").exists():
        raise Refused("decision_waiting", "这件申报的决定正在复核，不能退回评分。请先作废拟定的决定。")


def answer_is_overdue(assignment, by, data):
    """Only who was asked by a day and has let it pass."""
    if assignment.answer_by is None or assignment.answer_by > clock.now():
        raise Refused("answer_not_due", "答复期限还没有到。")


def reason_was_asked(assignment, by, data):
    """Nobody writes beside a signed sheet unasked, or twice."""
    if assignment.reason_asked_at is None or assignment.fuller_reason:
        raise Refused("not_asked", "这份评分不需要补充理由。")


def experts_named(application, by, data):
    if not data["experts"]:
        raise Refused("experts_missing", "请选择专家。", field="experts", status=422)


def experts_can_come(application, by, data):
    """Each expert takes part in reviews now, does not have this application yet, has a place left and is not recused.

    Sheets in all calls whose review is under way count against the expert's own limit; those of this call also against
    the call's. `standing`: as the caller has read it under the locks of all whom it concerns.
    """
    found = data.get("standing") or standing.read(application.call, data["round"], [application], data["experts"])
    found.require_free(application, data["experts"])
    found.require_not_recused(application, data["experts"])
