"""Who is let in where: the url names of the whole project, each with the people who may read it and who may act on it.

How to add a url. A new one stands in no row, and `test_every_address_stands_in_the_table` names it:

1. READERS: put its name behind the people to whom a GET shows a page, a file or the way to one. The people are those of
   tests/access/played.py. A form without a page stands with NONE; one whose address leads on to its page, with ALL.
   No row with these people? Write a new one. A name stands in one row only.
2. ACTORS, only if it takes a POST: the people whose form may change something. Everybody else's may write nothing but
   the entry of its refusal.
3. If it has parameters that no line of CHOICES in tests/access/addresses.py fits, add one: which rows they stand for.
   If it shows what is in an application, a sheet or a file, add it to `SHOWING` below: then every row is opened.
4. If it reads fields of a form that tests/access/forged.py does not send yet, add them there.
5. If opening it asks the worker for a file, add it to ASKS_FOR_A_FILE.
6. If it shows something that not everybody may read, plant words for it in tests/access/played.py and say in SECRETS or
   VIEWERS who may; the whole matrix then looks for them everywhere.

Names in brackets are routes without a name.
"""

from tests.access.played import PEOPLE

ALL = frozenset(PEOPLE)
NONE: frozenset[str] = frozenset()
SIGNED_IN = ALL - {"nobody"}
APPLICANTS = frozenset({"alice", "filler", "bob"})
BACK = SIGNED_IN - APPLICANTS
DEPARTMENTS = frozenset({"dora", "dick"})
OFFICERS = frozenset({"olga", "otto", "oscar"})
"""With a part in the call; oleg is an officer without one."""
ANY_OFFICER = OFFICERS | {"oleg"}
WATCHERS = OFFICERS | {"sven"}
WHOLE = frozenset({"olga", "otto", "sven"})
"""The whole call; oscar has one field of it."""
EXPERTS = frozenset({"erin", "eva"})
"""With sheets in hand; emil stood down from his only one."""
SEE_SOME = APPLICANTS | DEPARTMENTS | WATCHERS | EXPERTS
SYSTEM = frozenset({"sysadmin", "root"})
KEEPERS = SYSTEM | {"security"}

