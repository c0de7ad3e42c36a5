"""The minutes of a panel's meeting for signature, and its ballots as a workbook; nothing is written here."""

from documents import pdf, qr
from documents.sheets import Column, Mark, Sheet
from documents.text import day, moment, printable, title_lines
from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from reviews.meetings import Board, Line
from reviews.models import Ballot, Meeting, MeetingItem, RecusalKind

TEMPLATE = "papers/meeting_minutes.html"
S = MeetingItem.State


def minutes_pdf(board: Board) -> bytes:
    """The minutes as they stand; with the word 草稿 and without a code until the meeting has ended."""
    return pdf.render(TEMPLATE, minutes(board), draft=board.meeting.state != Meeting.State.CLOSED)


def minutes(board: Board) -> dict:
    """Context of TEMPLATE: who was there, who stood aside from what, what the votes came to, what was said."""
    meeting, spec = board.meeting, board.meeting.call.spec
    title = f"{meeting.call.title}{board.round.label}纪要"
    body = printable(
        {
            "title": title,
            "heading": title_lines(title),
            "facts": _facts(board),
            "words": {key: spec.label(key) for key in ("title", "lead")},
            "members": [_member(seat) for seat in board.seats],
            "lines": [_line(line) for line in board.lines],
            "recusals": [row for line in board.lines for row in _recusals(line)],
            "notes": [(line.place, line.application.title, line.item.note) for line in board.lines if line.item.note],
            "minutes": meeting.minutes,
            "rule": f"同意票超过投票总数（含弃权）的 {board.round.spec.pass_share} 为通过。",
        }
    )
    if meeting.state != Meeting.State.CLOSED:
        return body | {"head": title}
    digest = sha256_hex(canonical_json(body))
    code = f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}".upper()
    number = f"{spec.number_prefix or meeting.call.slug}-HY-{meeting.pk:04d}"
    words = {"head": title, "version": f"会议纪要号 {number}　校验码 {code}", "hash": f"SHA-256 {digest}"}
    return body | words | {"qr": qr.svg("|".join((number, code, digest[:16])))}


def _facts(board: Board) -> list[tuple[str, str]]:
    meeting = board.meeting
    times = day(meeting.held_on)
    if meeting.opened_at and meeting.closed_at:
        times = f"{moment(meeting.opened_at)} 至 {_short(meeting.closed_at, meeting.opened_at)}"
    chair = board.chair.expert.user.name if board.chair else ""
    done, dropped = board.done, board.count(S.DROPPED)
    items = f"共 {len(board.lines)} 项，表决 {done} 项，通过 {board.passed} 项"
    return [
        ("会议名称", meeting.title),
        ("时间", times),
        ("地点", meeting.place),
        ("组长", chair),
        ("出席情况", f"应到 {len(board.seats)} 位，实到 {len(board.present)} 位"),
        ("议题", items + (f"，未表决 {dropped} 项" if dropped else "")),
    ]


def _short(end, start) -> str:
    """The end of something; without its day where that is the day of the start."""
    same = clock.local(end).date() == clock.local(start).date()
    return f"{clock.local(end):%H:%M}" if same else moment(end)


def _member(seat) -> dict:
    return {
        "name": seat.expert.user.name,
        "is_chair": seat.is_chair,
        "unit": seat.expert.unit_name,
        "title": seat.expert.title,
        "signed_in": f"{clock.local(seat.present_at):%m-%d %H:%M}" if seat.present_at else "缺席",
        "present": bool(seat.present_at),
    }


def _line(line: Line) -> dict:
    """A closed item with its votes; any other one with why there are none."""
    item, out = line.item, line.outcome
    row = {"place": line.place, "number": line.application.number or "", "title": line.application.title}
    row |= {"unit": line.application.unit.name, "turn": item.turn}
    if item.state != S.CLOSED:
        return row | {"none": f"{item.get_state_display()}{f'：{item.reason}' if item.state == S.DROPPED else ''}"}
    votes = (out.votes_for, out.votes_against, out.votes_abstain)
    standing = item.standing
    again = f"第 {item.turn} 次表决，理由：{item.reason}" if item.turn > 1 else ""
    return row | {
        "members": standing["members"], "present": standing["present"], "votes": votes, "again": again,
        "result": "通过" if out.passed else "未通过",
    }  # fmt: skip


def _recusals(line: Line) -> list[dict]:
    return [
        {
            "place": line.place,
            "title": line.application.title,
            "name": seat.expert.user.name,
            "kind": RecusalKind(conflict.kind).label,
            "reason": conflict.sentence,
        }
        for seat, conflict in line.reasons
    ]


def ballot_sheet(board: Board) -> Sheet:
    """Every ballot of every turn as it was cast; struck ones are struck through and say why."""
    places = {line.item.pk: line for line in board.lines}
    ballots = (
        Ballot.objects.filter(item__in=places).select_related("expert__user").order_by("item__order", "turn", "pk")
    )
    rows = [(places[ballot.item_id], ballot) for ballot in ballots]
    label = board.meeting.call.spec.label
    return Sheet(
        title="表决票",
        heading=f"{board.meeting.title}表决票",
        left=f"会议日期：{day(board.meeting.held_on)}",
        right=f"制表日期：{day(clock.today())}",
        columns=[
            Column("serial", "序号", 11, "serial"),
            Column("number", "申报编号", 36, "code", lambda row: row[0].application.number),
            Column("title", label("title"), 42, "text", lambda row: row[0].application.title),
            Column("turn", "第几次\n表决", 15, "int", lambda row: row[1].turn),
            Column("expert", "专家", 20, "short", lambda row: row[1].expert.user.name),
            Column("unit", "专家单位", 38, "text", lambda row: row[1].expert.unit_name),
            Column("choice", "表决", 17, "short", _choice),
            Column("cast_at", "表决时间", 34, "moment", lambda row: row[1].cast_at),
            Column("note", "说明", 28, "text", lambda row: row[1].struck_for and f"作废：{row[1].struck_for}"),
        ],
        rows=rows,
        notes=["重新表决的，各次表决票分别列出，以最后一次为准；专家回避的，其表决票作废，不计入结果。"],
        signers=["记录人（签字）", "监督人员（签字）"],
        number=f"表决票 {board.meeting.call.spec.number_prefix or board.meeting.call.slug} {board.meeting.pk}",
        freeze=3,
    )  # fmt: skip


def _choice(row):
    _, ballot = row
    label = ballot.get_choice_display()
    return Mark(label, "dropped") if ballot.struck_at else label
