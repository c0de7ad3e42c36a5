"""The panel's meeting: planned, held item by item, each vote counted into the round; one function per verb."""

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps

from applications import access
from applications.models import Application, ReviewRound
from applications.rounds import Round, outcomes_of, progress_of
from applications.workflow import record_round
from applications.workflow.rounds import set_aside
from audit import log
from audit.door import Repeated, once, perform
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import meetings, messages_meeting
from reviews.actions_meeting import ACTS, PLAN
from reviews.models import (
    ACTIVE,
    Assignment,
    AssignmentState,
    Ballot,
    Expert,
    Meeting,
    MeetingItem,
    MeetingSeat,
    Recusal,
)
from reviews.workflow.scoring import pledge_text

M, S = Meeting.State, MeetingItem.State


def plan_meeting(
    call, *, by, title: str, held_on: date, applications: Iterable[Application], experts: Iterable[Expert],
    chair: Expert | None = None, place: str = "", round_: ReviewRound | None = None, key: str = "",
) -> Meeting:  # fmt: skip
    """Plan a meeting of the call's panel: of the panel round `round_`, or of the first one for which an application of
    this agenda waits. The agenda comes in an order in which few members go in and out.

    Refused: no_such_round, members_missing, expert_unavailable, not_waiting (an application is not at the panel's turn
    or on another agenda), chair_no_member, held_on_past. The members are told, without what is on the agenda.
    """
    applications = list(applications)
    held = meetings.panel_round(call, round_) if round_ else _round_for(call, applications)
    if held is None:
        raise Refused("no_such_round", "本批次没有会议评审环节。")
    named = _named(held, call, title, held_on, place, applications, experts, chair)
    made: list[int] = []
    try:
        with perform(PLAN, held.row, by=by, key=key, made=made, **named) as locked:
            meeting = Meeting.objects.create(
                call=call, round=locked, title=named["title"].strip(), held_on=held_on, place=named["place"].strip(),
                created_by=by, created_at=clock.now(),
            )  # fmt: skip
            made.append(meeting.pk)
            _seat(meeting, named["experts"], chair)
            _list(meeting, named["applications"])
            _in_good_order(meeting)
            log.append(meeting, PLAN.name, by, data=ACTS["change_meeting"].facts(named))
            messages_meeting.planned(meeting, named["experts"])
    except Repeated as first:
        return Meeting.objects.get(pk=first.entry.data["meeting"])
    return meeting


def _round_for(call, applications: list[Application]) -> Round | None:
    """The first panel round for which one of these waits; where none does, the call's first."""
    awaited = {way.waiting.row.pk for way in progress_of(applications).values() if way.waiting}
    found = meetings.panel_rounds(call)
    return next((one for one in found if one.row.pk in awaited), next(iter(found), None))


def _named(round_, call, title, held_on, place, applications, experts, chair) -> dict:
    """What planning and changing hand to the guards; everything once and in a fixed order."""
    applications = {row.pk: row for row in applications}
    experts = {expert.pk: expert for expert in experts}
    return {
        "round": round_, "call": call, "title": title or "", "held_on": held_on, "place": place or "", "chair": chair,
        "applications": [applications[pk] for pk in sorted(applications)],
        "experts": [experts[pk] for pk in sorted(experts)],
    }  # fmt: skip


@once
def change_meeting(
    meeting: Meeting, *, by, title: str, held_on: date, applications: Iterable[Application],
    experts: Iterable[Expert], chair: Expert | None = None, place: str = "", key: str = "",
) -> Meeting:  # fmt: skip
    """Other members, another agenda, another day; as long as the meeting has not begun. Who joins or leaves is told."""
    round_ = meetings.round_of(meeting)
    named = _named(round_, meeting.call, title, held_on, place, applications, experts, chair)
    with perform(ACTS["change_meeting"], meeting, by=by, key=key, **named) as locked:
        told_anew = (locked.held_on, locked.place) != (held_on, named["place"].strip())
        locked.title, locked.held_on, locked.place = named["title"].strip(), held_on, named["place"].strip()
        kept = {expert.pk for expert in named["experts"]}
        leaving = list(locked.seats.exclude(expert__in=kept).select_related("expert__user"))
        joining = _seat(locked, named["experts"], chair)
        _revoke(locked, leaving)
        locked.seats.filter(pk__in=[seat.pk for seat in leaving]).delete()
        if _list(locked, named["applications"]):
            _in_good_order(locked)
        _grant_to_present(locked)
        messages_meeting.planned(locked, named["experts"] if told_anew else joining)
        messages_meeting.cancelled(locked, [seat.expert for seat in leaving])
    return locked


