"""Cookies as Python and Django write and read them: one JSON request a line, one JSON reply a line."""

import json
import sys
from http.cookies import SimpleCookie

from django.http.cookie import parse_cookie

CALLS = {
    "quote": lambda text: SimpleCookie().value_encode(text)[1],
    "parse": parse_cookie,
}

for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(CALLS[request["call"]](request["text"])))
