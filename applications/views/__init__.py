"""The front office's pages of an application, and the public pages of publicity. No rule is decided here."""