def _seat(meeting: Meeting, experts: list[Expert], chair: Expert | None) -> list[Expert]:
    """Seats for these; the experts who had none."""
    held = set(meeting.seats.values_list("expert_id", flat=True))
    new = [expert for expert in experts if expert.pk not in held]
    MeetingSeat.objects.bulk_create([MeetingSeat(meeting=meeting, expert=expert) for expert in new])
    meeting.seats.filter(is_chair=True).update(is_chair=False)
    if chair:
        meeting.seats.filter(expert=chair).update(is_chair=True)
    return new


def _list(meeting: Meeting, applications: list[Application]) -> bool:
    """The agenda holds exactly these; whether that changed anything."""
    wanted = [row.pk for row in sorted(applications, key=lambda row: (row.task.order, row.number or "", row.pk))]
    held = set(meeting.items.values_list("application_id", flat=True))
    meeting.items.exclude(application__in=wanted).delete()
    new = [pk for pk in wanted if pk not in held]
    last = meeting.items.count()
    MeetingItem.objects.bulk_create(
        [MeetingItem(meeting=meeting, application_id=pk, order=last + place) for place, pk in enumerate(new, 1)]
    )
    return set(wanted) != held


def _in_good_order(meeting: Meeting) -> None:
    """Few members go in and out; among equally good orders by task and number."""
    items = meetings.items_of(meeting)
    items.sort(key=lambda item: (item.application.task.order, item.application.number or "", item.pk))
    _number(meeting, meetings.ordered([item.pk for item in items], meetings.recused(meeting)))


def _number(meeting: Meeting, order: Sequence[int]) -> None:
    items = {item.pk: item for item in meeting.items.all()}
    for place, pk in enumerate(order, 1):
        items[pk].order = place
    MeetingItem.objects.bulk_update(items.values(), ["order"])


@once
def set_agenda(meeting: Meeting, *, by, order: Sequence[int], key: str = "") -> Meeting:
    """Take the items in this order (their keys); what was voted on stays where it is."""
    with perform(ACTS["set_agenda"], meeting, by=by, key=key, order=list(order)) as locked:
        _number(locked, order)
    return locked


def order_agenda(meeting: Meeting, *, by, key: str = "") -> Meeting:
    """Put what is still to come into an order in which few members go in and out."""
    items = meetings.items_of(meeting)
    done = [item.pk for item in items if item.state not in (S.WAITING, S.DROPPED)]
    rest = [item.pk for item in items if item.state in (S.WAITING, S.DROPPED)]
    places = iter(meetings.ordered(rest, meetings.recused(meeting)))
    order = [item.pk if item.pk in done else next(places) for item in items]
    return set_agenda(meeting, by=by, order=order, key=key)


@once
def cancel_meeting(meeting: Meeting, *, by, reason: str, key: str = "") -> Meeting:
    """The meeting does not take place; its applications may go on another agenda."""
    with perform(ACTS["cancel_meeting"], meeting, by=by, key=key, reason=reason) as locked:
        locked.state, locked.reason = M.CANCELLED, reason.strip()[:500]
        seats = list(locked.seats.select_related("expert__user"))
        _revoke(locked, seats)
        messages_meeting.cancelled(locked, [seat.expert for seat in seats])
    return locked


