"""Fictitious content for any form: read from the call's spec, drawn from a seeded `random.Random`, plainly invented.

Nothing here names a programme, a section's key or a state: a new call is filled as well as the ones at hand. What the
rules of a task ask for comes from `wishes`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

from jbgs.lib.validators import make_uscc
from jbgs.rehearsal import wish_readers  # noqa: F401  (it fills the readers of wishes)
from jbgs.rehearsal.wishes import Wishes
from jbgs.rehearsal.words import (
    DEGREES,
    DUTIES,
    TITLES,
    blank_pdf,
    measured,
    paragraph,
    person_name,
    product_title,
    project_title,
    promise,
    unit_name,
)
from programmes import answers
from programmes.spec import CallSpec, SectionSpec, TaskSpec

__all__ = ["Writer", "answer", "blank_pdf", "measured", "paragraph", "person_name", "promise", "unit_name"]

INVENTED_PARTNERS = 700_000
"""Serial numbers from here on are partners that nobody registered."""
CENT = Decimal("0.01")
YEARS = ("年度", "年份")
"""In the label of an integer: what is asked is a year, not an amount."""


def answer(rng: Random, entry: answers.Entry, today: date) -> str:
    """An acceptable answer to one question of any kind: the first of its choices, a no, a recent day."""
    longest, label = entry.get("max_chars") or 300, entry["label"]
    match answers.kind_of(entry):
        case "choice" | "multi":
            return entry["choices"][0]
        case "yes_no":
            return "no"
        case "integer" if any(word in label for word in YEARS):
            return str(today.year - 1)
        case "integer":
            return str(rng.randint(20, 800))
        case "decimal":
            return f"{rng.randint(100, 9000) / 100:.2f}"
        case "percent":
            return str(rng.randint(60, 95))
        case "date":
            return (today - timedelta(days=rng.randint(100, 900))).isoformat()
        case "phone":
            return f"010-5550{rng.randint(1000, 9999)}"
        case "email":
            return f"fictitious{rng.randint(100, 999)}@example.com"
        case "long_text":
            return paragraph(rng, label, longest)
    return f"{label}（虚构）"[:longest]


class Writer:
    """Fills the sections of one application. `today`: the business date; `partners`: registered units that join in.

    Sections that lean on others (a table of who does what) read what was written before in `written`.
    """

    def __init__(self, rng: Random, spec: CallSpec, task: TaskSpec, *, unit, today: date, partners=()):
        self.rng, self.spec, self.task, self.unit, self.today = rng, spec, task, unit, today
        self.wishes = Wishes(spec, task, unit, today)
        self.part = rng.choice(task.parts).code if task.parts else ""
        self.partners = self._consortium(list(partners))
        self.team = self._members()
        self.written: dict[str, dict] = {}

    def sections(self) -> Iterator[tuple[SectionSpec, dict]]:
        """Every section that this application is asked, with its content; attachments with {}."""
        for section in self.spec.form.sections:
            if section in answers.asked_sections(self.spec, self.task.code, self.written):
                yield section, self.section(section)

    def section(self, section: SectionSpec) -> dict:
        """The payload of one section; {} for a type that is not typed (attachments)."""
        write = getattr(self, f"_{section.type}", None)
        data = write(section) if write else {}
        self.written[section.key] = data
        return data

    @property
    def leader(self) -> dict:
        return self.team[0]

    def _project(self, section) -> dict:
        options, wishes = section.options, self.wishes
        longest = options.get("title_max", 60)
        if self.spec.has_tasks:
            data = {"title": project_title(self.rng, self.task, longest)}
        else:
            data = {"title": product_title(self.rng, self.unit.name, self._products(), longest)}
        if options.get("term") == "dates":
            starts_on, ends_on = wishes.term()
            data |= {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        elif options.get("term") == "years":
            data["years"] = str(wishes.years())
        return data | ({"part": self.part} if self.task.parts else {})

    def _products(self) -> list[str]:
        """The choices of the first question or column of the form that asks for a product."""
        for section in self.spec.form.sections:
            for entry in (*section.options.get("columns", ()), *section.options.get("questions", ())):
                if entry.get("choices") and "产品" in entry["label"]:
                    return [choice for choice in entry["choices"] if choice != "其他"]
        return []

    def _unit(self, section) -> dict:
        fields = [{"kind": "text"} | dict(entry) for entry in section.options.get("fields", [])]
        return self._answers(section.key, fields)

    def _questions(self, section) -> dict:
        return {"answers": self._answers(section.key, section.options["questions"])}

    def _answers(self, key: str, entries) -> dict:
        """Answers in their order; what depends on an earlier answer is written only where it is asked."""
        given: dict[str, str] = {}
        for entry in entries:
            if entry in answers.asked(entries, given):
                wanted = self.wishes.answer(key, entry["key"])
                given[entry["key"]] = answer(self.rng, entry, self.today) if wanted is None else wanted
        return given

    def _consortium(self, registered: list) -> list[dict]:
        """The partners as the table has them: those whom the rules ask for, then registered ones as far as they fit."""
        wishes = self.wishes
        rows = [self._invented(place, need) for place, need in enumerate(wishes.partners)]
        joining = [
            {"name": unit.name, "code": unit.code, "type": unit.type, "country": "CN", "region": unit.region}
            for unit in registered
            if unit.code != self.unit.code and (not wishes.partner_types or unit.type in wishes.partner_types)
        ]
        return rows + joining[: max(0, wishes.most_partners - len(rows))]

    def _invented(self, place: int, need) -> dict:
        serial = INVENTED_PARTNERS + self.rng.randrange(290_000)
        name = unit_name(self.rng, need.type, serial)
        if need.country != "CN":
            return {"name": f"Fictitious Institute {serial} ({need.country})", "code": "", "type": need.type,
                    "country": need.country, "region": ""}  # fmt: skip
        region = need.region or "110000"
        return {"name": name, "code": make_uscc(serial, region), "type": need.type, "country": "CN", "region": region}

    def _partners(self, section) -> dict:
        types = section.options.get("types") or ()
        return {
            "rows": [
                {name: partner[name] for name in ("name", "code", "country")}
                | {"type": partner["type"] if not types or partner["type"] in types else types[0]}
                | {"duty": self.rng.choice(DUTIES)}
                for partner in self.partners
            ]
        }

    def _members(self) -> list[dict]:
        section = self.spec.form.of_type("team")
        options = section.options if section else {}
        size = min(max(options.get("least", 3), 4), options.get("most", 30), self.wishes.most_team)
        return [self._member(position, size) for position in range(size)]

    def _member(self, position: int, size: int) -> dict:
        employers = [self.unit.name, *(partner["name"] for partner in self.partners)]
        born = self.wishes.birth_date(self.rng, position, size)
        return {
            "name": person_name(self.rng),
            "is_leader": position == 0,
            "birth_date": born.isoformat(),
            "title": self.wishes.leader_title if position == 0 else self.rng.choice(TITLES),
            "degree": self.wishes.leader_degree if position == 0 else self.rng.choice(DEGREES),
            "employer": employers[0 if position == 0 else position % len(employers)],
            "duty": DUTIES[position % len(DUTIES)],
            "months": str(self.rng.randint(6, 24)),
            "id_number": "",
        }

    def _team(self, section) -> dict:
        return {"rows": self.team}

    def _budget(self, section) -> dict:
        """Sources and items with equal sums; every source as the rules of the task bound it."""
        options = section.options
        years = options["years"]
        sources = []
        for source, amount in self.wishes.money(self.rng, options["sources"]).items():
            each = (amount / len(years)).quantize(CENT, ROUND_DOWN)
            amounts = [each] * (len(years) - 1) + [amount - each * (len(years) - 1)]
            sources += [
                {"source": source, "year": year, "amount": f"{part:.2f}"}
                for year, part in zip(years, amounts, strict=True)
            ]
        items = options.get("items") or []
        total = sum(Decimal(row["amount"]) for row in sources)
        each = (total / len(items)).quantize(Decimal(1), ROUND_DOWN) if items else Decimal(0)
        amounts = [each] * (len(items) - 1) + [total - each * (len(items) - 1)] if items else []
        return {
            "sources": sources,
            "items": [
                {"item": item["key"], "amount": f"{amount:.2f}"} for item, amount in zip(items, amounts, strict=True)
            ],
        }

    def _commitments(self, section) -> dict:
        proofs = ("第三方检测报告", "现场测试", "用户使用报告")
        return {
            "rows": {
                indicator.code: {**promise(self.rng, indicator), "proof": self.rng.choice(proofs), "note": ""}
                for indicator in self.task.indicators_of(self.part)
            }
        }

    def _targets(self, section) -> dict:
        rows = {}
        for row in section.options.get("rows", []):
            wanted = self.wishes.answer(section.key, row["key"])
            rows[row["key"]] = {"value": self._target(row) if wanted is None else wanted}
        return {"rows": rows}

    def _target(self, row) -> str:
        if row["kind"] == "integer":
            return str(self.rng.randint(1, 9))
        if row["kind"] == "percent":
            return str(self.rng.randint(90, 100))
        if row["kind"] == "choice":
            return self.rng.choice(list(row["choices"]))
        return paragraph(self.rng, row["name"], row.get("max_chars", 120))

    def _table(self, section) -> dict:
        """As many rows as the form and the rules ask for; each cell an answer of its column's kind."""
        columns, options = answers.columns_of(section.options), section.options
        wished = self.wishes.rows(section.key, self)
        least = max(options.get("least", 0), 1 if section.required else 0)
        count = min(max(least, len(wished)), options.get("most", 500))
        rows = [{column["key"]: answer(self.rng, column, self.today) for column in columns} for _ in range(count)]
        for column in columns:
            if answers.kind_of(column) == "integer" and any(word in column["label"] for word in YEARS):
                for place, row in enumerate(rows):  # the last one is the year before this one
                    row[column["key"]] = str(self.today.year - count + place)
        rows = [row | own for row, own in zip(rows, wished + [{}] * count, strict=False)]
        return {"rows": self.wishes.finish(section.key, rows)}

    def _pledge(self, section) -> dict:
        signer = section.options.get("signer", "unit")
        if signer == "participants":
            return {"agreed": True, "signers": [member["name"] for member in self.team]}
        return {"agreed": True, "signer": self.leader["name"] if signer == "leader" else person_name(self.rng)}
