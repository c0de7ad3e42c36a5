"""Pages of the accounts room, in front and behind."""

from django.urls import path

from accounts.views import codes, sign_in, unit

app_name = "accounts"
urlpatterns = [
    path("register/", sign_in.Register.as_view(), name="register"),
    path("register/check/", sign_in.check_code, name="check_code"),
    path("signin/", sign_in.SignIn.as_view(), name="signin"),
    path("signout/", sign_in.sign_out, name="signout"),
    path("privacy/", sign_in.privacy, name="privacy"),
    path("phone-code/", codes.send_code, name="send_code"),
    path("unit/", unit.EditUnit.as_view(), name="unit"),
    path("unit/people/", unit.People.as_view(), name="people"),
    path("unit/people/<int:pk>/stop/", unit.person_stop, name="person_stop"),
    path("unit/people/<int:pk>/restore/", unit.person_restore, name="person_restore"),
    path("unit/people/<int:pk>/role/", unit.person_role, name="person_role"),
    path("password/", unit.Password.as_view(), name="password"),
    path("admin/login/", sign_in.BackOfficeSignIn.as_view(), name="backoffice_signin"),
    path("admin/logout/", sign_in.sign_out, name="backoffice_signout"),
    path("admin/password_change/", unit.Password.as_view(), name="backoffice_password"),
    path("admin/first-sign-in/", sign_in.FirstSignIn.as_view(), name="first_sign_in"),
]
