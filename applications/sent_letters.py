"""补正通知书、不予受理通知书 as files: made once, in the background, for the unit that they are addressed to."""

from applications.exports_lists import LETTERS, letter
from applications.models import Application, Opinion
from applications.queries import visible_to
from documents import jobs
from documents.models import Artifact

LETTER = "officer_letter"


def letters_of(application: Application) -> list[Opinion]:
    """The letters that were sent to the application's unit, the newest first."""
    found = application.opinions.filter(verb__in=LETTERS).select_related("version")
    return list(found.defer("version__content").order_by("-at", "-pk"))


def request_letter(opinion: Opinion, *, by=None) -> Artifact:
    """The letter's file, asked for now if nobody has; the same request twice is one job."""
    return jobs.request(LETTER, f"opinion:{opinion.pk}", params={"opinion": opinion.pk}, by=by)


# ---- what the worker does ----


def build_letter(artifact: Artifact) -> tuple[bytes, str]:
    related = ("application__call__current_version", "application__call_version", "application__task__field")
    opinion = Opinion.objects.select_related(*related, "application__unit", "version").get(
        pk=artifact.params["opinion"]
    )
    return letter(opinion)


def may_read_letter(artifact: Artifact, user) -> bool:
    """Whoever sees the application, its own unit before all."""
    return visible_to(user).filter(opinions=artifact.params["opinion"]).exists()


def register() -> None:
    """Called once when the app is ready."""
    jobs.register(LETTER, build_letter, may_read=may_read_letter)
