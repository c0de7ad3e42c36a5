"""What the business says no with. Every refusal carries a sentence that the person who asked understands."""


class Refused(Exception):
    """A request that the rules do not allow.

    `code` is stable and for machines, `sentence` is Chinese and for people, `field` names the form field (or section)
    it points to, `status` is the HTTP status, `details` holds a list of further findings where there are several.
    """

    status = 409

    def __init__(self, code: str, sentence: str, field: str = "", *, status: int | None = None, details=None):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.details = details or []
        if status is not None:
            self.status = status


class Forbidden(Refused):
    """The person may not do this at all, whatever the state."""

    status = 403

    def __init__(self, sentence: str = "您没有办理这一步的权限。", code: str = "forbidden"):
        super().__init__(code, sentence)
