"""Managers of the accounts room."""

from django.contrib.auth.base_user import BaseUserManager

from accounts.choices import Role


class UserManager(BaseUserManager):
    """Makes accounts; a missing password becomes an unusable one, so only phone codes open it."""

    use_in_migrations = False

    def create_user(self, username: str, password: str | None = None, **fields):
        """A saved user. `role` is required; unit roles need `unit`, recommenders `department`."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields):
        """The break-glass account of `manage.py createsuperuser`: a system administrator, who sees no content."""
        fields.setdefault("role", Role.SYSTEM_ADMIN)
        return self.create_user(username, password, is_superuser=True, **fields)