READERS: tuple[tuple[frozenset[str], str], ...] = (
    (ALL, """
        healthz readyz guide accounts:register accounts:check_code accounts:signin accounts:signout accounts:privacy
        accounts:backoffice_signin accounts:backoffice_signout accounts:first_sign_in admin:login admin:logout
        programmes:home programmes:call programmes:task
        applications:publicities applications:publicity applications:objection"""),
    # Addresses of forms: they lead to the page on which the form stands, whoever opens them.
    (ALL, """
        admin:applications_own_deadline admin:applications_rerank admin:applications_list_confirmed
        admin:applications_keep_scan admin:applications_recommend admin:applications_return_for_changes
        admin:applications_decline admin:applications_unrecommend admin:applications_draft_apply
        admin:applications_draft_discard admin:applications_draft_rebase"""),
    (SIGNED_IN, """
        accounts:password accounts:backoffice_password admin:password_change notifications:inbox
        notifications:due"""),
    (frozenset({"alice", "filler"}), """
        applications:letter applications:report applications:report_file_of applications:report_pdf"""),
    (APPLICANTS, """
        accounts:unit accounts:people applications:mine applications:create applications:detail applications:department
        applications:edit applications:section applications:adopt applications:check applications:submit
        applications:receipt
        applications:receipt_pdf applications:take_back applications:withdraw applications:diff applications:pdf
        applications:evaluation applications:appeal applications:reports applications:round_objection
        applications:statement"""),
    (SEE_SOME, "applications:attachment_download applications:pdf_version"),
    (SEE_SOME - {"dick"}, "documents:artifact"),
    (frozenset({"alice", "dora", "olga", "erin"}), "notifications:open"),
    (BACK, """
        admin:index admin:jsi18n admin:password_change_done notifications:backoffice_inbox notifications:backoffice_due
        admin:reviews_todo admin:reviews_meetings
        admin:reviews_tasks admin:reviews_pledge"""),
    (WHOLE, "admin:reviews_meeting admin:reviews_meeting_now admin:reviews_meeting_minutes"),
    (frozenset({"olga", "otto"}), "admin:reviews_meeting_change admin:reviews_meeting_ballots"),
    (frozenset({"erin", "eva"}), """
        admin:reviews_meeting_seat admin:reviews_meeting_seat_now admin:reviews_meeting_paper
        admin:reviews_meeting_recuse"""),
    (DEPARTMENTS, """
        admin:applications_all admin:applications_outputs admin:applications_department admin:applications_calls
        admin:applications_recommending"""),
    (frozenset({"dora"}), "admin:applications_confirm_list"),
    (WHOLE | {"dora"}, "admin:applications_report admin:applications_report_file admin:applications_report_pdf"),
    (WHOLE | {"dora"}, """
        admin:applications_scan admin:applications_output admin:applications_letter admin:applications_differences"""),
    (WATCHERS | DEPARTMENTS, "admin:applications_detail"),
    (WATCHERS, """
        admin:applications_reports admin:applications_reports_xlsx
        admin:applications_overview admin:applications_every admin:applications_examining admin:applications_examine
        admin:applications_lists admin:applications_start_review admin:applications_decisions
        admin:applications_publicity admin:applications_objections admin:applications_appeals
        admin:applications_evaluations admin:applications_award admin:applications_office_outputs
        admin:applications_recusal admin:reviews_recusals
        admin:applications_rounds admin:applications_hearings admin:applications_bans admin:applications_hearing
        admin:reviews_forwarding
        admin:applications_list_xlsx admin:applications_list_pdf admin:reviews_panel admin:reviews_progress
        admin:reviews_draw_call admin:reviews_draw_plan admin:reviews_draw_data
        admin:reviews_paper_of_expert admin:reviews_scores admin:reviews_ranking admin:reviews_ranking_xlsx
        admin:reviews_ranking_pdf admin:reviews_reconsiderations admin:reviews_reconsider"""),
    (frozenset({"odin"}), "admin:applications_needs"),
    (OFFICERS, """
        admin:applications_prepare admin:applications_contacts_xlsx admin:applications_record_objection"""),
    (WHOLE, """
        admin:applications_publicity_one admin:applications_objection admin:applications_appeal
        admin:applications_measure"""),
    (EXPERTS | {"emil"}, "admin:reviews_profile"),
    (EXPERTS, """
        admin:reviews_score admin:reviews_confirm admin:reviews_recuse admin:reviews_offline
        admin:reviews_offline_xlsx"""),
    (EXPERTS | WATCHERS, "admin:reviews_history"),
    (frozenset({"eva"}), "admin:reviews_paper"),
    (ANY_OFFICER, """
        admin:reviews_experts admin:reviews_expert_add admin:reviews_expert admin:reviews_expert_change
        admin:reviews_experts_xlsx admin:reviews_experts_upload admin:reviews_experts_template
        admin:reviews_experts_import
        admin:programmes_calendarday_changelist admin:programmes_calendarday_add admin:programmes_calendarday_history
        admin:programmes_calendarday_delete admin:programmes_calendarday_change"""),
    (ANY_OFFICER | {"sven"}, """
        admin:programmes_call_changelist admin:programmes_call_change admin:reviews_approvals"""),
    (frozenset({"olga", "otto"}), """
        admin:programmes_call_extend admin:programmes_import_upload admin:programmes_import_template
        admin:programmes_import_preview admin:applications_edit_call admin:applications_copy_call
        admin:applications_call_yaml admin:applications_draft admin:applications_draft_yaml_file
        admin:applications_draft_tasks admin:applications_draft_task admin:applications_draft_yaml
        admin:applications_draft_part"""),
    (KEEPERS, "admin:accounts_user_changelist admin:accounts_user_change admin:accounts_user_history"),
    (SYSTEM, """
        admin:accounts_user_add admin:accounts_department_changelist admin:accounts_department_change
        admin:accounts_department_history admin:accounts_unit_changelist admin:accounts_unit_change
        admin:accounts_unit_history admin:notifications_message_changelist admin:notifications_message_change
        admin:notifications_message_history admin:documents_artifact_changelist admin:documents_artifact_change
        admin:documents_artifact_history"""),
    (frozenset({"security"}), "admin:applications_grants admin:applications_grant"),
    (frozenset({"security", "audit"}), """
        admin:accounts_rolerecord_changelist admin:accounts_rolerecord_change admin:accounts_rolerecord_history"""),
    (frozenset({"audit"}), """
        admin:accounts_attempt_changelist admin:accounts_attempt_change admin:accounts_attempt_history"""),
    (WATCHERS | ANY_OFFICER | KEEPERS | {"audit"}, "admin:app_list"),
    # The admin's own redirects: to the page, which then refuses, or to the index where the row is not theirs to see.
    (BACK, """
        admin:programmes_call_history admin:auth_group_history
        <admin/accounts/user/<path:object_id>/> <admin/accounts/department/<path:object_id>/>
        <admin/accounts/unit/<path:object_id>/> <admin/accounts/rolerecord/<path:object_id>/>
        <admin/accounts/attempt/<path:object_id>/> <admin/programmes/call/<path:object_id>/>
        <admin/programmes/calendarday/<path:object_id>/> <admin/notifications/message/<path:object_id>/>
        <admin/documents/artifact/<path:object_id>/> <admin/auth/group/<path:object_id>/>"""),
    # Nobody: forms without a page, and what the admin has and we do not open.
    (NONE, """
        admin:reviews_material admin:reviews_material_of
        accounts:send_code accounts:person_stop accounts:person_restore accounts:person_role
        admin:reviews_meeting_plan
        applications:raise_request applications:report_file notifications:renew_due_feed notifications:due_feed
        applications:save_section applications:attachment_upload applications:attachment_remove
        notifications:mark_read documents:retry admin:applications_reopen_list admin:applications_approve
        admin:applications_discard admin:applications_fix_unpublished admin:applications_reveal
        admin:applications_start_work admin:reviews_save admin:reviews_draw admin:reviews_assign
        admin:reviews_draw_act admin:reviews_change admin:reviews_approval admin:reviews_decline
        admin:reviews_decline_round admin:reviews_reason
        admin:reviews_officer_recusal admin:reviews_unassign admin:reviews_remind admin:reviews_return
        admin:notifications_message_resend admin:autocomplete admin:view_on_site
        admin:accounts_user_delete admin:accounts_department_add admin:accounts_department_delete
        admin:accounts_unit_add admin:accounts_unit_delete admin:accounts_rolerecord_add
        admin:accounts_rolerecord_delete admin:accounts_attempt_add admin:accounts_attempt_delete
        admin:applications_need admin:applications_need_settle
        admin:applications_owner_result admin:applications_round_pdf admin:applications_round_objection
        admin:applications_round admin:applications_round_xlsx admin:applications_round_record
        admin:programmes_call_add admin:programmes_call_delete admin:notifications_message_add
        admin:notifications_message_delete admin:documents_artifact_add admin:documents_artifact_delete
        admin:auth_group_changelist admin:auth_group_add admin:auth_group_delete admin:auth_group_change
        <admin/(?P<url>.*)$>"""),
)  # fmt: skip

