"""What the system administrator sees of messages: whether they left, never what they say (DESIGN §1)."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html

from jbgs.lib import nav
from notifications import channels, delivery, events, outbox, queries
from notifications.models import Message

# Role codes as accounts defines them; an engine does not import that room.
SYSTEM_ADMIN = "system_admin"
BACK_OFFICE = (
    "recommender", "officer", "expert", "owner", "supervisor", SYSTEM_ADMIN, "security_admin", "audit_admin",
)  # fmt: skip


def _unread(user) -> int | None:
    """The number beside the sidebar's link; none when everything is read."""
    return queries.unread_badge(user) or None


nav.register(
    "消息", "待办和消息", "notifications:backoffice_inbox", roles=BACK_OFFICE, order=5, count=_unread, icon="bell"
)
nav.register("消息", "我的期限", "notifications:backoffice_due", roles=BACK_OFFICE, order=6, icon="clock")
nav.register("消息", "发送记录", "admin:notifications_message_changelist", roles=(SYSTEM_ADMIN,), order=7, icon="send")


class ChannelFilter(admin.SimpleListFilter):
    title = "方式"
    parameter_name = "channel"

    def lookups(self, request, model_admin):
        return [(channel.kind, channel.label) for channel in channels.every()]

    def queryset(self, request, queryset):
        return queryset.filter(channel=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = (
        "created_at", "what", "user", "way", "state", "attempts", "reason", "resend_button",
    )  # fmt: skip
    list_display_links = ("created_at",)
    list_filter = ("state", ChannelFilter)
    search_fields = ("event", "about", "user__username", "user__name")
    list_select_related = ("user",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-created_at", "-pk")
    fields = readonly_fields = (
        "what", "about", "user", "way", "state", "attempts", "reason",
        "created_at", "next_try_at", "working_since", "sent_at", "read_at",
    )  # fmt: skip
    actions = ["resend_selected"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("title", "body", "url")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "发送记录", **(extra_context or {})})

    @admin.display(description="事项", ordering="event")
    def what(self, message) -> str:
        return events.label(message.event)

    @admin.display(description="方式", ordering="channel")
    def way(self, message) -> str:
        """短信 139****7720; the inbox's address is the person, who stands beside it."""
        way, address = channels.label(message.channel), channels.mask(message.channel, message.address)
        return way if address == message.user.get_username() else f"{way} {address}"

    @admin.display(description="原因")
    def reason(self, message) -> str:
        return message.error

    @admin.display(description="", empty_value="")
    def resend_button(self, message) -> str:
        """A button of the list's own form (which carries the CSRF token), with an address of its own."""
        if message.state != Message.State.FAILED:
            return ""
        return format_html(
            '<button type="submit" class="btn small" formmethod="post" formaction="{}">重新发送</button>',
            reverse("admin:notifications_message_resend", args=[message.pk]),
        )

    def get_urls(self):
        resend = self.admin_site.admin_view(self.resend_view)
        return [path("<int:pk>/resend/", resend, name="notifications_message_resend"), *super().get_urls()]

    def resend_view(self, request, pk: int):
        """Put one failed message back into the queue; POST only."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_resend_permission(request):
            raise PermissionDenied
        self._resend(request, [get_object_or_404(Message, pk=pk)])
        return redirect("admin:notifications_message_changelist")

    @admin.action(description="重新发送所选的未发出消息", permissions=["resend"])
    def resend_selected(self, request, queryset):
        self._resend(request, list(queryset))

    def _resend(self, request, selected: list[Message]) -> None:
        """Resend the failed ones of `selected`, ring for them, note it in the admin's log and say how many."""
        renewed = [message for message in selected if delivery.resend(message)]
        outbox.ring([message.pk for message in renewed])
        for message in renewed:
            self.log_change(request, message, "重新发送")
        level = messages.SUCCESS if renewed else messages.WARNING
        left = len(selected) - len(renewed)
        rest = f"{left} 条不是“未发出”，没有改动。" if left else ""
        self.message_user(request, f"{len(renewed)} 条消息已重新排队。{rest}", level)

    def has_resend_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return getattr(request.user, "role", "") == SYSTEM_ADMIN

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
