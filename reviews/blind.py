"""What an expert is shown of an application. In a blind call (`review.blind`) neither unit nor people nor number nor
version code: the title stays, and a code of the expert's own stands for the number.

Every page, list, message, file and paper that an expert gets names an application through `face`, never by itself.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from applications.models import Application
from applications.names import struck
from jbgs.lib.crypto import keyed_hex
from reviews.conflicts import partner_names

CODE_SIGNS = 5
"""Of 32 letters and digits: of thirty sheets of one expert two bear the same code once in 80,000 calls."""


@dataclass(frozen=True)
class Face:
    """An application as one person may know it. In a blind call `unit_name` and `partners` are empty and `number` is
    the person's own code for it (R-K3M7Q), which tells nothing and differs from expert to expert."""

    title: str
    number: str
    unit_name: str = ""
    partners: tuple[str, ...] = ()
    is_blind: bool = False


def is_blind(application: Application) -> bool:
    """Whether the experts of this application read it without names."""
    return application.call.spec.review.blind


def face(application: Application, viewer) -> Face:
    """What `viewer` (a user) is shown; partners are asked for, one query in an open call."""
    return faces([application], viewer)[application.pk]


def faces(applications: Iterable[Application], viewer, *, partners: bool = True) -> dict[int, Face]:
    """The same by primary key. The applications come with their unit and their call's version; one query for the
    partners, none without them."""
    applications = list(applications)
    joint = partner_names(applications) if partners and applications else {}
    return {row.pk: _face(row, viewer, tuple(joint.get(row.pk, ()))) for row in applications}


def _face(application: Application, viewer, partners: tuple[str, ...]) -> Face:
    if not (viewer.is_expert and is_blind(application)):
        return Face(application.title, application.number or "", application.unit.name, partners)
    title, _ = struck(application.title, [application.unit.name, *partners])
    return Face(title, code(application, viewer), is_blind=True)


def code(application: Application, viewer) -> str:
    """This person's own code for the application; the same at every time."""
    digest = bytes.fromhex(keyed_hex("blind number", f"{viewer.pk}:{application.pk}"))
    return f"R-{base64.b32encode(digest).decode()[:CODE_SIGNS]}"


def put_faces(sheets: Iterable, viewer, *, partners: bool = False) -> list:
    """Give each sheet its `face`; the sheets as a list, those of a blind call in the order of their codes: the order of
    numbers would tell who filed early."""
    sheets = list(sheets)
    known = faces({row.application_id: row.application for row in sheets}.values(), viewer, partners=partners)
    for row in sheets:
        row.face = known[row.application_id]
    return sorted(sheets, key=lambda row: (row.application.task_id, row.face.number) if row.face.is_blind else (0, ""))
