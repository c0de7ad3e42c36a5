"""Of the scene: a call whose experts read without names, and its panel's meetings.

`veiled` is in review; `hidden` was scored, looked at again by a vote of the panel, and voted on in a meeting that has
ended; a second meeting votes on `veiled` now. One member stands aside from both.
"""

import io
from copy import deepcopy

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from applications import access
from applications import workflow as applications
from jbgs.lib import clock
from programmes.loader import load_document
from reviews import workflow as reviews
from reviews.models import Meeting
from reviews.workflow import meeting as verbs
from tests.cast import OPEN, RECOMMENDING, miit_document
from tests.reviews.leaks.scene import BLIND, MEMBERS, VEILED, Scene, file, save, sign, take

PANEL = {"kind": "panel", "label": "会议评审", "quorum": "2/3", "pass_share": "1/2"}
AUTHOR = "暗文作者"
"""Stands in the properties of a file that experts may have."""


def blind_call(scene: Scene):
    document = deepcopy(miit_document()) | {"slug": "blind-2025", "number_prefix": "BL"}
    document["review"] |= {"blind": True, "rounds": [PANEL, {"kind": "mail", "label": "专家评审"}]}
    for section in document["form"]:
        if section["type"] == "attachments":
            kind = {"key": "drawings", "label": "技术图册", "types": ["pdf"], "anonymous": True}
            section["options"]["kinds"].append(kind)
    call = load_document(document).call
    for name in ("olga", "otto", "ruth"):
        access.grant_call(scene.people[name], call)
    access.grant_supervision(scene.people["sven"], call)
    return call


def blind_call_filed(scene: Scene) -> None:
    call = scene.blind_call = blind_call(scene)
    first, scene.cast.call = scene.cast.call, call
    try:
        _file(scene, call.tasks.order_by("order").first())
    finally:
        scene.cast.call = first


def review_blind(scene: Scene) -> None:
    with clock.travel(RECOMMENDING):
        for name in BLIND:
            scene.seat(name, *VEILED)
        sign(scene, "veiled", "masker")
        save(scene, "veiled", "hider")
        for name in VEILED:
            sign(scene, "hidden", name)
        _meet(scene)


def _file(scene: Scene, task) -> None:
    with clock.travel(OPEN):
        for name, unit in BLIND.items():
            by = scene.people[unit]
            by.unit.contact_name, by.unit.contact_phone = f"虚构暗联{name}", f"1379{len(name):04d}{by.unit.pk:03d}"
            by.unit.save()
            title = f"{by.unit.name}的虚构装备{name}"
            file(scene, name, by, task, title, attach=lambda row, by=by: _attach(row, by))
    take(scene, BLIND)
    for name, unit in BLIND.items():
        row, unit = scene.applications[name], scene.people[unit].unit
        for word in (unit.name, unit.code, unit.contact_name):
            scene.plant("unit", word, name)
        for word in (row.number, row.version.code, row.version.sha256[:16]):
            scene.plant("paper", word, name)
    scene.plant("author", AUTHOR, "veiled")


def _attach(row, by) -> None:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = AUTHOR
        pdf.save(target)
    applications.add_attachment(row, "drawings", SimpleUploadedFile(f"{by.unit.name}.pdf", target.getvalue()), by=by)


def _meet(scene: Scene) -> None:
    olga = scene.cast.olga
    asked = reviews.reconsider(
        scene.applications["hidden"], by=olga, ground="officer", way="vote",
        reason=scene.plant("second", "暗由复议表决", "hidden"),
    )  # fmt: skip
    for name, title in (("hidden", "虚构会议已开"), ("veiled", "虚构会议正开")):
        meeting = scene.meetings[name] = _begin(scene, name, title)
        item = verbs.open_item(meeting.items.get(), by=olga)
        verbs.cast_ballot(item, by=scene.people["chair"], choice="for")
        if name == "hidden":
            verbs.cast_ballot(item, by=scene.people["member"], choice="against")
            verbs.close_item(item, by=olga, note=scene.plant("minutes", "暗语评议", name))
            verbs.write_minutes(meeting, by=olga, text=scene.plant("minutes", "暗语纪要", name))
            verbs.close_meeting(Meeting.objects.get(pk=meeting.pk), by=olga)
    reviews.close_reconsideration(asked, by=olga, conclusion=scene.plant("second", "暗由复议票决", "hidden"))


def _begin(scene: Scene, name: str, title: str) -> Meeting:
    members = [scene.experts[one] for one in MEMBERS]
    meeting = verbs.plan_meeting(
        scene.blind_call, by=scene.cast.olga, title=scene.plant("meeting", title, name), held_on=clock.today(),
        applications=[scene.applications[name]], experts=members, chair=members[0], place="虚构会议室",
    )  # fmt: skip
    for one in MEMBERS:
        verbs.sign_in(meeting, by=scene.people[one])
    word = scene.plant("recusal", f"暗由会议回避{name}", name, "aside")
    verbs.stand_aside(meeting.items.get(), by=scene.people["aside"], reason=word)
    return verbs.open_meeting(Meeting.objects.get(pk=meeting.pk), by=scene.cast.olga)
