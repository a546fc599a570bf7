"""A real Django process with one session store: one JSON request a line, one JSON reply a line.

The argument is the JSON text of Django's settings; SESSION_ENGINE, DATABASES and CACHES among them choose the store.

    {"op": "call", "args": {"session": "s", "call": "get", "args": ["a"]}, "clock": 1800000000, "keys": ["k"]}
    {"ok": {"returned": 1, "state": {...}}}
    {"error": {"class": "UpdateError", "message": "..."}, "state": {...}}

`clock` stops the time for one request, in Unix seconds; without it the time is real. `file_clock` does so for the files
that the request writes. `keys` are the session keys that the
generator draws in this request, in order; without it they are random. Session data cross as tagged data; see tag().
"""

import base64
import datetime
import decimal
import importlib
import inspect
import json
import os
import platform
import re
import socket
import sys
import time
import urllib.parse
import uuid
import warnings

import django
from django.conf import settings

# Django 3.2 warns about settings that 4.0 drops; those are under test.
warnings.simplefilter("ignore")

settings.configure(**json.loads(sys.argv[1]))
django.setup()

from django.contrib.sessions.backends import base  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

SessionStore = importlib.import_module(settings.SESSION_ENGINE).SessionStore
ENGINE = settings.SESSION_ENGINE.rpartition(".")[2]
CACHE = settings.CACHES["default"]
UTC = datetime.timezone.utc

real_time, real_now, real_random_string = time.time, timezone.now, base.get_random_string

sessions = {}
transactions = []
mtimes = {}


# Tagged data.

EXACT = 2**53


