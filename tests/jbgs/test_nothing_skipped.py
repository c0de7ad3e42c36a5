"""With CI=true a skipped test fails the run (tests/conftest.py); elsewhere it is only reported."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize(("ci", "workers", "code"), [("true", "0", 1), ("true", "2", 1), ("", "0", 0)])
def test_a_skip_fails_the_run_where_nothing_may_be_skipped(tmp_path, ci, workers, code):
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_a():\n    pass\ndef test_b():\n    pytest.skip('no browser')"
    )
    house = ["-c", str(settings.BASE_DIR / "pyproject.toml"), "--noconftest", "-p", "tests.conftest"]
    command = [sys.executable, "-m", "pytest", *house, "-p", "no:cacheprovider", "-n", workers, str(tmp_path)]
    environment = {**os.environ, "CI": ci, "DATABASE_URL": "", "JBGS_DATA": str(tmp_path)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert "1 passed, 1 skipped" in done.stdout
    assert done.returncode == code
