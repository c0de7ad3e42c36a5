"""Which files of an application are made in the background, and who may read them (DESIGN §6.2)."""

from applications import access, papers, papers_blind
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


def build_blind_pdf(artifact) -> tuple[bytes, str]:
    """The material without names of the frozen Version that the artifact names."""
    related = ("application__call__current_version", "application__created_by", "created_by")
    return papers_blind.paper_of(Version.objects.select_related(*related).get(pk=artifact.params["version"]))


def may_read_blind_pdf(artifact, user) -> bool:
    """The experts of the application, and the officers and supervisors who look over what experts get."""
    related = ("application__call__current_version", "application__task")
    version = Version.objects.select_related(*related).defer("content").filter(pk=artifact.params["version"]).first()
    if version is None:
        return False
    if user.is_expert:
        return access.may_review(user, version.application)
    looks_over = user.is_officer or user.is_supervisor
    return looks_over and visible_to(user).filter(pk=version.application_id).exists()


def register() -> None:
    """Called once when the app is ready."""
    jobs.register(PDF_KIND, build_application_pdf, may_read=may_read_application_pdf)
    jobs.register(papers_blind.PDF_KIND, build_blind_pdf, may_read=may_read_blind_pdf)