def tag(value):
    """A Python value as JSON: what JSON has no type for is an object whose first key begins with $."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if abs(value) < EXACT else {"$int": str(value)}
    if kind is float:
        return value if abs(value) < float("inf") else {"$float": repr(value)}
    if kind is str:
        return value if encodable(value) else {"$utf8": value.encode("utf-8", "surrogatepass").hex()}
    if kind is list:
        return [tag(item) for item in value]
    if kind is dict:
        return tag_dict(value)
    if kind in TAGS:
        return TAGS[kind](value)
    return {"$object": "%s.%s" % (kind.__module__, kind.__qualname__)}


def encodable(text):
    return not re.search("[\ud800-\udfff]", text)


def tag_dict(value):
    if all(type(key) is str and encodable(key) and not key.startswith("$") for key in value):
        return {key: tag(item) for key, item in value.items()}
    return {"$dict": [[tag(key), tag(item)] for key, item in value.items()]}


def tag_datetime(value):
    tagged = {"$datetime": value.isoformat()}
    if value.tzinfo is not None:
        tagged["tz"] = "%s.%s" % (type(value.tzinfo).__module__, type(value.tzinfo).__qualname__)
    return tagged


TAGS = {
    tuple: lambda value: {"$tuple": [tag(item) for item in value]},
    set: lambda value: {"$set": [tag(item) for item in sorted(value, key=repr)]},
    frozenset: lambda value: {"$frozenset": [tag(item) for item in sorted(value, key=repr)]},
    bytes: lambda value: {"$bytes": value.hex()},
    bytearray: lambda value: {"$bytearray": value.hex()},
    datetime.datetime: tag_datetime,
    datetime.date: lambda value: {"$date": value.isoformat()},
    datetime.time: lambda value: {"$time": value.isoformat()},
    datetime.timedelta: lambda value: {"$timedelta": [value.days, value.seconds, value.microseconds]},
    decimal.Decimal: lambda value: {"$decimal": str(value)},
    uuid.UUID: lambda value: {"$uuid": str(value)},
}


def untag(value):
    """The Python value of tagged data. A time with a zone has a fixed offset."""
    if isinstance(value, list):
        return [untag(item) for item in value]
    if not isinstance(value, dict):
        return value
    name = next(iter(value), "")
    if name.startswith("$"):
        return UNTAGS[name](value[name])
    return {key: untag(item) for key, item in value.items()}


UNTAGS = {
    "$tuple": lambda items: tuple(untag(items)),
    "$set": lambda items: set(untag(items)),
    "$frozenset": lambda items: frozenset(untag(items)),
    "$bytes": bytes.fromhex,
    "$bytearray": bytearray.fromhex,
    "$int": int,
    "$float": float,
    "$utf8": lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
    "$repeat": lambda item: item[0] * item[1],
    "$range": lambda count: list(range(count)),
    "$krange": lambda count: {"k%d" % number: number for number in range(count)},
    "$dict": lambda items: {untag(key): untag(item) for key, item in items},
    "$datetime": datetime.datetime.fromisoformat,
    "$date": datetime.date.fromisoformat,
    "$time": datetime.time.fromisoformat,
    "$timedelta": lambda parts: datetime.timedelta(*parts),
    "$decimal": decimal.Decimal,
    "$uuid": uuid.UUID,
}


# The calls.

OPERATIONS = {}


def operation(function):
    OPERATIONS[function.__name__] = function
    return function


@operation
def hello():
    return {"django": django.get_version(), "python": platform.python_version()}


@operation
def open(session, key=None):
    sessions[session] = SessionStore(key)


def set_item(store, key, value):
    store[key] = value


def delete_item(store, key):
    del store[key]


# What is written with Python's syntax, or is no method.
SYNTAX = {
    "[]": lambda store, key: store[key],
    "[]=": set_item,
    "del": delete_item,
    "in": lambda store, key: key in store,
    "session_key": lambda store: store.session_key,
    "keys": lambda store: list(store.keys()),
    "values": lambda store: list(store.values()),
    "items": lambda store: list(store.items()),
    "len": lambda store: len(store._session),
}

METHODS = frozenset(
    "get setdefault update pop has_key is_empty set_expiry get_expiry_age get_expiry_date"
    " get_expire_at_browser_close save create load cycle_key flush clear delete exists clear_expired"
    " set_test_cookie test_cookie_worked delete_test_cookie encode decode".split()
)


@operation
def call(session, call, args=(), kwargs={}):
    """A call on a named session. It returns tagged data."""
    args, kwargs = untag(list(args)), untag(kwargs)
    if call in SYNTAX:
        return tag(SYNTAX[call](sessions[session], *args, **kwargs))
    if call not in METHODS:
        raise SystemExit("unknown call " + call)
    return tag(getattr(sessions[session], call)(*args, **kwargs))


@operation
def clear_expired():
    SessionStore.clear_expired()


def state(store):
    """The state of a session, read without touching it."""
    found = {
        "key": store.session_key,
        "accessed": store.accessed,
        "modified": store.modified,
        "loaded": hasattr(store, "_session_cache"),
        "is_empty": store.is_empty(),
    }
    if found["loaded"]:
        found["data"] = tag(store._session_cache)
    return found


@operation
def begin():
    """Open a transaction, in which the next requests work."""
    block = transaction.atomic()
    block.__enter__()
    transactions.append(block)


@operation
def commit():
    transactions.pop().__exit__(None, None, None)


@operation
def rollback():
    transaction.set_rollback(True)
    commit()


@operation
def disconnect():
    """Close the connections; the next request opens new ones."""
    transactions.clear()
    connections.close_all()
    for cache in caches.all():
        cache.close()


# What is in the store, and how it gets there without a session.


def has_rows():
    return ENGINE in ("db", "cached_db")


def has_cache():
    return ENGINE in ("cache", "cached_db")


def table():
    return connection.ops.quote_name(SessionStore.get_model_class()._meta.db_table)


def execute(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []



@operation
def plant_row(key, offset, data=None, text=None):
    """Write a row of that data, or of that text, which expires offset seconds from now."""
    store = SessionStore()
    model = store.get_model_class()
    expires = timezone.now() + datetime.timedelta(seconds=offset)
    model(session_key=key, session_data=store.encode(untag(data)) if text is None else text, expire_date=expires).save()


@operation
def delete_row(key):
    execute("DELETE FROM %s WHERE session_key = %%s" % table(), key)


@operation
def plant_cache(key, data, timeout):
    """Put that data into the cache, under the key of the session key."""
    store = SessionStore()
    store._cache.set(store.cache_key_prefix + key, untag(data), timeout)


@operation
def delete_cache(key):
    store = SessionStore()
    store._cache.delete(store.cache_key_prefix + key)


def file_path(key):
    return os.path.join(settings.SESSION_FILE_PATH, settings.SESSION_COOKIE_NAME + key)


@operation
def plant_file(key, offset, data=None, text=None):
    """Write a file of that data, or of that base64 text, changed offset seconds from now."""
    content = SessionStore().encode(untag(data)).encode() if text is None else base64.b64decode(text)
    with os.fdopen(os.open(file_path(key), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644), "wb") as file:
        file.write(content)
    set_mtime(file_path(key), time.time() + offset)


@operation
def delete_file(key):
    os.unlink(file_path(key))


def set_mtime(path, seconds):
    os.utime(path, (seconds, seconds))
    mtimes[path] = os.stat(path).st_mtime_ns


def stop_mtimes(clock):
    """Let the files that this request wrote be as old as the stopped clock says."""
    for name in os.listdir(settings.SESSION_FILE_PATH):
        path = os.path.join(settings.SESSION_FILE_PATH, name)
        if mtimes.get(path) != os.stat(path).st_mtime_ns:
            set_mtime(path, clock)


def is_redis():
    return "redis" in CACHE["BACKEND"].lower()


def redis_client():
    from django_redis import get_redis_connection

    return get_redis_connection("default")


class Memcached:
    """What Django's cache has no call for: the keys, and the flags and the time that is left of an entry."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(CACHE["LOCATION"].removeprefix("unix:"))
        self.lines = self.socket.makefile("rwb")
        return self

    def __exit__(self, *error):
        self.lines.close()
        self.socket.close()

    def send(self, line):
        self.lines.write(line + b"\r\n")
        self.lines.flush()

    def keys(self):
        # By the hash table: an item that moves from one LRU list to the next can escape a walk over these.
        self.send(b"lru_crawler metadump hash")
        keys = []
        for line in self.lines:
            if line.strip() == b"END":
                return keys
            if line.startswith(b"BUSY"):
                return self.keys()
            if not line.startswith(b"key="):
                raise SystemExit("memcached says %r" % line)
            keys.append(urllib.parse.unquote_to_bytes(line.split()[0][4:]))

    def entry(self, key):
        self.send(b"mg " + key + b" f t v")
        head = self.lines.readline().split()
        if head == [b"EN"]:
            return None
        value = self.lines.read(int(head[1]) + 2)[:-2]
        return {"flags": int(head[2][1:]), "ttl": int(head[3][1:]), "value": base64.b64encode(value).decode()}


