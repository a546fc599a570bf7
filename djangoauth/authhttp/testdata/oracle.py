"""Says of URLs, a JSON text a line on standard input, whether Django redirects to them."""

import json
import sys

from django.utils.http import url_has_allowed_host_and_scheme

for line in sys.stdin:
    question = json.loads(line)
    answer = url_has_allowed_host_and_scheme(question["url"], set(question["hosts"]), question["https"])
    print(json.dumps(bool(answer)), flush=True)
