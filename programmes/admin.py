"""The call in the back office: officers and supervisors read it, officers of the whole call extend its windows."""

from django.contrib import admin, messages
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse

from accounts.models import User
from audit import log
from jbgs.lib import clock, nav
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes import calendar, windows
from programmes.backoffice import importing
from programmes.forms import ExtensionForm
from programmes.instants import closes_text
from programmes.models import CalendarDay, Call
from programmes.queries import calls_of_staff
from programmes.showing import call_as_text
from programmes.words import WINDOWS

READERS = (User.Role.OFFICER, User.Role.SUPERVISOR)
MANAGE = "programmes.manage_call"


@admin.register(Call)
class CallAdmin(admin.ModelAdmin):
    """Read only: rules change by loading a document, ends by an extension with a reason."""

    list_display = ["title", "slug", "year", "apply_until", "use"]
    list_filter = ["year", "is_rehearsal", "is_demo"]
    search_fields = ["title", "slug"]
    list_select_related = ["current_version"]
    ordering = ["is_rehearsal", "-year", "slug"]
    change_form_template = "admin/programmes/call/change_form.html"
    fields = ["title", "slug", "programme", "year", "original", "use", "version", "rules"]
    readonly_fields = fields

    def get_queryset(self, request):
        for_all = Q(extensions__window="apply", extensions__department=None, extensions__unit=None)
        calls = calls_of_staff(request.user).annotate(apply_extended_to=Max("extensions__closes_at", filter=for_all))
        return calls.select_related("programme", "current_version", "original")

    def has_module_permission(self, request):
        return request.user.is_active and request.user.role in READERS

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)  # get_queryset leaves only what was granted

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="单位申报截止")
    def apply_until(self, call):
        printed = call.spec.windows["apply"].closes_at
        return closes_text(max(printed, call.apply_extended_to or printed))

    @admin.display(description="用途")
    def use(self, call):
        if call.is_rehearsal:
            return "演练"
        return "演示" if call.is_demo else "正式"

    @admin.display(description="现行版本")
    def version(self, call):
        found = call.current_version
        return (
            f"第 {found.number} 版，{clock.local(found.created_at):%Y-%m-%d %H:%M} 载入，SHA-256 {found.sha256[:16]}…"
        )

    @admin.display(description="规则")
    def rules(self, call):
        return call_as_text(call.spec)

    def get_urls(self):
        gate = self.admin_site.admin_view
        own = [
            path("<int:pk>/extend/", gate(self.extend), name="programmes_call_extend"),
            path("<int:pk>/import/", gate(importing.upload), name="programmes_import_upload"),
            path("<int:pk>/import/tasks.xlsx", gate(importing.blank), name="programmes_import_template"),
            path("<int:pk>/import/<int:number>/", gate(importing.preview), name="programmes_import_preview"),
        ]
        return [*own, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Adds `may_extend` and the extensions so far."""
        pk = whole_number(object_id)
        extra = {
            "may_extend": pk is not None and request.user.has_perm(MANAGE, Call(pk=pk)),
            "extensions": [] if pk is None else extensions_of(pk),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def extend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The extension form; its own view, because the admin wraps its views in a transaction (DESIGN §4)."""
        call = get_object_or_404(Call, pk=pk)
        if not request.user.has_perm(MANAGE, call):
            refusal = Forbidden()
            if request.method == "POST":
                log.append_refusal(call, "extend", request.user, refusal)
            raise refusal
        form = ExtensionForm(request.POST or None, call=call)
        if request.method == "POST" and form.is_valid() and self._extended(request, call, form):
            return HttpResponseRedirect(reverse("admin:programmes_call_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": "延期",
            "call": call,
            "form": form,
            "extensions": extensions_of(pk),
            "crumbs": [("批次", reverse("admin:programmes_call_changelist")), (call.title, ".."), ("延期", "")],
        }
        return render(request, "admin/programmes/call/extend.html", context)

    def _extended(self, request, call, form) -> bool:
        data = form.cleaned_data
        try:
            row = windows.extend(
                call,
                data["window"],
                closes_at=data["closes_at"],
                reason=data["reason"],
                by=request.user,
                department=data["department"],
                unit=data["unit_code"],
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            return False
        until = closes_text(row.closes_at)
        messages.success(request, f"“{WINDOWS[row.window]}”已延至 {until}。")
        return True


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """The working calendar; officers correct a day when an arrangement is published or changed."""

    list_display = ["date", "is_workday", "source"]
    list_filter = ["is_workday"]
    date_hierarchy = "date"
    search_fields = ["date", "source"]

    def save_model(self, request, obj, form, change):
        """A day that a person changed carries the person as its source, so that load_calendar leaves it alone."""
        if obj.source == calendar.SOURCE:
            obj.source = f"{request.user.name} {clock.today()} 修改"
        super().save_model(request, obj, form, change)
        self._recount(request)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self._recount(request)

    def delete_queryset(self, request, queryset):
        super().delete_queryset(request, queryset)
        self._recount(request)

    def _recount(self, request):
        """Dates that were counted over this day are counted again, now."""
        if moved := calendar.changed():
            messages.success(request, f"按新的工作日历重新计算了 {moved} 个期限，已通知有关人员。")

    def has_module_permission(self, request):
        return request.user.is_active and request.user.role == User.Role.OFFICER

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    has_add_permission = has_module_permission

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_module_permission(request)


def extensions_of(call_id) -> list[dict]:
    """The extensions of a call for a table: window, for whom, until, reason, by, at; newest first, one query."""
    rows = windows.Extension.objects.filter(call_id=call_id).select_related("department", "unit", "by")
    return [
        {
            "window": WINDOWS[row.window],
            "whom": str(row.department or row.unit or "全部"),
            "until": closes_text(row.closes_at),
            "reason": row.reason,
            "by": row.by,
            "at": row.at,
        }
        for row in rows.order_by("-at")
    ]


nav.register("批次", "批次与规则", "admin:programmes_call_changelist", roles=READERS, order=90, icon="flag")