ACTORS: tuple[tuple[frozenset[str], str], ...] = (
    (ALL, """
        accounts:register accounts:signin accounts:backoffice_signin accounts:first_sign_in accounts:send_code
        admin:login applications:objection"""),
    (SIGNED_IN, """
        accounts:signout accounts:backoffice_signout admin:logout accounts:password accounts:backoffice_password
        admin:password_change notifications:mark_read notifications:renew_due_feed"""),
    (frozenset({"alice", "filler"}), "applications:report applications:report_file"),
    (frozenset({"olga", "otto"}), "admin:applications_report"),
    (frozenset({"alice", "bob"}), "accounts:unit accounts:people"),
    (frozenset({"alice"}), "accounts:person_stop accounts:person_restore accounts:person_role"),
    (APPLICANTS, """
        applications:create applications:department applications:section applications:save_section applications:adopt
        applications:attachment_upload applications:attachment_remove applications:submit applications:take_back
        applications:withdraw applications:evaluation applications:appeal applications:raise_request"""),
    (SEE_SOME - {"dick"}, "documents:retry"),
    (DEPARTMENTS, """
        admin:applications_own_deadline admin:applications_recommend admin:applications_return_for_changes
        admin:applications_decline admin:applications_unrecommend"""),
    (frozenset({"dora"}), """
        admin:applications_rerank admin:applications_list_confirmed admin:applications_keep_scan"""),
    (OFFICERS, """
        admin:applications_examine admin:applications_start_review admin:applications_approve
        admin:applications_discard admin:applications_prepare admin:applications_publicity
        admin:applications_fix_unpublished admin:applications_measure admin:applications_award
        admin:applications_record_objection
        admin:reviews_draw admin:reviews_assign admin:reviews_officer_recusal admin:reviews_unassign
        admin:reviews_recusals admin:reviews_draw_call admin:reviews_change admin:reviews_approval
        admin:reviews_remind admin:reviews_return admin:reviews_ranking admin:reviews_reconsider"""),
    (OFFICERS | APPLICANTS, "admin:applications_start_work"),
    (frozenset({"olga", "otto"}), """
        admin:applications_reopen_list admin:applications_publicity_one admin:applications_objection
        admin:applications_appeal admin:programmes_call_extend admin:programmes_import_upload
        admin:programmes_import_preview admin:applications_edit_call admin:applications_copy_call
        admin:applications_draft admin:applications_draft_apply admin:applications_draft_discard
        admin:applications_draft_rebase admin:applications_draft_tasks admin:applications_draft_task
        admin:applications_draft_yaml admin:applications_draft_part"""),
    (WHOLE, "admin:applications_reveal"),
    (WATCHERS, "admin:reviews_draw_act admin:applications_recusal"),
    (frozenset({"olga", "otto"}), "admin:reviews_meeting admin:reviews_meeting_change"),
    (frozenset({"erin", "eva"}), "admin:reviews_meeting_seat admin:reviews_meeting_recuse"),
    (EXPERTS | {"emil"}, "admin:reviews_pledge admin:reviews_decline admin:reviews_decline_round"),
    (EXPERTS | {"emil"}, "admin:reviews_profile"),
    (ANY_OFFICER | {"erin"}, "admin:reviews_expert"),
    (EXPERTS, """
        admin:reviews_score admin:reviews_save admin:reviews_confirm admin:reviews_recuse admin:reviews_reason
        admin:reviews_offline"""),
    (ANY_OFFICER, """
        admin:reviews_expert_add admin:reviews_expert_change admin:reviews_experts_upload admin:reviews_experts_import
        admin:programmes_calendarday_add
        admin:programmes_calendarday_change admin:programmes_calendarday_delete
        admin:programmes_calendarday_changelist"""),
    (KEEPERS, "admin:accounts_user_change"),
    (frozenset({"security"}), "admin:applications_grant"),
    (SYSTEM, """
        admin:accounts_user_add admin:accounts_department_change admin:accounts_department_changelist
        admin:accounts_unit_change admin:notifications_message_resend admin:notifications_message_changelist
        admin:documents_artifact_changelist"""),
)  # fmt: skip
"""Whose forms are taken. Everybody else's POST writes nothing but its refusal."""

