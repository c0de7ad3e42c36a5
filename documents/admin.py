"""What the system administrator sees of files: whether they were made, never what is in them (DESIGN §1)."""

from django.contrib import admin, messages

from documents import jobs
from documents.models import Artifact
from jbgs.lib import nav
from jbgs.lib.uploads import readable_size

SYSTEM_ADMIN = "system_admin"  # a role code of accounts; an engine does not import that room

nav.register(
    "运行",
    "文件生成",
    "admin:documents_artifact_changelist",
    roles=(SYSTEM_ADMIN,),
    order=90,
    count=lambda user: jobs.failures().count() or None,
    icon="file",
)


@admin.register(Artifact)
class ArtifactAdmin(admin.ModelAdmin):
    """Read-only; a failed file can be asked for again."""

    list_display = ("id", "what", "owner_key", "state", "created_at", "error")
    list_display_links = ("id",)
    list_filter = ("state",)
    search_fields = ("owner_key", "error")
    list_per_page = 50
    show_full_result_count = False
    fields = readonly_fields = (
        *("what", "owner_key", "state", "attempts", "bytes", "sha256", "error"),
        *("requested_by", "created_at", "working_since", "done_at"),
    )
    actions = ["make_again"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("params", "filename").select_related("requested_by")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "文件生成", **(extra_context or {})})

    @admin.display(description="种类", ordering="kind")
    def what(self, artifact) -> str:
        return jobs.label(artifact.kind)

    @admin.display(description="大小", ordering="size")
    def bytes(self, artifact) -> str:
        return readable_size(artifact.size) if artifact.size else ""

    @admin.action(description="重新生成所选的失败文件", permissions=["view"])
    def make_again(self, request, queryset):
        failed = [artifact for artifact in queryset if artifact.state == Artifact.State.FAILED]
        for artifact in failed:
            jobs.request(artifact.kind, artifact.owner_key)
            self.log_change(request, artifact, "重新生成")
        level = messages.SUCCESS if failed else messages.WARNING
        self.message_user(request, f"{len(failed)} 个文件已重新排队，其余不是“生成失败”，没有改动。", level)

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
