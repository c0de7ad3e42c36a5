"""Conflicts of interest planted between fictitious experts and applications, in the spellings that people use."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from accounts.models import UnitName
from applications import persons
from applications.models import Application, Member, Partner, Version
from jbgs.lib import clock
from jbgs.lib.validators import make_uscc
from reviews.models import Employment, Expert, Relation
from tests.cast import make_person, make_unit

WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x21, 0x7F)})


def wide(text: str) -> str:
    """Full-width signs where there are any."""
    return unicodedata.normalize("NFC", text).translate(WIDE)


SPELLINGS = (
    lambda text: text,
    wide,
    lambda text: " ".join(text),
    lambda text: "\u3000" + text[:2] + "\u3000" + text[2:] + " ",
    lambda text: text.replace("（", "(").replace("）", ")"),
    lambda text: text.replace("（", "").replace("）", "").lower(),
    lambda text: f"《{text}》",
)
"""Ways to write one and the same name."""


@dataclass
class Garden:
    """Applications and experts, and what was planted: {(expert pk, application pk): kind}."""

    review: object
    planted: dict = field(default_factory=dict)
    experts: list = field(default_factory=list)
    applications: list = field(default_factory=list)
    serial: count = field(default_factory=lambda: count(3000))

    def application(self, *, name: str = "", task=None, **unit) -> Application:
        """One in review of a unit of its own, with a team of two and a joint unit, none of them anybody else's."""
        n = next(self.serial)
        lead = make_unit(n, name=name or f"虚构甲{n}仪器（集团）有限公司")
        for key, value in unit.items():
            setattr(lead, key, value)
        lead.save()
        application = self.review.application(unit=lead, task=task)
        Partner.objects.create(
            application=application, order=0, name=f"虚构乙{n}应用物理所", code=make_uscc(n + 400_000)
        )
        for place in range(2):
            self.member(
                application, f"测试员{n}号{'甲乙'[place]}", born=date(1970, 1, 1) + timedelta(days=n * 2 + place)
            )
        self.applications.append(application)
        return application

    def member(self, application, name, *, born=None, id_number="", employer="") -> Member:
        keys = persons.keys_of(name, born, id_number)
        order = Member.objects.filter(application=application).count()
        return Member.objects.create(
            application=application, order=order, name=name, birth_date=born, employer=employer, id_number=id_number,
            person_key=keys[0], name_key=keys[1], is_leader=order == 0,
        )  # fmt: skip

    def partner(self, application, *, name="", code="") -> Partner:
        order = Partner.objects.filter(application=application).count()
        return Partner.objects.create(application=application, order=order, name=name, code=code)

    def expert(self, *, name: str = "", phone=None, email: str = "", id_number: str = "", **named) -> Expert:
        """One who is close to nobody, unless told otherwise."""
        n = next(self.serial)
        user = make_person(f"planted{n}", "expert", name=name or f"虚构专家{n}", phone=phone)
        if email:
            type(user).objects.filter(pk=user.pk).update(email=email)
        values = {"unit_name": f"虚构丙{n}战略咨询院", "region": "", **named}
        key = persons.keys_of(user.name, None, id_number)[0] if id_number else ""
        expert = Expert.objects.create(user=user, id_number=id_number, person_key=key, **values)
        self.experts.append(expert)
        return expert

    def plant(self, kind: str, application: Application, expert: Expert) -> None:
        self.planted[expert.pk, application.pk] = kind

    def frozen(self, application, **sections) -> None:
        """Give the application a new frozen version with these sections."""
        number = application.version.number + 1
        version = Version.objects.create(
            application=application, number=number, content={"form": [], "sections": sections}, sha256="1" * 64,
            code=f"F{application.pk:08d}{number}", created_by=application.created_by, created_at=clock.now(),
        )  # fmt: skip
        Application.objects.filter(pk=application.pk).update(version=version)


def same_units(garden: Garden) -> None:
    """By code, by name of today and of before, as lead and as partner, in every spelling, with parts behind it."""
    for spell in SPELLINGS:
        lead = garden.application()
        garden.plant("same_unit", lead, garden.expert(unit_name=spell(lead.unit.name)))
        code = spell(lead.unit.code) if len(spell(lead.unit.code)) == 18 else lead.unit.code.lower()
        garden.plant("same_unit", lead, garden.expert(unit_code=code, unit_name="只有代码是对的"))
        old = f"虚构旧名（第{lead.pk}号）仪器厂"
        UnitName.objects.create(unit=lead.unit, name=old)
        garden.plant("same_unit", lead, garden.expert(unit_name=spell(old)))
        joint = lead.partners.get()
        garden.plant("same_unit", lead, garden.expert(unit_name=spell(joint.name)))
        garden.plant("same_unit", lead, garden.expert(unit_name="另一种写法", unit_code=joint.code))
        second = garden.expert()
        Employment.objects.create(expert=second, unit_name=spell(lead.unit.name), position="兼职教授")
        garden.plant("same_unit", lead, second)


