"""A report as a paper: what was handed in, frozen → the context of templates/papers/report.html."""

from datetime import datetime

from applications.models import Obligation
from documents.text import moment, printable


def report(row: Obligation) -> dict:
    """The paper of what was handed in last. Its code, the number of the submission and the hash stand on each page."""
    content, label = row.content, row.application.call.spec.label
    handed_in = datetime.fromisoformat(content["submitted_at"])
    facts = [
        ("申报编号", content["number"]),
        (label("title"), content["title"]),
        (label("lead"), content["unit"]),
        ("提交时间", f"{moment(handed_in)}{'（逾期）' if content['late'] else ''}"),
        ("提交次数", f"第 {content['submission']} 次"),
        ("拟延至", content["wanted_on"]),
        ("附　　件", content["file"]["name"]),
        ("附件 SHA-256", content["file"]["sha256"]),
    ]
    rows = [(one["label"], one["text"]) for one in content["rows"] if one["text"]]
    if content["text"]:
        rows.append(("内容", content["text"]))
    return {
        "title": f"{content['name']} {content['number']}",
        "name": content["name"],
        "facts": printable([(label, value) for label, value in facts if value]),
        "rows": printable(rows),
        "version": f"{content['number']}　第{content['submission']}次　校验码 {row.print_code}",
        "hash": f"SHA-256 {row.sha256}",
    }
