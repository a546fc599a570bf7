"""Signs in and out with Django's own code: a JSON text a line, on standard input. The argument is SECRET_KEY."""

import json
import sys

import django
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

settings.configure(
    SECRET_KEY=sys.argv[1],
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer",
)
django.setup()

from django.contrib.auth import get_user, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.management import call_command

call_command("migrate", verbosity=0)
factory = RequestFactory()


def columns(user):
    return {"id": str(user.pk), "password": user.password, "active": user.is_active}


def answer(question):
    result = {}
    user = User.objects.filter(username=question["user"]).first()

    def view(request):
        op = question["op"]
        if op == "create":
            result.update(columns(User.objects.create_user(question["user"], password=question["text"])))
        elif op == "login":
            request.session["cart"] = [1, 2]
            login(request, user)
        elif op == "logout":
            logout(request)
        elif op == "password":
            request.user = get_user(request)
            request.user.set_password(question["text"])
            request.user.save()
            update_session_auth_hash(request, request.user)
            result.update(columns(request.user))
        elif op == "store":
            User.objects.filter(username=question["user"]).update(password=question["text"])
        elif op == "active":
            User.objects.filter(username=question["user"]).update(is_active=question["text"] == "yes")
        result["who"] = get_user(request).get_username()
        result["items"] = list(request.session.items())
        return HttpResponse()

    headers = {"HTTP_COOKIE": "sessionid=" + question["cookie"]} if question["cookie"] else {}
    response = SessionMiddleware(view)(factory.get("/", **headers))
    result["cookie"] = response.cookies["sessionid"].value if "sessionid" in response.cookies else question["cookie"]
    return result


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
