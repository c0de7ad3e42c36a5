"""The back office of applications: pages of departments (recommending.py …) and of officers (examining.py …).

They are own views mounted under the admin site by applications/admin.py, because the admin wraps its own in `atomic`.
"""
