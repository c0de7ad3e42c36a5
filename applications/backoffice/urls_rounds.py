"""Pages of the rounds beside the experts' scores, of the hearing before an end, and of who is barred."""

from django.urls import path, re_path

from accounts.choices import Role
from applications.backoffice import hearing, rounds
from jbgs.lib import nav

CALL = r"(?P<slug>[A-Za-z0-9._-]+)"
NUMBER = r"(?P<number>[0-9]{1,2})"
READERS = (Role.OFFICER, Role.SUPERVISOR)

nav.register("办理", "评审环节", "admin:applications_rounds", READERS, 48, icon="flag")
nav.register("办理", "陈述申辩", "admin:applications_hearings", READERS, 57, icon="scale")
nav.register("办理", "限制申报", "admin:applications_bans", READERS, 59, icon="shield")

patterns = [
    path("office/rounds/", rounds.rounds_page, name="applications_rounds"),
    path("office/rounds/record/<int:pk>/<int:number>/", rounds.record, name="applications_round_record"),
    path("office/rounds/record/<int:pk>/<int:number>.pdf", rounds.record_pdf, name="applications_round_pdf"),
    re_path(rf"^office/rounds/of/{CALL}/{NUMBER}/$", rounds.round_, name="applications_round"),
    re_path(rf"^office/rounds/of/{CALL}/{NUMBER}\.xlsx$", rounds.workbook, name="applications_round_xlsx"),
    path("office/round-objections/<int:pk>/", rounds.objection, name="applications_round_objection"),
    path("office/hearings/", hearing.hearings, name="applications_hearings"),
    path("office/hearings/<int:pk>/", hearing.hearing, name="applications_hearing"),
    path("office/bans/", hearing.bans, name="applications_bans"),
]
