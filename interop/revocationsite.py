"""A Django site with revocation.py, asked by one JSON text a line: {"now", "ended", "path", "cookie", "end_during"}.

The answer is {"user": the name or null, "set_cookie": the session's new cookie or null}. The clock is "now"; "ended" is
when the sessions of the user were ended, in Unix seconds, or null; "end_during" ends them while the view runs.
"""

import datetime
import json
import sys
import time

import django
from django.conf import settings

clock = {"now": 0.0}
time.time = lambda: clock["now"]

settings.configure(
    SECRET_KEY=sys.argv[1],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    AUTH_USER_MODEL="site.Account",
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "revocation.end_sessions",
    ],
    USE_TZ=True,
)

from django.apps import AppConfig, apps  # noqa: E402


class Site(AppConfig):
    name = __name__
    label = "site"
    path = "."

    def import_models(self):
        from django.contrib.auth.models import AbstractUser
        from django.db import models

        class Account(AbstractUser):
            sessions_ended = models.DateTimeField(null=True)

            class Meta:
                app_label = "site"

        super().import_models()


settings.INSTALLED_APPS.insert(0, f"{__name__}.Site")
django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402


Account = get_user_model()


def stamp(seconds):
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def sign_in(request):
    login(request, Account.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("signed in")


def show(request):
    request.session["n"] = request.session.get("n", 0) + 1
    if site["end_during"] is not None:
        clock["now"] = site["end_during"]
        Account.objects.update(sessions_ended=stamp(site["end_during"]))
    return HttpResponse(json.dumps(request.user.username or None))


urlpatterns = [path("sign-in", sign_in), path("show", show)]
site = {"end_during": None}

with connection.schema_editor() as editor:
    for model in apps.get_models():
        editor.create_model(model)
Account.objects.create(username="ann", password="!")

for line in sys.stdin:
    question = json.loads(line)
    clock["now"] = question["now"]
    site["end_during"] = question.get("end_during")
    Account.objects.update(sessions_ended=stamp(question["ended"]))
    client = Client(HTTP_COOKIE="sessionid=" + question["cookie"]) if question.get("cookie") else Client()
    response = client.get("/" + question["path"])
    morsel = response.cookies.get("sessionid")
    shown = json.loads(response.content) if question["path"] == "show" else None
    print(json.dumps({"user": shown, "set_cookie": morsel.value if morsel else None}), flush=True)
