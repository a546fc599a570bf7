"""Answers questions about Django's CSRF protection: a JSON text a line, on standard input. The arguments are the call and SECRET_KEY."""

import json
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

settings.configure(
    SECRET_KEY=sys.argv[2],
    ALLOWED_HOSTS=["*"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer",
    LOGGING_CONFIG=None,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

import logging

from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template import engines
from django.utils.http import is_same_domain

logging.disable(logging.CRITICAL)
factory = RequestFactory()
field = engines["django"].from_string("{% csrf_token %}")


def run(request, question, view):
    settings.CSRF_USE_SESSIONS = question["session"]
    request._dont_enforce_csrf_checks = False
    return SessionMiddleware(CsrfMiddleware(view))(request)


class CsrfMiddleware(CsrfViewMiddleware):
    """The middleware with a view: process_view is called by Django's handler otherwise."""

    def __call__(self, request):
        self.process_request(request)
        response = self.process_view(request, self.get_response, (), {}) or self.get_response(request)
        return self.process_response(request, response)


def check(question):
    headers = {"HTTP_COOKIE": question["cookie"]}
    if question["header"]:
        headers["HTTP_X_CSRFTOKEN"] = question["header"]
    form = {"csrfmiddlewaretoken": question["form"]} if question["form"] else {}
    response = run(factory.post("/", form, **headers), question, lambda request: HttpResponse("accepted"))
    return response.status_code == 200


def page(question):
    answer = {}

    def view(request):
        answer["token"] = get_token(request)
        answer["field"] = field.render({"csrf_token": answer["token"]})
        return HttpResponse()

    headers = {"HTTP_COOKIE": question["cookie"]} if question["cookie"] else {}
    response = run(factory.get("/", **headers), question, view)
    answer["cookie"] = response.cookies["sessionid" if question["session"] else "csrftoken"].value
    return answer


def split(question):
    try:
        parts = urlsplit(question["url"])
    except ValueError:
        return {"ok": False}
    same = is_same_domain(parts.netloc, question["pattern"])
    return {"ok": True, "scheme": parts.scheme, "authority": parts.netloc, "same": bool(same)}


call = {"check": check, "page": page, "split": split}[sys.argv[1]]
for line in sys.stdin:
    print(json.dumps(call(json.loads(line))))