@once
def sign_in(meeting: Meeting, *, by, key: str = "") -> Meeting:
    """The member is present and signs the call's pledge; what is not recused may be read until the meeting ends."""
    with perform(ACTS["sign_in"], meeting, by=by, key=key) as locked:
        seat = locked.seats.select_related("expert__user").get(expert__user=by)
        if not seat.present_at:
            seat.present_at, seat.pledge_text = clock.now(), pledge_text(locked.call)
            seat.save(update_fields=["present_at", "pledge_text"])
        _grant_to_present(locked, only=by)
    return locked


def _grant_to_present(meeting: Meeting, only=None) -> None:
    """Members who have signed in may read the applications from which they do not stand aside."""
    board = meetings.board(meeting)
    for seat in board.present:
        if only is None or seat.expert.user_id == only.pk:
            lines = board.for_member(seat.expert_id).lines
            access.grant_reviews(only or seat.expert.user, [line.application for line in lines])


def _revoke(meeting: Meeting, seats: list[MeetingSeat]) -> None:
    """Nothing of the agenda may be read any more, but what the person has a pledged sheet of."""
    agenda = list(meeting.items.values_list("application_id", flat=True))
    rows = Assignment.objects.filter(expert__in=[seat.expert_id for seat in seats], application__in=agenda)
    rows = rows.filter(state__in=ACTIVE).exclude(state=AssignmentState.ASSIGNED)
    kept = set(rows.values_list("expert_id", "application_id"))
    for seat in seats:
        access.revoke_reviews(seat.expert.user, [pk for pk in agenda if (seat.expert_id, pk) not in kept])


@once
def open_meeting(meeting: Meeting, *, by, key: str = "") -> Meeting:
    """Begin; refused before the day, without a chair and while too few members have signed in."""
    with perform(ACTS["open_meeting"], meeting, by=by, key=key) as locked:
        locked.state, locked.opened_at = M.OPEN, clock.now()
    return locked


# ---- item by item ----


@contextmanager
def _on_item(verb: str, item: MeetingItem, **named):
    """The door of the meeting for an act on one of its items; yields the locked item."""
    with perform(ACTS[verb], item.meeting, item=item, **named) as meeting:
        yield meeting.item


def _once(verb):
    """Answer a repeated key with the item as it stands."""

    @wraps(verb)
    def answered(item: MeetingItem, **named):
        try:
            return verb(item, **named)
        except Repeated:
            return MeetingItem.objects.get(pk=item.pk)

    return answered


@_once
def open_item(item: MeetingItem, *, by, key: str = "") -> MeetingItem:
    """Let the members vote on this one; refused while another one is open and where the quorum is not present."""
    with _on_item("open_item", item, by=by, key=key) as locked:
        for seat in meetings.line_of(locked).away:  # known since they signed in
            access.revoke_review(seat.expert.user, locked.application)
        locked.state, locked.opened_at = S.OPEN, clock.now()
    return locked


@_once
def cast_ballot(item: MeetingItem, *, by, choice: str, key: str = "") -> MeetingItem:
    """Vote, or vote differently while the item is open; either counted or refused. `choice`: for, against, abstain."""
    with _on_item("cast_ballot", item, by=by, key=key, choice=choice) as locked:
        Ballot.objects.update_or_create(
            item=locked, turn=locked.turn, expert=Expert.objects.get(user=by),
            defaults={"choice": choice, "cast_at": clock.now(), "struck_at": None, "struck_for": ""},
        )  # fmt: skip
    return locked


@_once
def close_item(item: MeetingItem, *, by, note: str = "", key: str = "") -> MeetingItem:
    """End the vote and record what it came to in the panel's round: of the members present who do not stand aside.

    Refused: no_quorum (too few of them voted), and whatever `record_round` refuses. Ballots of members who turn out to
    stand aside are struck, each with an entry.
    """
    with _on_item("close_item", item, by=by, key=key, note=note) as locked:
        line = meetings.line_of(locked)
        _strike(locked, {pk: conflict.sentence for pk, conflict in line.recused.items()}, by)
        record_round(
            locked.application, by=by, kind=meetings.PANEL, row=locked.meeting.round,
            people=meetings.names_of(line.present), text=note, held_on=clock.today(), reason=locked.reason,
            **line.tally.as_named(),
        )  # fmt: skip
        locked.outcome = outcomes_of([locked.application])[locked.application_id, locked.meeting.round_id]
        locked.standing = line.standing
        locked.state, locked.note, locked.closed_at = S.CLOSED, note.strip(), clock.now()
    return locked


