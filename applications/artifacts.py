"""Which files of an application are made in the background, and who may read them (DESIGN §6.2)."""

from applications import papers
from applications.models import Version
from applications.queries import visible_to
from applications.versions import PDF_KIND
from documents import jobs, pdf


def build_application_pdf(artifact) -> tuple[bytes, str]:
    """The paper of the frozen Version that the artifact names."""
    return paper_of(
        Version.objects.select_related("application__call__current_version").get(pk=artifact.params["version"])
    )


def paper_of(version: Version) -> tuple[bytes, str]:
    """(PDF, file name) of one frozen Version, with its code on every page."""
    number = version.application.number
    context = papers.application_paper(
        version.content,
        number=number,
        version=version.number,
        code=version.code,
        sha256=version.sha256,
        submitted_at=version.created_at,
        draft=False,
        label=version.application.call.spec.label,
    )
    return pdf.render("papers/application.html", context), f"{number}-v{version.number}.pdf"


def may_read_application_pdf(artifact, user) -> bool:
    """Whoever sees the application; an expert sees the version that was assigned."""
    return visible_to(user).filter(versions=artifact.params["version"]).exists()


def register() -> None:
    """Called once when the app is ready."""
    jobs.register(PDF_KIND, build_application_pdf, may_read=may_read_application_pdf)
