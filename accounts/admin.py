"""Accounts in the back office, opened by role: the system administrator keeps accounts and departments, the security
administrator grants roles and opens accounts, the audit administrator reads. None of them sees an application here."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.shortcuts import render
from django.utils.html import format_html

from accounts import workflow
from accounts.admin_forms import AccountForm, AddAccountForm, RightsForm, UnitCodeForm
from accounts.choices import Role
from accounts.models import Attempt, Department, DepartmentName, RoleRecord, Unit, User
from accounts.rules import can_create_accounts, can_grant_roles, can_issue_passwords
from jbgs.lib import clock, nav

nav.register("账号和权限", "账号", "admin:accounts_user_changelist", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN), 900)
nav.register("账号和权限", "推荐单位", "admin:accounts_department_changelist", (Role.SYSTEM_ADMIN,), 910)
nav.register("账号和权限", "申报单位", "admin:accounts_unit_changelist", (Role.SYSTEM_ADMIN,), 920)
nav.register(
    "账号和权限",
    "角色记录",
    "admin:accounts_rolerecord_changelist",
    (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN),
    930,
)
nav.register("账号和权限", "登录尝试", "admin:accounts_attempt_changelist", (Role.AUDIT_ADMIN,), 940)


class ByRole(admin.ModelAdmin):
    """Opens by role, never by Django's model permissions; nothing is deleted here."""

    seen_by: tuple = ()
    changed_by: tuple = ()
    added_by: tuple = ()

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.role in (*self.seen_by, *self.changed_by)

    def has_change_permission(self, request, obj=None):
        return request.user.is_active and request.user.role in self.changed_by

    def has_add_permission(self, request, obj=None):
        return request.user.is_active and request.user.role in self.added_by

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(ByRole):
    """账号: made and kept by the system administrator, opened and given their role by the security administrator."""

    changed_by = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
    added_by = (Role.SYSTEM_ADMIN,)
    list_display = ("whole_name", "username", "hidden_phone", "role", "whose", "is_active", "signed_in")
    list_display_links = ("whole_name", "username")
    list_filter = ("role", "is_active")
    list_select_related = ("unit", "department")
    list_per_page = 50
    search_fields = ("name", "username", "unit__name", "department__official_name")
    ordering = ("-created_at", "-pk")
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(role=Role.SYSTEM)

    @admin.display(description="姓名", ordering="name")
    def whole_name(self, person):
        return format_html('<span class="nowrap">{}</span>', person.name)

    @admin.display(description="最近登录", ordering="last_login")
    def signed_in(self, person):
        when = f"{clock.local(person.last_login):%Y-%m-%d %H:%M}" if person.last_login else "还没有登录"
        return format_html('<span class="nowrap">{}</span>', when)

    @admin.display(description="手机")
    def hidden_phone(self, person):
        return person.masked_phone or "—"

    @admin.display(description="单位")
    def whose(self, person):
        return person.unit or person.department or "—"

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            form = AddAccountForm
        else:
            form = AccountForm if can_create_accounts(request.user) else RightsForm
        kwargs["form"] = type(form.__name__, (form,), {"by": request.user})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ("name", "username", "phone", "email", "role", "department", "unit_code")
        if can_create_accounts(request.user):
            return ("name", "username", "phone", "email", "role", "unit", "department", "is_active", "last_login")
        return ("name", "username", "hidden_phone", "whose", "role", "is_active", "last_login")

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        if can_create_accounts(request.user):
            return ("username", "role", "unit", "department", "last_login")
        return ("name", "username", "hidden_phone", "whose", "last_login")  # no link to what the role may not open

    def save_model(self, request, person, form, change):
        """Through the workflow, so that each act has its rule and its entry in the log."""
        data, by = form.cleaned_data, request.user
        if not change:
            person.__dict__.update(workflow.open_back_office_account(by=by, **data).__dict__)
            return
        if can_create_accounts(by):
            workflow.update_account(person, by=by, name=data["name"], phone=data["phone"] or "", email=data["email"])
            if "is_active" in form.changed_data:
                workflow.stop_account(person, by=by)
        elif can_grant_roles(by):
            if "role" in form.changed_data:
                workflow.grant_role(person, by=by, role=data["role"])
            if "is_active" in form.changed_data:
                act = workflow.approve_account if data["is_active"] else workflow.stop_account
                act(person, by=by)