@operation
def dump():
    """Everything that is in the store, as it is stored, and the session data of what Django can read."""
    found = {}
    if has_rows():
        found["rows"] = dump_rows()
    if has_cache():
        found["cache"] = dump_redis() if is_redis() else dump_memcached()
    if ENGINE == "file":
        found["files"] = dump_files()
    return found


TEXT_TYPES = {"postgresql": "text", "mysql": "char", "sqlite": "text"}


def dump_rows():
    rows = execute(
        "SELECT session_key, session_data, CAST(expire_date AS %s) FROM %s ORDER BY session_key"
        % (TEXT_TYPES[connection.vendor], table())
    )
    return [
        {"session_key": key, "session_data": data, "expire_date": expires, "data": tag(SessionStore().decode(data))}
        for key, data, expires in rows
    ]


def dump_redis():
    client, found = redis_client(), {}
    for key in sorted(client.scan_iter()):
        value, left = client.get(key), client.pttl(key)
        if value is not None:
            ttl = left if left < 0 else -(-left // 1000)
            found[key.decode()] = {"ttl": ttl, "value": base64.b64encode(value).decode()}
    return with_cached_data(found)


def dump_memcached():
    with Memcached() as memcached:
        entries = {key.decode(): memcached.entry(key) for key in sorted(memcached.keys())}
    return with_cached_data({key: entry for key, entry in entries.items() if entry is not None})


def with_cached_data(entries):
    """Add what Django reads under a key. The name in the cache is PREFIX:VERSION:KEY."""
    cache = caches["default"]
    for name, entry in entries.items():
        before = "%s:%s:" % (cache.key_prefix, cache.version)
        if name.startswith(before):
            entry["data"] = tag(cache.get(name[len(before) :]))
    return entries


def dump_files():
    found = {}
    for name in sorted(os.listdir(settings.SESSION_FILE_PATH)):
        path = os.path.join(settings.SESSION_FILE_PATH, name)
        with os.fdopen(os.open(path, os.O_RDONLY), "rb") as file:
            content = file.read()
        status = os.stat(path)
        found[name] = {
            "content": base64.b64encode(content).decode(),
            "mode": "%04o" % (status.st_mode & 0o7777),
            "mtime": status.st_mtime,
        }
        if content.isascii():
            found[name]["data"] = tag(SessionStore().decode(content.decode()))
    return found


@operation
def reset():
    """Empty the store, and forget the sessions."""
    sessions.clear()
    if has_rows():
        execute("DELETE FROM %s" % table())
    if has_cache():
        caches["default"].clear()
    if ENGINE == "file":
        for name in os.listdir(settings.SESSION_FILE_PATH):
            os.unlink(os.path.join(settings.SESSION_FILE_PATH, name))


# The server.


def stop_clock(clock):
    if clock is None:
        time.time, timezone.now = real_time, real_now
        return
    time.time = lambda: clock
    timezone.now = lambda: now(clock)


def now(clock):
    """The moment as Django's own clock would give it: aware only under USE_TZ, and else local."""
    moment = datetime.datetime.fromtimestamp(clock, UTC)
    if not settings.USE_TZ:
        return timezone.make_naive(moment)
    return moment.replace(tzinfo=getattr(timezone, "utc", UTC))  # pytz's in Django 3.2


def draw_from(keys):
    if keys is None:
        base.get_random_string = real_random_string
        return
    left = iter(keys)

    def draw(length, allowed_chars):
        key = next(left, None)
        if key is None:
            raise SystemExit("the request draws more than %d keys" % len(keys))
        issued.append(key)
        return key

    base.get_random_string = draw


issued = []


def reply(op, args={}, clock=None, file_clock=None, keys=None):
    """Only what the operation itself raises is an outcome; a request that does not fit ends the process."""
    stop_clock(clock)
    draw_from(keys)
    issued.clear()
    function = OPERATIONS[op]
    bound = inspect.signature(function).bind(**args)
    try:
        answer = {"ok": function(*bound.args, **bound.kwargs)}
    except Exception as error:
        answer = {"error": {"class": type(error).__name__, "message": str(error)}}
    if file_clock is not None and ENGINE == "file":
        stop_mtimes(file_clock)
    if args.get("session") in sessions:
        answer["state"] = state(sessions[args["session"]])
    if issued:
        answer["issued"] = list(issued)
    return answer


def main():
    if has_rows():
        call_command("migrate", "sessions", fake_initial=True, verbosity=0)
    for line in sys.stdin:
        print(json.dumps(reply(**json.loads(line))), flush=True)


main()
