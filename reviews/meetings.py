"""The panel's meeting as people see it: who stands aside where, who must vote, what the votes came to.

A recused member does not see the item at all, anywhere, and counts in neither the quorum nor the votes. Recusals are
asked anew each time (`conflicts.find`), so that one that was found or declared a moment ago counts at once; of an item
that was voted on also those that stood then. Everything costs a constant number of queries.
"""

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from django.db.models import Q

from applications import access
from applications.models import Application, ReviewRound, RoundOutcome
from applications.rounds import Round, progress_of, rounds_of, specs_of
from applications.states import State
from jbgs.lib.crypto import canonical_json, sha256_hex
from reviews import conflicts, queries
from reviews.agenda import moves, ordered
from reviews.conflicts import Conflict
from reviews.models import Ballot, Meeting, MeetingItem, MeetingSeat

__all__ = ["Board", "Line", "board", "is_run_by", "moves", "ordered", "recused", "run_by", "visible_to"]

PANEL = "panel"
LIVE = (Meeting.State.PLANNED, Meeting.State.OPEN)
M, S, C = Meeting.State, MeetingItem.State, Ballot.Choice


# ---- who sees and who runs a meeting ----


def visible_to(user):
    """The meetings whose desk this person sees: officers and supervisors of all that is on the agenda. Nobody else."""
    tasks = queries.tasks_for(user)
    whole = access.grants_of(user).calls if user.is_active and user.is_officer else frozenset()
    if user.is_active and user.is_supervisor:
        whole = access.grants_of(user).supervised
    strange = MeetingItem.objects.exclude(application__task__in=tasks).values("meeting")
    mine = Q(call__in=whole) | Q(items__application__task__in=tasks)
    return Meeting.objects.filter(mine).exclude(pk__in=strange).distinct().select_related("call__current_version")


def run_by(user):
    """The meetings that this officer prepares and holds."""
    return visible_to(user) if user.is_active and user.is_officer else Meeting.objects.none()


def is_run_by(meeting: Meeting, user) -> bool:
    return run_by(user).filter(pk=meeting.pk).exists()


def all_managed(user, call, applications) -> bool:
    """Whether all of these are of this officer's part; of none, whether the whole call is."""
    if not applications:
        return access.manages_call(user, call)
    tasks = {row.task_id for row in applications}
    mine = queries.tasks_for(user).filter(pk__in=tasks, call=call)
    return {row.call_id for row in applications} == {call.pk} and mine.count() == len(tasks)


def seats_of(user):
    """The seats of this expert, the next meeting first; a cancelled one is gone."""
    seats = MeetingSeat.objects.filter(expert__user=user.pk, expert__user__is_active=True)  # a visitor has no key
    seats = seats if user.is_active and user.is_expert else seats.none()
    return seats.exclude(meeting__state=M.CANCELLED).select_related("meeting__call", "expert__user")


# ---- the round and its rules ----


def round_of(meeting: Meeting) -> Round:
    """The round of the call that this meeting holds, with its quorum and share."""
    found = rounds_of(meeting.call)
    mine = (round_ for round_ in found if round_.row.pk == meeting.round_id)
    return next(mine, None) or next(round_ for round_ in found if round_.kind == PANEL)


def has_panel(call) -> bool:
    """Whether the call's review has a panel; no query."""
    return any(spec.kind == PANEL for spec in specs_of(call))


def panel_rounds(call) -> list[Round]:
    """The rounds of the call in which a panel meets, in their order; none where nobody meets."""
    return [round_ for round_ in rounds_of(call) if round_.kind == PANEL]


def panel_round(call, row: ReviewRound | None = None) -> Round | None:
    """The panel round with this row, the call's first one without; None where there is no such round."""
    found = panel_rounds(call)
    if row is not None:
        found = [one for one in found if one.row.pk == row.pk]
    return next(iter(found), None)


def needed(spec, members: int) -> int:
    """How many must vote: the quorum's share of the members who are not recused, and never fewer than the call says."""
    return max(1, spec.least_people, math.ceil(Fraction(spec.quorum) * members))


def waiting_applications(call, user, round_: Round) -> list[Application]:
    """What may go on an agenda of this round: in review, at its turn, of this officer's part, on no other live
    agenda."""
    rows = Application.objects.filter(call=call, state=State.IN_REVIEW, task__in=queries.tasks_for(user))
    rows = rows.exclude(pk__in=on_live_agendas().values("application"))
    rows = list(rows.select_related("call__current_version", "task__field", "unit").order_by("task__order", "number"))
    ways = progress_of(rows)
    return [row for row in rows if (way := ways[row.pk].waiting) and way.row.pk == round_.row.pk]


