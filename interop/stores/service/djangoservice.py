"""A Django whose sessions are in a database that it shares with a Go service. It serves at the Unix socket of its first argument; the
second one is its settings as JSON. It ends when its standard input does.
"""

import json
import os
import socket
import socketserver
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["example.com"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    INSTALLED_APPS=["django.contrib.sessions"],
    ROOT_URLCONF=__name__,
    SESSION_ENGINE="django.contrib.sessions.backends.db",
    USE_TZ=True,
    **json.loads(sys.argv[2]),
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def visit(request):
    session = request.session
    if request.method == "POST":
        session.setdefault("who", request.GET["who"])
        session["n"] = session.get("n", 0) + 1
    return HttpResponse("%s %d" % (session.get("who", ""), session.get("n", 0)))


urlpatterns = [path("", visit)]


class UnixServer(socketserver.ThreadingMixIn, WSGIServer):
    address_family = socket.AF_UNIX
    daemon_threads = True

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "example.com", 80
        self.setup_environ()

    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("unix", 0)


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    threading.Thread(target=end_with_input, daemon=True).start()
    if os.path.exists(sys.argv[1]):
        os.remove(sys.argv[1])
    with UnixServer(sys.argv[1], Handler) as server:
        server.set_app(application)
        print("ready", file=sys.stderr, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
