"""Who is told about accounts: one function per event."""

from notifications.outbox import enqueue


def person_added(person, *, by) -> None:
    """Tell somebody that the unit's administrator has added them."""
    enqueue(
        "person_added",
        person,
        title=f"您已成为“{person.unit}”的填报人，可用手机验证码登录",
        body=f"由管理员{by.name}添加。登录后可以填写和检查本单位的申报书。",
        url="/mine/",
        dedup=f"user-{person.pk}",
    )