class AliasInline(admin.TabularInline):
    model = DepartmentName
    extra = 1
    formfield_overrides = {models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}}
    verbose_name_plural = "别名或曾用名（首次登录时同样认可）"

    def has_view_permission(self, request, obj=None):
        return request.user.role == Role.SYSTEM_ADMIN

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Department)
class DepartmentAdmin(ByRole):
    """推荐单位: names and aliases; the first sign-in's passwords are issued from the list and shown once."""

    changed_by = (Role.SYSTEM_ADMIN,)
    list_display = ("official_name", "region_label", "kind", "bound", "open_password", "certain")
    list_filter = ("kind", "certain")
    list_per_page = 100
    search_fields = ("official_name", "aliases__name", "code")
    readonly_fields = ("code", "kind", "region_label")
    fields = ("official_name", "code", "kind", "region_label", "certain")
    formfield_overrides = {models.CharField: {"widget": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}}
    inlines = [AliasInline]
    actions = ["issue_passwords"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(is_rehearsal=False)
        return rows.prefetch_related("people", "passwords")

    @admin.display(description="地区")
    def region_label(self, department):
        return department.region_name or "—"

    @admin.display(description="已绑定人员")
    def bound(self, department):
        names = [person.name for person in department.people.all() if person.is_active]
        return "、".join(names) or "还没有首次登录"

    @admin.display(description="首次登录密码")
    def open_password(self, department):
        rows = list(department.passwords.all())
        if any(row.used_at is None and row.replaced_at is None for row in rows):
            return "已发放，未使用"
        return "已使用" if rows else "未发放"

    def has_issue_permission(self, request):
        return can_issue_passwords(request.user)

    @admin.action(description="发放首次登录密码", permissions=["issue"])
    def issue_passwords(self, request, queryset):
        """New passwords for the chosen bodies, on a page that is shown once; unused earlier ones end."""
        issued = [(department, workflow.issue_password(department, request.user)) for department in queryset]
        context = {**self.admin_site.each_context(request), "title": "首次登录密码", "issued": issued}
        return render(request, "accounts/passwords_issued.html", context)


@admin.register(Unit)
class UnitAdmin(ByRole):
    """申报单位: a register to look at; only a mistyped credit code is corrected here."""

    changed_by = (Role.SYSTEM_ADMIN,)
    form = UnitCodeForm
    list_display = ("name", "code", "type", "region_label", "contact_name", "created_at")
    list_filter = ("type", "is_fictitious")
    list_per_page = 50
    search_fields = ("name", "code", "names__name")
    fields = ("code", "name", "type", "region_label", "registered_on", "contact_name", "created_at")
    readonly_fields = ("name", "type", "region_label", "registered_on", "contact_name", "created_at")
    actions = None

    @admin.display(description="注册地", ordering="region")
    def region_label(self, unit):
        return unit.region_name or "—"

    def save_model(self, request, unit, form, change):
        workflow.correct_code(Unit.objects.get(pk=unit.pk), by=request.user, code=form.cleaned_data["code"])


@admin.register(RoleRecord)
class RoleRecordAdmin(ByRole):
    """角色记录: who was given which role by whom."""

    seen_by = (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    list_display = ("at", "user", "role", "by")
    list_filter = (("role", admin.ChoicesFieldListFilter),)
    list_select_related = ("user", "by")
    search_fields = ("user__name", "user__username")
    ordering = ("-at", "-pk")
    actions = None
    fields = readonly_fields = ("at", "whom", "role", "giver")

    # Names instead of keys, which the admin would link to accounts that the audit administrator may not open.
    @admin.display(description="账号")
    def whom(self, record):
        return record.user

    @admin.display(description="办理人")
    def giver(self, record):
        return record.by or "—"

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.role == Role.AUDIT_ADMIN else rows.exclude(role=Role.SYSTEM)


@admin.register(Attempt)
class AttemptAdmin(ByRole):
    """登录尝试: for the audit administrator; accounts appear only as keyed hashes."""

    seen_by = (Role.AUDIT_ADMIN,)
    list_display = ("at", "kind", "result", "address", "short_key")
    list_filter = ("kind", "failed")
    search_fields = ("address",)
    actions = None

    @admin.display(description="结果", ordering="failed")
    def result(self, attempt):
        return "未通过" if attempt.failed else "通过"

    @admin.display(description="账号散列")
    def short_key(self, attempt):
        return attempt.account_key[:12]