def parts_of_units(garden: Garden) -> None:
    """Departments, company forms, a house and its part, an employer of a member who is of no joint unit."""
    for n, part in enumerate(("物理学院", "（深圳）研究生院", "量子精密测量 实验室", "科研处", "第二校区")):
        lead = garden.application(name=f"虚构科技{n}大学")
        garden.plant("same_unit", lead, garden.expert(unit_name=lead.unit.name + part))
        other = garden.application(name=f"虚构理工{n}大学{part}")
        garden.plant("same_unit", other, garden.expert(unit_name=f"虚构理工{n}大学"))
    for n, (one, two) in enumerate((("有限公司", "有限责任公司"), ("股份有限公司", "有限公司"), ("公司", "有限公司"))):
        lead = garden.application()
        garden.partner(lead, name=f"虚构光电技术{n}{one}")
        garden.plant("same_unit", lead, garden.expert(unit_name=f"虚构光电技术{n}{two}"))
    lead = garden.application()
    garden.member(lead, "测试外聘成员", employer="虚构外聘大学")
    garden.plant("same_unit", lead, garden.expert(unit_name="虚构外聘大学 材料学院"))
    mailed = garden.application()
    make_person("hauspost", "unit_filler", unit=mailed.unit).__class__.objects.filter(username="hauspost").update(
        email="Office@Mail.Xuni-Danwei.edu.cn"
    )
    garden.plant("same_unit", mailed, garden.expert(email="expert@xuni-danwei.edu.cn"))


def related_units(garden: Garden) -> None:
    """Above, below, beside, two levels apart; the superior known by an old name; a hospital of a university."""
    top, middle, beside = (make_unit(9100 + n, name=f"虚构控股集团{n}总部") for n in range(3))
    UnitName.objects.create(unit=top, name="虚构老控股")
    for unit in (middle, beside):
        unit.parent = top
        unit.save()
    lead = garden.application(parent=middle)
    sibling = garden.application()
    garden.partner(sibling, name=beside.name, code=beside.code)
    for known_by in (
        {"unit_name": middle.name},
        {"unit_name": wide("虚构 老控股")},
        {"unit_name": "写法不同", "unit_code": top.code},
    ):
        expert = garden.expert(**known_by)
        garden.plant("related_unit", lead, expert)
        garden.plant("related_unit", sibling, expert)
    hospital = garden.application(name="虚构医科大学附属第一医院")
    garden.plant("related_unit", hospital, garden.expert(unit_name="虚构医科大学"))


def former_units(garden: Garden) -> None:
    """Jobs that ended within the years, at the unit, at its superior, at a joint unit."""
    ended = clock.today() - timedelta(days=900)
    for spell in SPELLINGS:
        lead = garden.application()
        for name in (lead.unit.name, lead.partners.get().name):
            expert = garden.expert()
            Employment.objects.create(expert=expert, unit_name=spell(name), to_on=ended)
            garden.plant("former_unit", lead, expert)
    holding = make_unit(9200, name="虚构上级集团之家")
    below = garden.application(parent=holding)
    expert = garden.expert()
    Employment.objects.create(expert=expert, unit_name=holding.name, to_on=ended)
    garden.plant("former_unit", below, expert)


def same_people(garden: Garden) -> None:
    """By ID number, by birth date, by name and employer; by phone and mail of the unit, an account, the form."""
    n = next(garden.serial)
    number = f"11010119800101{n % 1000:03d}X"
    lead = garden.application()
    garden.member(lead, "名字写错了", id_number=number)
    garden.plant("same_person", lead, garden.expert(name="虚构本人", id_number=number))
    born = garden.application()
    garden.member(born, "虚构同生", born=date(1981, 2, 3))
    garden.plant("same_person", born, garden.expert(name="虚构同生", id_number="11010119810203001X"))
    for spell in (*SPELLINGS[:4], lambda text: text + "教授"):
        lead = garden.application()
        expert = garden.expert(name=f"虚构成员{lead.pk}")
        garden.member(lead, spell(expert.user.name), employer=spell(expert.unit_name).removesuffix("教授"))
        garden.plant("same_person", lead, expert)
    for place, phone in enumerate(("138 0000 1{:03d}", "+86-1380000 2{:03d}", "００８６１３８００００３{:03d}")):
        typed = phone.format(place)
        plain = "1380000" + unicodedata.normalize("NFKC", typed)[-4:].replace(" ", "")
        lead = garden.application(contact_phone=typed)
        garden.plant("same_person", lead, garden.expert(phone=plain))
    form = garden.application()
    garden.frozen(form, unit={"contact_phone": "139-0000-4001（李）", "contact_email": "Xuni.Ren@QQ.com"})
    garden.plant("same_person", form, garden.expert(phone="13900004001"))
    garden.plant("same_person", form, garden.expert(email="xuni.ren@qq.com"))
    account = garden.application()
    filler = make_person("filler-of-planted", "unit_filler", unit=account.unit)
    type(filler).objects.filter(pk=filler.pk).update(email="filler@163.com")
    garden.plant("same_person", account, garden.expert(email="Filler@163.com"))


