"""The number in the page header."""

from django.utils.functional import SimpleLazyObject

from notifications import queries


def unread(request) -> dict:
    """`unread_count`: messages not read yet. One query, and only when a template shows it to somebody signed in."""
    user = getattr(request, "user", None)
    if user is None:
        return {"unread_count": 0}
    return {"unread_count": SimpleLazyObject(lambda: queries.unread_badge(user) if user.is_authenticated else 0)}
