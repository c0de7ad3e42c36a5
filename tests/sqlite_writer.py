"""One of the writing processes of test_sqlite_writers: read, then write, in one transaction, again and again.

Run as `python -m tests.sqlite_writer COUNT` with the environment of the installation it writes to.
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jbgs.settings")


def main(count: int) -> None:
    import django

    django.setup()
    from accounts.models import User
    from audit import log
    from jbgs.lib.errors import Refused

    shared = User.objects.get(username="shared")
    for _ in range(count):
        # Reads the last entry of the chain and writes the next one: a lost race would fork the chain.
        log.append_refusal(shared, "write", shared, Refused("no", "不行"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
