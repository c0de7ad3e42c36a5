"""People are found by keys, may be banned, and what is 原则上 has a reason."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from applications.persons import keys_of


def key_the_members(apps, schema_editor):
    """Members filed before this have no keys yet; the number is read with the key of the fields."""
    member = apps.get_model("applications", "Member")
    rows = member.objects.only("id", "name", "birth_date", "id_number").order_by("id")
    batch = []
    for row in rows.iterator(chunk_size=500):
        row.person_key, row.name_key = keys_of(row.name, row.birth_date, row.id_number)
        batch.append(row)
        if len(batch) == 500:
            member.objects.bulk_update(batch, ["person_key", "name_key"])
            batch = []
    member.objects.bulk_update(batch, ["person_key", "name_key"])


def text_field(**options):
    return models.CharField(max_length=65, blank=True, db_index=True, default="", **options)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("programmes", "0002_task_owner"),
        ("applications", "0003_obligations_and_provisional_dates"),
    ]

    operations = [
        migrations.AddField(
            "application", "soft_reasons", models.JSONField(default=dict, verbose_name="原则上要求的说明")
        ),
        migrations.AddField("member", "person_key", text_field(), preserve_default=False),
        migrations.AddField("member", "name_key", text_field(), preserve_default=False),
        migrations.RunPython(key_the_members, migrations.RunPython.noop),
        migrations.AddField("ban", "kind", models.CharField(max_length=20, default="revoked")),
        migrations.AddField(
            "ban",
            "person_name",
            models.CharField(blank=True, default="", max_length=60, verbose_name="姓名"),
            preserve_default=False,
        ),
        migrations.AddField("ban", "person_key", text_field(), preserve_default=False),
        migrations.AddField("ban", "name_key", text_field(), preserve_default=False),
        migrations.AlterField(
            "ban",
            "unit",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="bans", to="accounts.unit"
            ),
        ),
        migrations.AlterField(
            "ban",
            "application",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="bans",
                to="applications.application",
            ),
        ),
        migrations.AlterField(
            "ban",
            "programme",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
            ),
        ),
        migrations.AddConstraint(
            "ban",
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person_key="") | (Q(unit__isnull=True) & ~Q(person_key="")),
                name="a_ban_is_of_a_unit_or_person",
            ),
        ),
    ]  # fmt: skip
