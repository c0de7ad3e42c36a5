"""The application and everything that becomes of it."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "申报"

    def ready(self):
        from applications import (
            artifacts,
            due_office,
            due_unit,
            exports,
            offers,
            recounting,
            sent_letters,
            todo_department,
            todo_unit,
        )
        from applications.backoffice import lists_out, owner, worklist
        from notifications import duedates, openitems
        from programmes import calendar, own

        artifacts.register()
        exports.register()
        lists_out.register()
        sent_letters.register()
        calendar.follow("applications", recounting.recount)
        own.provide(offers.OwnApplications())
        duedates.register("unit", due_unit.due_items)
        duedates.register("office", due_office.due_items)
        openitems.register("recommending", todo_department.open_items)
        openitems.register("unit", todo_unit.open_items)
        openitems.register("office", worklist.open_items)
        openitems.register("owner", owner.open_items)
