"""Work on a call's rules in the back office: a draft of its whole document, saved as often as one likes, applied once.

Nothing of a draft is in force. Applying it writes a new CallVersion (or a new call); what applications keep and what
they take from the new version is said in docs/architecture.md, Content.
"""

import copy
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from audit import log
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.checks import CODE_PATTERN
from programmes.copying import moved_windows
from programmes.diff import Change, difference
from programmes.loader import InvalidDocument, load_document
from programmes.models import Call, CallDraft
from programmes.schema import Problem, plain, problems_of


def start(call: Call, *, by) -> CallDraft:
    """The draft of this call: the one that is under work, or a new one from the rules in force."""
    with transaction.atomic():
        _lock(call)
        found = CallDraft.objects.filter(call=call).first()
        return found or _new(call=call, base=call.current_version, slug=call.slug, document=None, by=by)


def start_copy(source: Call, *, by, slug: str, title: str, year: int, shift: timedelta | None = None) -> CallDraft:
    """A draft of a new call with the rules of `source`, every window moved by `shift`; Refused for a slug in use."""
    slug = slug.strip()
    if not CODE_PATTERN.fullmatch(slug) or len(slug) > 40:
        raise Refused(
            "slug_unfit", "标识只能用英文字母、数字、点、横线和下划线，不超过 40 个字符。", "slug", status=422
        )
    if not title.strip():
        raise Refused("title_missing", "请填写名称。", "title", status=422)
    with transaction.atomic():
        _lock(source)
        if Call.objects.filter(slug=slug).exists() or CallDraft.objects.filter(slug=slug).exists():
            raise Refused("slug_taken", f"标识“{slug}”已有批次使用。请换一个。", "slug", status=422)
        document = copy.deepcopy(source.current_version.document)
        document |= {"slug": slug, "title": title.strip(), "year": year}
        if shift:
            document["windows"] = moved_windows(document["windows"], shift)
        return _new(source=source, base=source.current_version, slug=slug, document=document, by=by)


def save(draft: CallDraft, document: Mapping, *, base_version: int, by) -> CallDraft:
    """Keep the document as it is, right or wrong; Refused (409) when somebody saved in between."""
    with transaction.atomic():
        current = _locked(draft)
        if current.version != base_version:
            when = clock.local(current.saved_at)
            raise Refused(
                "draft_changed",
                f"{current.saved_by.name}已于 {when:%-m月%-d日 %H:%M} 保存了修改稿，您的改动没有覆盖它。",
            )
        document = plain(document) | {"slug": current.slug}
        if document != current.document:
            current.document, current.saved_by, current.saved_at = document, by, clock.now()
            current.version += 1
            current.save(update_fields=["document", "saved_by", "saved_at", "version"])
        return current


def problems(draft: CallDraft) -> list[Problem]:
    """What must be mended before the draft can be applied."""
    return problems_of(draft.document)


def changes(draft: CallDraft) -> list[Change]:
    """In what the draft differs from the rules in force, or from those of the call it was copied from."""
    return difference(draft.origin.current_version.document, draft.document)


def is_outdated(draft: CallDraft) -> bool:
    """Whether the call's rules changed after this work began."""
    return draft.call is not None and draft.call.current_version_id != draft.base_id


def rebase(draft: CallDraft, *, by) -> CallDraft:
    """Take the rules now in force as what the draft is compared with; its own text stays."""
    with transaction.atomic():
        current = _locked(draft)
        current.base = current.origin.current_version
        current.version += 1
        current.saved_by, current.saved_at = by, clock.now()
        current.save(update_fields=["base", "version", "saved_by", "saved_at"])
        return current


def discard(draft: CallDraft, *, by) -> None:
    """Throw the draft away; what was in force stays in force."""
    with transaction.atomic():
        current = _locked(draft)
        log.append(current.origin, "discard_draft", by, data={"slug": current.slug, "saves": current.version})
        current.delete()


def apply(draft: CallDraft, *, base_version: int, reason: str, by) -> Call:
    """Put the draft in force: a new version of its call, or a new call. All or nothing.

    Refused: reason_missing, draft_changed, draft_gone, call_changed (rebase first), nothing_changed, review_frozen
    (intake has opened), invalid (what is wrong, in details).
    """
    if not reason.strip():
        raise Refused("reason_missing", "请写明修改的依据和理由。", "reason", status=422)
    with transaction.atomic():
        current = _locked(draft)
        if current.version != base_version:
            raise Refused("draft_changed", f"{current.saved_by.name}又保存了修改稿。请重新核对差异，再办理。")
        if is_outdated(current):
            raise Refused("call_changed", "这个批次的规则在此期间已经变动。请先核对新的差异，再办理。")
        if current.call and not changes(current):
            raise Refused("nothing_changed", "修改稿与现行规则没有差异。", status=422)
        try:
            loaded = load_document(current.document, by=by, force=True)
        except InvalidDocument as wrong:
            count = len(wrong.sentences)
            sentence = f"还有 {count} 处不符合格式，不能生效。"
            raise Refused("invalid", sentence, status=422, details=wrong.sentences) from wrong
        facts = {"reason": reason.strip(), "version": loaded.version.number, "sha256": loaded.version.sha256}
        log.append(loaded.call, "change_rules", by, data=facts)
        current.delete()
    return loaded.call


def _new(*, base, slug, document, by, call=None, source=None) -> CallDraft:
    document = copy.deepcopy(base.document) if document is None else document
    return CallDraft.objects.create(
        call=call, source=source, base=base, slug=slug, document=document, saved_by=by, saved_at=clock.now()
    )


def _lock(call: Call) -> None:
    """Two people who begin at once get one draft; two who copy to one slug get one call."""
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)


def _locked(draft: CallDraft) -> CallDraft:
    """The draft under its lock, read without a join: PostgreSQL drops a row whose joined key another save changed."""
    found = CallDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise Refused("draft_gone", "这份修改稿已经生效或者作废，不能再办理。")
    return found
