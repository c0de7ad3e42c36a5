"""我的资料: what an expert keeps of oneself, so that conflicts are known before any draw."""

from django.http import Http404
from django.shortcuts import redirect

from jbgs.lib.errors import Forbidden
from reviews.models import Expert
from reviews.views.around import Around
from reviews.views.base import page


def profile(request):
    """GET: units, relations, times away, disciplines. POST: one act on them (`views.around`). No figures, no bans."""
    expert = Expert.objects.select_related("user").filter(user=request.user.pk).first()
    if expert is None and request.method == "POST":
        raise Forbidden("只有专家库中的专家可以维护自己的资料。")
    if expert is None:
        raise Http404("没有这一页，或者您没有查看它的权限。")
    around = Around(request, expert)
    if request.method == "POST" and around.act():
        return redirect("admin:reviews_profile")
    context = {"title": "我的资料", "expert": expert, "own": True, **around.context()}
    return page(request, "profile", context, status=around.status)
