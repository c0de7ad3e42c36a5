"""manage.py load_calendar [--from 2024]: the working calendar from the published holiday arrangements."""

from django.core.management.base import BaseCommand, CommandError

from programmes.calendar import changed, load_calendar, published_years


class Command(BaseCommand):
    help = "Fill the working calendar with every published year; days that staff have edited stay as they are."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", type=int, default=2024, help="first year, 2024 unless told")

    def handle(self, *args, first, **options):
        years = [year for year in published_years() if year >= first]
        if not years:
            raise CommandError(f"{first} 年及以后没有已公布的放假安排。")
        written = load_calendar(years)
        moved = changed()
        self.stdout.write(
            f"工作日历：{years[0]} 至 {years[-1]} 年，写入 {written} 天。以后的日期暂按周一至周五推算，并标明“暂定”。"
            + (f"重新计算了 {moved} 个期限。" if moved else "")
        )
