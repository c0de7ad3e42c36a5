"""专家导入: an officer confirms what a workbook brings; all of it in one transaction, or nothing."""

from collections.abc import Iterable

from django.db import transaction

from audit import log
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import importing
from reviews.expert_sheet import JOBS, PRIVATE, Line
from reviews.importing import CHANGE, NEW, REFUSED
from reviews.models import Expert, ExpertImport
from reviews.refusing import require
from reviews.rules import is_officer
from reviews.workflow.experts import OFFICERS_ONLY, create_expert, update_expert
from reviews.workflow.people import add_employment, end_employment

NAMED = 12
"""So many rows are named in a refusal; the page shows all."""


def import_experts(row: ExpertImport, *, by, leave_out: bool = False, shown: str = "", key: str = "") -> ExpertImport:
    """Write the new and the changed lines, once. Phone and ID numbers then leave the upload.

    `leave_out`: lines that cannot be taken stay out (the officer ticked it); without it one of them stops everything.
    `shown`: `importing.digest` of what the officer saw; when the list has changed since, nothing is written.
    Refused: already_done (409), experts_changed (409), lines_refused, nothing_to_write (422). The same person's second
    click gives what the first did.
    """
    require(is_officer(by), row, "import_experts", by, OFFICERS_ONLY)
    with transaction.atomic():
        # Uploads are confirmed one after the other: the first one is everybody's lock, so two files that bring the
        # same people cannot both be judged before either is written.
        ExpertImport.objects.select_for_update().order_by("pk").values_list("pk").first()
        held = ExpertImport.objects.select_for_update().get(pk=row.pk)
        if held.confirmed_at:
            if held.confirmed_by_id == by.pk:
                return held
            raise Refused("already_done", f"{held.confirmed_by.name}已经确认导入，不必再次办理。")
        lines = importing.lines_of(held)
        _ready(lines, leave_out, shown)
        _write(lines, by)
        return _close(held, lines, by, key)


def _ready(lines: list[Line], leave_out: bool, shown: str) -> None:
    if shown and shown != importing.digest(lines):
        raise Refused("experts_changed", "专家库在此期间已经变动，下面是重新核对的结果。请看过以后再确认。")
    refused = [str(line.row) for line in lines if line.verdict == REFUSED]
    if refused and not leave_out:
        rows = "、".join(refused[:NAMED]) + (" 等" if len(refused) > NAMED else "")
        sentence = f"有 {len(refused)} 行不能导入（第 {rows} 行）。请改好文件重新上传，或者勾选不导入这些行。"
        raise Refused("lines_refused", sentence, "leave_out", status=422)
    if not any(line.verdict in (NEW, CHANGE) for line in lines):
        raise Refused("nothing_to_write", "没有需要写入的行。", status=422)


def _write(lines: Iterable[Line], by) -> None:
    for line in lines:
        values = {name: value for name, value in line.values.items() if name not in JOBS}
        if line.verdict == NEW:
            # The lines were judged: who resembles somebody else was refused, or has another ID number.
            line.expert = create_expert(by=by, namesake=True, **values).pk
        elif line.verdict == CHANGE:
            changes = {name: value for name, value in values.items() if name in importing.UPDATED}
            update_expert(Expert(pk=line.expert), by=by, **changes)
        if line.verdict in (NEW, CHANGE) and JOBS.keys() & line.values.keys():
            _write_jobs(Expert.objects.get(pk=line.expert), line.values, by)


def _write_jobs(expert: Expert, values: dict, by) -> None:
    for key in JOBS:
        for row, job in importing.job_steps(expert, values, key):
            if row is None:
                add_employment(expert, by=by, unit_name=job.unit_name, from_on=job.from_on, to_on=job.to_on)
            else:
                end_employment(row, by=by, to_on=job.to_on)


def _close(held: ExpertImport, lines: list[Line], by, key: str) -> ExpertImport:
    verdicts = [line.verdict for line in lines]
    for line in lines:
        line.values = {name: value for name, value in line.values.items() if name not in PRIVATE}
    held.lines = [line.as_json() for line in lines]
    held.confirmed_by, held.confirmed_at = by, clock.now()
    held.written = verdicts.count(NEW) + verdicts.count(CHANGE)
    held.save()
    facts = {verdict: verdicts.count(verdict) for verdict in importing.WORDS}
    log.append(held, "import_experts", by, key=key, data={"file": held.name, "sha256": held.sha256, **facts})
    return held
