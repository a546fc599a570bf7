"""Is a site that adds messages and shows them: a request a line, as JSON, on standard input. The argument is SECRET_KEY."""

import json
import sys

import django
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

settings.configure(
    SECRET_KEY=sys.argv[1],
    ALLOWED_HOSTS=["*"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SESSION_SERIALIZER="django.contrib.sessions.serializers.JSONSerializer",
    LOGGING_CONFIG=None,
)
django.setup()

from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.module_loading import import_string
from django.utils.safestring import SafeData, mark_safe

factory = RequestFactory()
storages = {"cookie": "cookie.CookieStorage", "session": "session.SessionStorage", "both": "fallback.FallbackStorage"}


class Messages(MessageMiddleware):
    """The middleware with the storage of the question: Django reads the setting once."""

    storage = None

    def process_request(self, request):
        request._messages = Messages.storage(request)


def answer(question):
    shown = []

    def view(request):
        for m in question["add"] or []:
            text = mark_safe(m["text"]) if m["safe"] else m["text"]
            messages.add_message(request, m["level"], text, extra_tags=m["tags"])
        if question["show"]:
            for m in messages.get_messages(request):
                shown.append({"level": m.level, "text": str(m.message), "safe": isinstance(m.message, SafeData), "tags": m.tags})
        request.session["visits"] = request.session.get("visits", 0) + 1
        return HttpResponse()

    Messages.storage = import_string("django.contrib.messages.storage." + storages[question["storage"]])
    headers = {"HTTP_COOKIE": question["cookie"]} if question["cookie"] else {}
    response = SessionMiddleware(Messages(view))(factory.get("/", **headers))
    return {"shown": shown, "set_cookie": [morsel.OutputString() for morsel in response.cookies.values()]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
