"""The chosen part of a task; several pledges of one application, each of its own section."""

from django.db import migrations, models
from django.db.models import Q


def name_the_sections(apps, schema_editor):
    """Until now a form had one pledge at most: its section is the form's only one of that type."""
    Pledge = apps.get_model("applications", "Pledge")
    CallVersion = apps.get_model("programmes", "CallVersion")
    for pk in Pledge.objects.values_list("application__call_version", flat=True).distinct():
        form = CallVersion.objects.get(pk=pk).document["form"]
        key = next((section["key"] for section in form if section["type"] == "pledge"), "pledge")
        Pledge.objects.filter(application__call_version=pk).update(section=key)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_persons_and_bans"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="part",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="子方向"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="pledge",
            name="role",
            field=models.CharField(default="unit", max_length=20),
        ),
        migrations.AddField(
            model_name="pledge",
            name="section",
            field=models.CharField(default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="pledge",
            name="signer",
            field=models.TextField(verbose_name="签署人"),
        ),
        migrations.RemoveConstraint(model_name="pledge", name="one_valid_pledge_each"),
        migrations.RunPython(name_the_sections, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.UniqueConstraint(
                condition=Q(("withdrawn_at__isnull", True)),
                fields=("application", "section"),
                name="one_valid_pledge_each",
            ),
        ),
    ]