ASKS_FOR_A_FILE = frozenset(
    "admin:reviews_meeting_paper admin:reviews_meeting_seat "
    "applications:pdf_version applications:letter admin:applications_examine admin:applications_output "
    "admin:applications_list_pdf admin:applications_letter admin:reviews_score admin:reviews_paper "
    "admin:reviews_paper_of_expert".split()
)
"""Opening one of these asks the worker for the file that it leads to: the only rows that a GET may make."""

SHOWING = frozenset(
    "applications:detail applications:pdf_version applications:attachment_download "
    "admin:applications_detail admin:applications_examine admin:reviews_scores "
    "admin:applications_list_xlsx admin:applications_contacts_xlsx admin:applications_list_pdf "
    "admin:reviews_score admin:reviews_history admin:reviews_panel admin:reviews_ranking admin:reviews_progress "
    "admin:applications_award "
    "admin:applications_output admin:applications_letter admin:applications_publicity_one applications:publicity "
    "applications:objection documents:artifact notifications:open admin:accounts_user_change admin:app_list".split()
)
"""Pages that show what is in an application, a sheet, a file, a message: everybody whose part differs opens every one
of them. Of the others, where the same rule opens all rows, a person is sent to one of the own and one of somebody
else's."""
SPECIAL_ROWS = {
    "applications:evaluation": "measured", "admin:applications_measure": "measured", "applications:diff": "recommended",
    "admin:applications_differences": "recommended",
}  # fmt: skip
"""Pages that exist in one state only: the application that is in it."""


def by_name(rows: tuple[tuple[frozenset[str], str], ...]) -> dict[str, frozenset[str]]:
    """The table by url name; a name in two rows is a slip."""
    found: dict[str, frozenset[str]] = {}
    for people, names in rows:
        for name in names.split():
            assert name not in found, f"{name} stands in two rows"
            found[name] = people
    return found
