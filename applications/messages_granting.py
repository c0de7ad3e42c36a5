"""Who is told about rights in a call: the person they are about."""

from uuid import uuid4

from notifications.outbox import enqueue


def appointed(call, user, part) -> None:
    _tell("appointed", call, user, part, f"您已被指定为“{call.title}”的{_plain(part)}", "登录后台即可办理。")


def dismissed(call, user, part, reason: str) -> None:
    _tell("dismissed", call, user, part, f"您不再担任“{call.title}”的{_plain(part)}", f"理由：{reason}")


def _plain(part) -> str:
    return f"领域主管（{part.field.name}）" if part.field else part.words


def _tell(event: str, call, user, part, title: str, body: str) -> None:
    """Somebody may be appointed, dismissed and appointed again, each time anew: the door lets no form in twice."""
    dedup = f"call:{call.pk}:{part.key}:{user.pk}:{uuid4().hex}"
    enqueue(event, user, title=title, body=body, url="/admin/", about=f"call:{call.pk}", dedup=dedup)