def way_of(application: Application) -> Round | None:
    """The round for which this application waits now; None when it has failed one or passed all."""
    return progress_of([application])[application.pk].waiting


def on_live_agendas():
    """Items that a meeting still has to deal with."""
    return MeetingItem.objects.filter(meeting__state__in=LIVE).exclude(state=S.DROPPED)


# ---- one meeting with everything ----


@dataclass(frozen=True)
class Tally:
    votes_for: int = 0
    votes_against: int = 0
    votes_abstain: int = 0

    @property
    def cast(self) -> int:
        return self.votes_for + self.votes_against + self.votes_abstain

    def as_named(self) -> dict:
        return {name: getattr(self, name) for name in ("votes_for", "votes_against", "votes_abstain")}


@dataclass
class Line:
    """One item of the agenda. `recused`: Conflict by expert pk; `seats`: the members who are not; `ballots`: of this
    turn, struck ones and those of recused members left out."""

    item: MeetingItem
    recused: dict[int, Conflict]
    seats: list[MeetingSeat]
    away: list[MeetingSeat]
    ballots: list[Ballot]
    needed: int
    place: int = 0

    @property
    def application(self) -> Application:
        return self.item.application

    @property
    def outcome(self) -> RoundOutcome | None:
        return self.item.outcome

    @property
    def present(self) -> list[MeetingSeat]:
        return [seat for seat in self.seats if seat.present_at]

    @property
    def tally(self) -> Tally:
        chosen = [ballot.choice for ballot in self.ballots]
        return Tally(chosen.count(C.FOR), chosen.count(C.AGAINST), chosen.count(C.ABSTAIN))

    @property
    def has_quorum(self) -> bool:
        """Whether enough members who are not recused have signed in."""
        return len(self.present) >= self.needed

    @property
    def left_out(self) -> list[MeetingSeat]:
        """Who is present and has not voted."""
        voted = {ballot.expert_id for ballot in self.ballots}
        return [seat for seat in self.present if seat.expert_id not in voted]

    @property
    def reasons(self) -> list[tuple[MeetingSeat, Conflict]]:
        """Who stands aside and why; of an item that was dealt with, who did so then."""
        return [one for one in self._away if one not in self.late]

    @property
    def late(self) -> list[tuple[MeetingSeat, Conflict]]:
        """Of an item that was voted on, who should have stood aside as it was found out since, and counted."""
        if self.item.state not in (S.CLOSED, S.DROPPED) or self.item.standing is None:
            return []
        then = {row["expert"] for row in self.item.standing["recused"]}
        return [(seat, conflict) for seat, conflict in self._away if seat.expert_id not in then]

    @property
    def _away(self) -> list[tuple[MeetingSeat, Conflict]]:
        return [(seat, self.recused[seat.expert_id]) for seat in self.away]

    @property
    def standing(self) -> dict:
        """For the record of the item, as it is now: how many were not recused, how many of them are here, who is."""
        away = sorted(self.recused.items())
        recused = [{"expert": pk, "kind": conflict.kind, "reason": conflict.sentence} for pk, conflict in away]
        return {"members": len(self.seats), "present": len(self.present), "recused": recused}

    @property
    def chair_away(self) -> bool:
        return any(seat.is_chair for seat in self.away)

    def vote_of(self, expert_pk: int) -> Ballot | None:
        return next((ballot for ballot in self.ballots if ballot.expert_id == expert_pk), None)


