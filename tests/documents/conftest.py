"""A kind of document for tests and two people: ada asks for files, bob is somebody else."""

import pytest
from django.contrib.auth import get_user_model

from documents import jobs


@pytest.fixture
def ada(db):
    return get_user_model().objects.create_user("ada", name="艾达", role="supervisor")


@pytest.fixture
def bob(db):
    return get_user_model().objects.create_user("bob", name="鲍勃", role="supervisor")


class Maker:
    """A build function that notes what it made and raises whatever stands in `errors`, one per attempt."""

    def __init__(self):
        self.made = []
        self.errors = []

    def __call__(self, artifact):
        if self.errors:
            raise self.errors.pop(0)
        self.made.append(artifact.owner_key)
        return f"文件 {artifact.params}".encode(), "汇总表.pdf"


@pytest.fixture
def maker(monkeypatch):
    """The maker of kind `note`; the bell does not ring, so that a test says itself when the worker comes."""
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setattr(jobs, "_ring", lambda pk: None)
    maker = Maker()
    jobs.register("note", maker)
    return maker
