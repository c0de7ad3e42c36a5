"""The privacy notice that registration accepts (PIPL art. 14, 17). A changed text gets a new version.

The text itself is templates/accounts/privacy.html.
"""

PRIVACY_VERSION = "2026-11"