def relations(garden: Garden) -> None:
    """A declared person by name, by name and unit; a declared unit by name, code and former name."""
    for spell in SPELLINGS[:4]:
        lead = garden.application()
        member = garden.member(lead, f"虚构亲属{lead.pk}", employer=f"虚构亲属{lead.pk}单位")
        UnitName.objects.create(unit=lead.unit, name=f"虚构关系旧名{lead.pk}")
        for tie in (
            {"person_name": spell(member.name)},
            {"person_name": spell(member.name), "unit_name": spell(member.employer)},
            {"unit_name": spell(f"虚构关系旧名{lead.pk}")},
            {"unit_name": "写法不同", "unit_code": lead.unit.code},
            {"person_name": member.name, "until_on": clock.today()},
        ):
            expert = garden.expert()
            Relation.objects.create(expert=expert, kind="teacher", declared_at=clock.now(), **tie)
            garden.plant("relation", lead, expert)
    boss = garden.application(legal_person="虚构法人代表")
    expert = garden.expert()
    Relation.objects.create(expert=expert, kind="relative", declared_at=clock.now(), person_name="虚构 法人代表")
    garden.plant("relation", boss, expert)


def joint_and_own(garden: Garden) -> None:
    """Filed together before with a member, and with people of a unit; an application of the own in the same task."""
    other_task = garden.review.call.tasks.order_by("-order").first()
    for spell in (*SPELLINGS[:4], lambda text: text + " 教授"):
        now = garden.application()
        colleague = now.members.order_by("order").first()
        before = garden.application(task=other_task)
        expert = garden.expert(name=f"虚构旧友{before.pk}")
        garden.member(before, spell(expert.user.name), employer=expert.unit_name)
        garden.member(before, colleague.name, born=colleague.birth_date)
        garden.plant("joint", now, expert)
        garden.plant("same_person", before, expert)
        now = garden.application()
        before = garden.application(task=other_task)
        expert = garden.expert(name=f"虚构旧伴{before.pk}", id_number=f"11010119750505{before.pk % 1000:03d}X")
        garden.member(before, spell("写法不同的人"), id_number=expert.id_number)
        garden.partner(before, name=spell(now.unit.name).removesuffix(" 教授"))
        garden.plant("joint", now, expert)
        garden.plant("same_person", before, expert)


def named(garden: Garden, key: str) -> None:
    """Named by the applicant with a reason; the fourth does not count, nor one without a reason."""
    for spell in (*SPELLINGS[:4], lambda text: text + "院士"):
        lead = garden.application()
        unfit = [garden.expert(name=f"虚构不宜{lead.pk}{sign}") for sign in "甲乙丙丁戊"]
        rows = [
            {"name": spell(expert.user.name), "employer": expert.unit_name, "reason": "学术观点长期对立（虚构）"}
            for expert in unfit
        ]
        rows[1]["reason"] = " "
        garden.frozen(lead, **{key: {"rows": rows}})
        for place in (0, 2):
            garden.plant("named", lead, unfit[place])


def controls(garden: Garden, size: int) -> list[Expert]:
    """Experts whom nothing ties to any application, though much looks alike at a glance."""
    looks = (
        {"unit_name": "虚构甲仪器（集团）有限公司"},
        {"unit_name": "虚构科技大学城开发公司"},
        {"unit_name": "虚构技术公司"},
        {"email": "somebody@qq.com"},
        {"email": "somebody@example.com"},
        {"name": "虚构同生"},
        {"name": "测试外聘成员"},
        {"unit_name": "虚构大学"},
    )
    made = [garden.expert(**looks[place % len(looks)]) for place in range(size)]
    long_ago = clock.today() - timedelta(days=3 * 366 + 1)
    lead = garden.applications[0]
    Employment.objects.create(expert=made[0], unit_name=lead.unit.name, to_on=long_ago)
    Relation.objects.create(
        expert=made[1], kind="coauthor", declared_at=clock.now(), unit_name=lead.unit.name,
        until_on=clock.today() - timedelta(days=1),
    )  # fmt: skip
    Relation.objects.create(
        expert=made[2], kind="other", declared_at=clock.now(), person_name=lead.members.first().name,
        unit_name="别的单位（虚构）",
    )  # fmt: skip
    return made