@dataclass
class Board:
    """A meeting with seats and agenda. `for_member(pk)` is the same without what that member must not know of."""

    meeting: Meeting
    round: Round
    seats: list[MeetingSeat]
    lines: list[Line] = field(default_factory=list)

    @property
    def open_line(self) -> Line | None:
        return next((line for line in self.lines if line.item.state == S.OPEN), None)

    @property
    def present(self) -> list[MeetingSeat]:
        return [seat for seat in self.seats if seat.present_at]

    @property
    def chair(self) -> MeetingSeat | None:
        return next((seat for seat in self.seats if seat.is_chair), None)

    @property
    def needed(self) -> int:
        """How many members make the meeting itself."""
        return needed(self.round.spec, len(self.seats))

    def count(self, *states: str) -> int:
        return sum(line.item.state in states for line in self.lines)

    @property
    def waiting(self) -> int:
        return self.count(S.WAITING, S.OPEN)

    @property
    def done(self) -> int:
        return self.count(S.CLOSED)

    @property
    def passed(self) -> int:
        return sum(line.item.state == S.CLOSED and line.outcome.passed for line in self.lines)

    @cached_property
    def _recused(self) -> dict[int, set[int]]:
        return {line.item.pk: set(line.recused) for line in self.lines}

    @property
    def moves(self) -> int:
        """How often members go out and come in again in this order."""
        return moves([line.item.pk for line in self.lines], self._recused)

    @property
    def least_moves(self) -> int:
        """The same in the order that `ordered` finds."""
        pks = [line.item.pk for line in self.lines]
        return moves(ordered(pks, self._recused), self._recused)

    def line(self, item_pk: int) -> Line | None:
        return next((line for line in self.lines if line.item.pk == item_pk), None)

    def for_member(self, expert_pk: int) -> "Board":
        """Without the items from which this member stands aside, numbered as if they were not there."""
        kept = [line for line in self.lines if expert_pk not in line.recused]
        shown = [replace(line, place=place) for place, line in enumerate(kept, 1)]
        return Board(self.meeting, self.round, self.seats, shown)

    def mark(self, *also) -> str:
        """Changes when the agenda or what is `also` shown changes; of a board `for_member` it tells nothing else.

        Votes are not in it: who may see how many there are asks for the number.
        """
        seen = [self.meeting.state, *also]
        seen += [(line.item.pk, line.item.state, line.item.turn, line.item.note) for line in self.lines]
        return sha256_hex(canonical_json(seen))[:16]


def board(meeting: Meeting, *, only: int | None = None) -> Board:
    """Everything about a meeting for whoever runs or watches it; for a member go on with `for_member`. `only`: with
    this item alone."""
    round_ = round_of(meeting)
    seats = list(meeting.seats.select_related("expert__user").order_by("-is_chair", "pk"))
    items = items_of(meeting, only=only)
    found = _recused(items, seats)
    ballots: dict[tuple[int, int], list[Ballot]] = {}
    for ballot in Ballot.objects.filter(item__in=items, struck_at=None).order_by("pk"):
        ballots.setdefault((ballot.item_id, ballot.turn), []).append(ballot)
    lines = []
    for place, item in enumerate(items, 1):
        away = found[item.pk]
        staying = [seat for seat in seats if seat.expert_id not in away]
        cast = [ballot for ballot in ballots.get((item.pk, item.turn), ()) if ballot.expert_id not in away]
        leaving = [seat for seat in seats if seat.expert_id in away]
        lines.append(Line(item, away, staying, leaving, cast, needed(round_.spec, len(staying)), place))
    return Board(meeting, round_, seats, lines)


def line_of(item: MeetingItem) -> Line:
    """One item of the agenda by itself; its `place` says nothing."""
    return board(item.meeting, only=item.pk).lines[0]


def items_of(meeting: Meeting, *, only: int | None = None) -> list[MeetingItem]:
    """The agenda in its order, with what a line shows."""
    related = ("application__task__field", "application__unit", "application__call__current_version", "outcome")
    items = meeting.items.select_related(*related, "application__version")
    items = items.defer("application__call__current_version__document", "application__version__content")
    return list((items.filter(pk=only) if only else items).order_by("order", "pk"))


def names_of(seats: list[MeetingSeat]) -> list[str]:
    """Names for a record; who shares one is told apart by the unit."""
    names = [seat.expert.user.name for seat in seats]
    return [
        f"{name}（{seat.expert.unit_name}）" if names.count(name) > 1 else name
        for name, seat in zip(names, seats, strict=True)
    ]


def digest_of(text: str) -> str:
    """By which a form names the text that it read."""
    return sha256_hex(text.encode())[:16]


def recused(meeting: Meeting) -> dict[int, dict[int, Conflict]]:
    """By item, the members who stand aside from it and why, by expert; every item is named."""
    return _recused(items_of(meeting), list(meeting.seats.select_related("expert__user")))


def stands_aside(item: MeetingItem, seat: MeetingSeat) -> bool:
    """Whether this member must not know of the item."""
    return seat.expert_id in _recused([item], [seat])[item.pk]


def _recused(items: list[MeetingItem], seats: list[MeetingSeat]) -> dict[int, dict[int, Conflict]]:
    now = conflicts.find([item.application for item in items], [seat.expert for seat in seats]) if items else {}
    found: dict[int, dict[int, Conflict]] = {}
    for item in items:
        then = (item.standing or {}).get("recused", [])
        away = {row["expert"]: Conflict(row["kind"], row["reason"]) for row in then}
        for seat in seats:
            if conflict := now.get((seat.expert_id, item.application_id)):
                away.setdefault(seat.expert_id, conflict)
        found[item.pk] = away
    return found