def _strike(item: MeetingItem, reasons: dict[int, str], by) -> None:
    """The standing ballots of these experts no longer count; they are kept, and the log says why."""
    for ballot in item.ballots.filter(turn=item.turn, expert__in=reasons, struck_at=None):
        ballot.struck_at, ballot.struck_for = clock.now(), reasons[ballot.expert_id][:500]
        ballot.save(update_fields=["struck_at", "struck_for"])
        facts = {"item": item.pk, "expert": ballot.expert_id, "turn": ballot.turn, "reason": ballot.struck_for}
        log.append(item.meeting, "strike_ballot", by, data=facts)


@_once
def reopen_item(item: MeetingItem, *, by, reason: str, key: str = "") -> MeetingItem:
    """Vote anew: the result is set aside (decisions wait for the new one), the old ballots stay as they are."""
    with _on_item("reopen_item", item, by=by, key=key, reason=reason) as locked:
        if locked.outcome and locked.outcome.replaced_at is None:
            set_aside(locked.outcome)
            log.append(locked.application, "set_round_aside", by, data={"reason": reason.strip()})
        locked.state, locked.turn, locked.reason = S.OPEN, locked.turn + 1, reason.strip()[:500]
        locked.outcome = locked.standing = locked.closed_at = None
        locked.opened_at = clock.now()
    return locked


@_once
def drop_item(item: MeetingItem, *, by, reason: str, key: str = "") -> MeetingItem:
    """Not voted on in this meeting; the application keeps waiting for its round."""
    with _on_item("drop_item", item, by=by, key=key, reason=reason) as locked:
        locked.standing = meetings.line_of(locked).standing
        locked.state, locked.reason, locked.closed_at = S.DROPPED, reason.strip()[:500], clock.now()
    return locked


@_once
def stand_aside(item: MeetingItem, *, by, reason: str, expert: Expert | None = None, key: str = "") -> MeetingItem:
    """A member is too close to this one, as they say themselves or, with `expert`, an officer decides.

    At once the item is gone for them, and what they voted on it no longer counts.
    """
    with _on_item("stand_aside", item, by=by, key=key, expert=expert, reason=reason) as locked:
        kind = Recusal.Kind.DECLARED if by.is_expert else Recusal.Kind.OFFICER
        away = expert or Expert.objects.select_related("user").get(user=by)
        Recusal.objects.update_or_create(
            expert=away, application=locked.application,
            defaults={"kind": kind, "reason": reason.strip()[:500], "by": by, "at": clock.now()},
        )  # fmt: skip
        _strike(locked, {away.pk: f"{kind.label}：{reason.strip()}"}, by)
        access.revoke_review(away.user, locked.application)
    return locked


# ---- the end ----


@once
def write_minutes(meeting: Meeting, *, by, text: str, base: str | None = None, key: str = "") -> Meeting:
    """What was said, beside the notes on the items. `base`: digest of the text that the form read; None writes over."""
    with perform(ACTS["write_minutes"], meeting, by=by, key=key, text=text, base=base) as locked:
        locked.minutes = text.replace("\r\n", "\n").strip()
    return locked


@once
def close_meeting(meeting: Meeting, *, by, key: str = "") -> Meeting:
    """The end: nobody reads or votes any more. Refused while an item is neither voted on nor dropped."""
    with perform(ACTS["close_meeting"], meeting, by=by, key=key) as locked:
        locked.state, locked.closed_by, locked.closed_at = M.CLOSED, by, clock.now()
        _revoke(locked, list(locked.seats.select_related("expert__user")))
    return locked
