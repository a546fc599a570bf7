"""A real Django site with the sessions and the users of django.contrib, served at the Unix socket that its argument names.

It tells who is signed in and what the session holds as JSON. The session is JSON text inside a JSON string, so that only
Python's json writes it: floats, big integers, lone surrogates and the order of the keys reach the test as they are.
"""

import json
import os
import socket
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["example.com"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ["SALTINE_KEY"],
    SESSION_COOKIE_SECURE=True,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.contrib import auth  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponseForbidden, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


def show(request):
    values = json.dumps(dict(request.session.items()))
    return JsonResponse({"user": request.user.get_username(), "session": values})


def sign_in(request):
    user = auth.authenticate(request, username=request.POST["name"], password=request.POST["password"])
    if user is None:
        return HttpResponseForbidden()
    auth.login(request, user)
    return show(request)


def update(request):
    request.session.update(json.loads(request.body))
    return show(request)


def cycle_key(request):
    request.session.cycle_key()
    return show(request)


def flush(request):
    request.session.flush()
    return JsonResponse({})


def sign_out(request):
    auth.logout(request)
    return show(request)


urlpatterns = [
    path("django/", show),
    path("django/sign-in", sign_in),
    path("django/update", update),
    path("django/cycle-key", cycle_key),
    path("django/flush", flush),
    path("django/sign-out", sign_out),
]


class UnixServer(WSGIServer):
    address_family = socket.AF_UNIX

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "example.com", 443
        self.setup_environ()

    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("unix", 0)


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def main():
    call_command("migrate", verbosity=0)
    auth.get_user_model().objects.create_user("ann", password="correct horse")
    with UnixServer(sys.argv[1], Handler) as server:
        server.set_app(application)
        print("ready", file=sys.stderr, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
