"""One form for every act: whatever field an act asks for is in it, so that a forged one gets as far as the door."""

from tests.access.addresses import Page
from tests.access.played import Played

DUE = "2025-03-22"


def form_for(played: Played, page: Page) -> dict:
    """The form as somebody would forge it for this address."""
    application = played.applications.get(page.about) or played.applications["reviewed"]
    sheet = played.sheets["reviewed-eva"]
    return {
        "key": "forged-key-forged-key",
        # departments
        "opinion": "伪造的意见", "rank": "1", "over_reason": "伪造", "due_on": DUE, "items": "signed",
        "letter_no": "伪造函〔2025〕1号", "pledge": "on", "call": played.call.slug, "closes_at": "2025-03-05T17:30",
        f"rank-{application.pk}": "1", f"was-{application.pk}": "2",
        # officers
        "outcome": "reject", "ground": "incomplete", "reason": "伪造的理由", "verb": "terminate", "hearing": "已听取",
        "chosen": str(application.pk), "confirmed": "1", "title": "伪造的标题", "contact": "伪造的处室",
        "decision": str(played.applications["reviewed"].decisions.first().pk), "listed_on": "2025-03-19",
        "upheld": "1", "answer": "伪造的答复", "window": "apply",
        f"verb_{application.pk}": "propose" if page.name.startswith("admin:reviews") else "award",
        f"reason_{application.pk}": "伪造的理由",
        # the rules
        "version": "1", "slug": "forged-call", "year": "2026", "yaml": "slug: forged-call", "opens": "",
        # the review
        "agreed": "on", "seed": "1", "due_at": "2025-04-18T18:00", "application": str(application.pk),
        "expert": str(played.rows["expert-emil"].pk), "base_version": str(sheet.sheet_version), "advice": "",
        "act": "order" if "reviews_meeting" in page.name else "discard",
        "place": f"s{sheet.pk}", "value": "482913", "task": str(application.task_id),
        "points-response": "99", "relation": "family", "note": "伪造", "max_load": "10", "unit_name": "伪造单位",
        "disciplines": "伪造", "region": "", "unit_code": "", "do": "disciplines",
        "item": str(played.rows["meeting item"].pk), "choice": "for",
        # units and accounts
        "name": "伪造姓名", "username": "forged", "phone": "13900000000", "code": "123456", "role": "officer",
        "login": "olga", "password": "Forged-2025!", "new_password": "Forged-2025!", "is_active": "on",
        "department": str(played.cast.department.pk), "purpose": "sign_in", "way": "password",
        # applicants
        "text": "伪造的复审理由", "submit": "1", "kind": "other", "objector": "", "message": "1",
        # the admin's own
        "action": "issue_passwords", "_selected_action": str(played.cast.department.pk), "date": "2025-10-01",
        "is_workday": "on", "source": "伪造", "post": "yes",
    }  # fmt: skip
