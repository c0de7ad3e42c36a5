"""Requirements on what is signed and what is uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from programmes.checks import Choice, Int, ListOf, Optional, key
from programmes.requirements.base import ATTACHMENTS, Problem, Requirement
from programmes.words import PLEDGE_SIGNERS

GIVEN = {"partners": "有联合单位的", "partners_abroad": "有国（境）外联合单位的"}


@dataclass(frozen=True)
class PledgeSigned(Requirement):
    """The unit pledges to finish in time and that all is true."""

    code: ClassVar = "pledge_signed"
    section_type: ClassVar = "pledge"
    rows: ClassVar = ("M07", "V19", "J36", "P06")

    @property
    def rule(self):
        return "已作出申报承诺"

    def found(self, facts):
        return f"签署人：{facts.pledge_signer}"

    def problems(self, facts):
        if not facts.pledge_agreed:
            yield Problem("没有作出申报承诺。请阅读承诺书，并由签署人确认。", self.at(facts))
        elif not facts.pledge_signer.strip():
            yield Problem("承诺书没有填写签署人姓名。请填写。", self.at(facts, "signer"))


@dataclass(frozen=True)
class PledgesSigned(Requirement):
    """Each of these has signed a pledge of his own: the unit, the leader, the participants."""

    code: ClassVar = "pledges_signed"
    section_type: ClassVar = "pledge"
    rows: ClassVar = ("V19", "J40", "N11")
    params: ClassVar = {"signers": ListOf(Choice(PLEDGE_SIGNERS), least=1, distinct="")}
    example: ClassVar = {"signers": ["unit", "leader", "participants"]}
    signers: tuple[str, ...]

    @property
    def rule(self):
        return f"{'、'.join(PLEDGE_SIGNERS[one] for one in self.signers)}均已签署承诺书"

    def problems(self, facts):
        pledges = {
            spec.options.get("signer", "unit"): spec for spec in facts.form.sections if spec.type == self.section_type
        }
        for signer in self.signers:
            spec = pledges.get(signer)
            data = facts.sections.get(spec.key, {}) if spec else {}
            name, where = spec.title if spec else "承诺书", spec.key if spec else self.at(facts)
            signed = _names(data) if data.get("agreed") else []
            away = [one.name for one in facts.team if signer == "participants" and one.name.strip() not in signed]
            if not signed:
                yield Problem(f"{PLEDGE_SIGNERS[signer]}没有签署{name}。请阅读全文，由签署人确认。", where)
            elif away:
                yield Problem(f"{name}：{'、'.join(away[:10])}没有签署。请由本人阅读并确认。", where)


def _names(data: Mapping) -> list[str]:
    """Who signed a pledge: one signer, or the participants one by one."""
    return [name for one in [data.get("signer"), *(data.get("signers") or [])] if (name := str(one or "").strip())]


@dataclass(frozen=True)
class AttachmentRequired(Requirement):
    """A file of this kind is uploaded, always or only where something is so.

    `given: partners` (or partners_abroad): only where there are any; `when` and `lead_types` as in every rule.
    """

    code: ClassVar = "attachment_required"
    section_type: ClassVar = "attachments"
    rows: ClassVar = ("W12", "V07", "V08", "V13", "J24", "J28", "J39", "J46", "S05", "N06", "N07", "P06")
    params: ClassVar = {"kind": key, "count": Optional(Int(1, 100)), "given": Optional(Choice(GIVEN))}
    example: ClassVar = {
        "kind": "ethics", "when": {"section": "ethics", "question": "involves_humans", "is": ["yes"]},
    }  # fmt: skip
    kind: str
    count: int = 1
    given: str = ""

    @property
    def rule(self):
        many = f" {self.count} 个" if self.count > 1 else ""
        return f"{GIVEN.get(self.given, '')}{'须' if self.given else ''}上传规定的附件{many}"

    @classmethod
    def names(cls, params):
        yield from super().names(params)
        yield ("kind",), ATTACHMENTS, params["kind"]

    def found(self, facts):
        return f"“{self._label(facts)}”"

    def asked(self, facts):
        if not super().asked(facts):
            return False
        partners = [one for one in facts.partners if self.given == "partners" or one.is_abroad]
        return bool(partners) if self.given else True

    def problems(self, facts):
        present = sum(1 for one in facts.attachments if one.kind == self.kind)
        if present < self.count:
            label, why = self._label(facts), GIVEN.get(self.given, "").removesuffix("的")
            why = why or self._answered(facts)
            have = f"现有 {present} 个，须 {self.count} 个" if self.count > 1 else "没有上传"
            sentence = f"{f'{why}，但' if why else ''}附件“{label}”{have}。请上传。"
            yield Problem(sentence, self.at(facts, self.kind))

    def _answered(self, facts) -> str:
        return f"“{facts.label(self.when['section'], self.when['question'])}”已按须提供证明填写" if self.when else ""

    def _label(self, facts) -> str:
        section = facts.form.of_type(self.section_type)
        kinds = section.options.get("kinds", ()) if section else ()
        return next((one["label"] for one in kinds if one["key"] == self.kind), self.kind)
