# Answers what Python's json module does: one request a line, one answer a line.
import json
import struct
import sys

SEPARATORS = (",", ":")


def dumps(value, **options):
    return json.dumps(value, separators=SEPARATORS, **options)


def replaced(value):
    """The value with U+FFFD for lone surrogates, which is all a Go string can hold."""
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in value)
    if isinstance(value, list):
        return [replaced(v) for v in value]
    if isinstance(value, dict):
        return {replaced(k): replaced(v) for k, v in value.items()}
    return value


def loads(request):
    """Whether a text is read, its value, and the members if it is an object."""
    try:
        value = json.loads(request["text"].encode("latin-1").decode("latin-1"))
    except (ValueError, RecursionError):
        return {"refused": True}
    answer = {"value": dumps(replaced(value), sort_keys=True)}
    if isinstance(value, dict):
        answer["members"] = [
            [dumps(replaced(k)), dumps(replaced(v), sort_keys=True)] for k, v in value.items()
        ]
    for name in ("standard", "canonical"):
        if name in request:
            answer[name] = dumps(json.loads(request[name])) == dumps(value)
    return answer


def floats(request):
    (value,) = struct.unpack(">d", bytes.fromhex(request["bits"]))
    return {"value": dumps(value)}


def strings(request):
    return {"value": dumps(request["text"])}


for line in sys.stdin:
    request = json.loads(line)
    print(dumps({"loads": loads, "floats": floats, "strings": strings}[request["call"]](request)))
