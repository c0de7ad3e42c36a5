"""Every back-office page of an application; names live in the admin's namespace: `admin:applications_<page>`."""

from applications.backoffice import (
    urls_department,
    urls_editing,
    urls_granting,
    urls_officer,
    urls_owing,
    urls_owner,
    urls_rounds,
)

patterns = [
    *urls_department.patterns,
    *urls_officer.patterns,
    *urls_editing.patterns,
    *urls_owner.patterns,
    *urls_owing.patterns,
    *urls_rounds.patterns,
    *urls_granting.patterns,
]
