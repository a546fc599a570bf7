"""Times Django's signing in this process. One JSON request a line, one JSON reply."""

import json
import sys
import timeit

import django
from django.conf import settings
from django.core import signing

settings.configure(SECRET_KEY="unused")


def describe(request):
    return {"django": django.get_version(), "python": sys.version.split()[0]}


def dumps(request):
    value = json.loads(request["json"])
    return {"cookie": signing.dumps(value, key=request["key"], salt=request["salt"], compress=True)}


def loads(request):
    return {"json": json.dumps(unsign(request), separators=(",", ":"))}


def unsign(request):
    return signing.loads(request["cookie"], key=request["key"], salt=request["salt"], max_age=request["max_age"])


def time_dumps(request):
    value, key, salt = json.loads(request["json"]), request["key"], request["salt"]
    return seconds(lambda: signing.dumps(value, key=key, salt=salt, compress=True), request["count"])


def time_loads(request):
    cookie, key, salt, max_age = request["cookie"], request["key"], request["salt"], request["max_age"]
    return seconds(lambda: signing.loads(cookie, key=key, salt=salt, max_age=max_age), request["count"])


def seconds(call, count):
    return {"seconds": timeit.timeit(call, number=count)}


OPERATIONS = {f.__name__: f for f in (describe, dumps, loads, time_dumps, time_loads)}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(OPERATIONS[request["operation"]](request)), flush=True)
