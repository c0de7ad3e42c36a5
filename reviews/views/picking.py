"""The picker of experts in the pages that have one: the button 查找 sends the whole form, and comes back with it.

A script asks for the lines alone; without one the page is drawn again, with everything that was typed.
"""

from django.shortcuts import render

from jbgs.lib.errors import Forbidden
from reviews import rules
from reviews.picking import Picker

LINES = "reviews/_picker_lines.html"


def searches(request) -> bool:
    """Whether somebody looks for experts instead of sending the form off."""
    return request.method == "POST" and "find" in request.POST


def lines_only(request) -> bool:
    return request.headers.get("X-Requested-With") == "picker"


def lines(request, picker: Picker):
    """The picker's lines, for the script."""
    return render(request, LINES, {"picker": picker})


def officers_of(task, user) -> None:
    """Nobody but who runs the review picks: a supervisor reads the page and sees no candidates."""
    if not rules.manages_task(task, user):
        raise Forbidden("您没有为这个任务选择专家的权限。")
