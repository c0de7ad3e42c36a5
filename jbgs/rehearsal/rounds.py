"""After the scores: who goes on, votes, on-site checks, every item; a unit objects to a check (rounds of the call)."""

from datetime import timedelta

from applications import rounds, rules, workflow
from applications.models import OutcomeObjection
from jbgs.lib import clock
from jbgs.rehearsal import meeting, reconsidering
from jbgs.rehearsal.fiction import paragraph, person_name
from jbgs.rehearsal.stage import Stage, refused
from programmes.windows import end_of
from reviews import meetings
from reviews.ranking import ranking


def play(stage: Stage) -> None:
    """Round by round in the call's order; whoever fails one is asked for no other."""
    if not stage.spec.flow.review:
        return
    for round_ in rounds.asked_of(stage.call):
        waiting = _waiting(stage, round_)
        going_on = _best(stage, waiting)
        with stage.later(days=6):
            if round_.kind == meetings.PANEL:
                meeting.hold(stage, round_, waiting)
            else:
                for place, application in enumerate(waiting):
                    _record(stage, round_, place, application, going_on)
                    stage.tick(round_.label)
        _contest(stage, round_)
    reconsidering.close_votes(stage)


def _waiting(stage: Stage, round_) -> list:
    found = stage.open_to(rules.can_record_round)
    ways = rounds.progress_of(found)
    return [one for one in found if ways[one.pk].waiting and ways[one.pk].waiting.row.pk == round_.row.pk]


def _best(stage: Stage, waiting) -> set[int]:
    """Two thirds of each task by the scores, at least one."""
    best: set[int] = set()
    concerned = {one.pk for one in waiting}
    for task in stage.tasks:
        ranked = [row.application.pk for row in ranking(stage.call, task) if row.application.pk in concerned]
        best |= set(ranked[: max(1, -(-len(ranked) * 2 // 3))])
    return best


def _record(stage: Stage, round_, place: int, application, going_on: set[int]) -> None:
    """One in six does not pass; the first is recorded with something missing first, which is refused."""
    officer, fails = stage.cast.officers[0], place % 6 == 4
    people = [person_name(stage.rng) + str(n) for n in range(max(2, round_.spec.least_people))]
    named = {
        "mail": lambda: {"passed": application.pk in going_on},
        "on_site": lambda: {
            "people": people, "passed": not fails, "signed_by_unit": True,
            "text": paragraph(stage.rng, "现场核查", 160),
        },
        "check_all": lambda: {"people": people[: round_.spec.least_people], **_items(application, fails)},
    }[round_.kind]()  # fmt: skip
    if place == 0:
        refused(workflow.record_round, application, by=officer, kind=round_.kind, row=round_.row, **_spoilt(named))
    workflow.record_round(application, by=officer, kind=round_.kind, row=round_.row, **named)


def _items(application, fails: bool) -> dict:
    items = {item.code: True for item in application.call_version.spec.check_items}
    if fails and items:
        items[next(iter(items))] = False
    return {"items": items, "text": "有一项不符合，情况如记录所述。" if fails else "逐项核对，均符合。"}


def _spoilt(named: dict) -> dict:
    """The same record without what it must say."""
    empty = {"passed": None, "people": [], "items": {}}
    return named | {name: value for name, value in empty.items() if name in named}


def _contest(stage: Stage, round_) -> None:
    """Of those who may object to a failed check two do: the first is checked again, the second is told no (P12)."""
    failed = []
    for application in stage.open_to(rules.can_object_to_round):
        outcome = rounds.progress_of([application])[application.pk].outcome
        if outcome and not outcome.passed and outcome.contestable_on and outcome.round_id == round_.row.pk:
            failed.append((application, outcome.contestable_on))
    if not failed:
        return
    officer, last = stage.cast.officers[0], max(day for _, day in failed)
    with stage.later(days=1):
        for place, (application, _) in enumerate(failed[:2]):
            by = stage.applicant_of(application)
            workflow.object_to_round(application, by=by, text="核查当日设备检修，附检修记录。")
            objection = OutcomeObjection.objects.get(application=application, settled_at=None)
            workflow.settle_round_objection(
                objection, by=officer, upheld=place == 0, again=place == 0, answer="经复核，结论如上。"
            )
            if place == 0:
                _record(stage, round_, 1, application, set())
    if clock.local(stage.now).date() <= last:
        with stage.at(end_of(last) + timedelta(hours=9)):
            pass
