"""A real Django process for the Go tests: one JSON request a line, one JSON reply a line.

    {"op": "session_save", "args": {...}, "env": {"key": "c2VjcmV0", "now": 1700000000}}
    {"ok": {...}}
    {"error": {"class": "SignatureExpired", "kind": "expired"}}

`env` sets Django up for that one request; see Env. Tokens and keys are base64, because they need not be text.
Session data crosses as JSON text inside a JSON string, so that it is only ever parsed by Python's json: floats,
big integers, NaN and lone surrogates reach the other side as they are.

The file is not called django.py, which would hide the package of that name from itself.
"""

import base64
import dataclasses
import inspect
import json
import platform
import re
import sys
import time
import warnings
from datetime import datetime, timedelta, timezone as zone

import django
from django.conf import settings

import randomsession

settings.configure()
django.setup()

from django.contrib.messages.storage.base import Message  # noqa: E402
from django.contrib.messages.storage.cookie import CookieStorage  # noqa: E402
from django.contrib.sessions.backends import db, signed_cookies  # noqa: E402
from django.core import signing  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.safestring import SafeData, mark_safe  # noqa: E402

# Django 3.2 warns about each setting that 4.0 drops; those are the ones under test.
warnings.simplefilter("ignore")

SESSION_SALT = "django.contrib.sessions.backends.signed_cookies"


@dataclasses.dataclass
class Env:
    """The settings and the clock of one request. Every request states all of them, so none leaks into the next."""

    key: str = base64.b64encode(b"interop").decode()
    key_type: str = "str"
    fallbacks: tuple = ()
    algorithm: str = "sha256"
    use_tz: bool = False
    cookie_age: int = 1209600
    expire_at_browser_close: bool = False
    now: float = 1700000000

    def secret(self, encoded):
        raw = base64.b64decode(encoded)
        return raw.decode() if self.key_type == "str" else raw

    def apply(self):
        settings.SECRET_KEY = self.secret(self.key)
        settings.SECRET_KEY_FALLBACKS = [self.secret(key) for key in self.fallbacks]
        if django.VERSION < (4, 0):
            settings.DEFAULT_HASHING_ALGORITHM = self.algorithm
        elif self.algorithm != "sha256":
            raise SystemExit("this Django has no DEFAULT_HASHING_ALGORITHM")
        settings.USE_TZ = self.use_tz
        settings.SESSION_COOKIE_AGE = self.cookie_age
        settings.SESSION_EXPIRE_AT_BROWSER_CLOSE = self.expire_at_browser_close
        time.time = lambda: self.now
        timezone.now = lambda: as_datetime(self.now)


def as_datetime(seconds):
    """The moment as Django's own clock would give it: aware only under USE_TZ."""
    moment = datetime.fromtimestamp(seconds, zone.utc)
    return moment if settings.USE_TZ else moment.replace(tzinfo=None)


def as_text(token):
    """A token as a request hands it to Django: bytes that are not UTF-8 become U+FFFD."""
    return base64.b64decode(token).decode(errors="replace")


def as_json(value):
    """Session data as JSONSerializer writes it, with stand-ins for the few values JSON cannot hold."""
    return json.dumps(value, separators=(",", ":"), default=stand_in)


def stand_in(value):
    return value.isoformat() if isinstance(value, datetime) else list(value)


OPERATIONS = {}


def operation(function):
    OPERATIONS[function.__name__] = function
    return function


@operation
def hello():
    return {"django": django.get_version(), "python": platform.python_version()}


# JSON.


def go_view(value):
    """A value as Go's strings and maps hold it: a lone surrogate is U+FFFD, and keys have no order of their own."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [go_view(item) for item in value]
    if isinstance(value, dict):
        return dict(sorted({go_view(key): go_view(item) for key, item in value.items()}.items()))
    return value


@operation
def json_rewrite(text):
    """What Python's json makes of a JSON text."""
    return as_json(json.loads(text))


@operation
def json_members(text):
    """The keys and values of an object, each as JSON text."""
    return [[as_json(key), as_json(value)] for key, value in json.loads(text).items()]


@operation
def json_members_in_go(text):
    """The keys and values of an object as Go reads them: keys as they are, values as JSON text with sorted keys."""
    return [[go_view(key), as_json(go_view(value))] for key, value in json.loads(text).items()]


@operation
def json_in_go(text):
    """A value as Go reads it."""
    return as_json(go_view(json.loads(text)))


# Signed-cookie sessions.


@operation
def session_save(data):
    store = signed_cookies.SessionStore()
    store.update(json.loads(data))
    store.save()
    return store.session_key


@operation
def session_load(cookie):
    store = signed_cookies.SessionStore(as_text(cookie))
    data = as_json(store._session)
    return {"data": data, "accessed": store.accessed, "modified": store.modified}


@operation
def session_random(seed, index):
    """Session number index of a seed, and the cookie Django saves it in."""
    data = as_json(randomsession.session(seed, index))
    return {"data": data, "cookie": session_save(data)}


# Signers.


def signer(cls, sep, salt, algorithm):
    return cls(sep=sep, salt=salt, algorithm=algorithm)


@operation
def signer_sign(value, sep=":", salt=None, algorithm=None):
    return signer(signing.Signer, sep, salt, algorithm).sign(as_text(value))


@operation
def signer_unsign(token, sep=":", salt=None, algorithm=None):
    return signer(signing.Signer, sep, salt, algorithm).unsign(as_text(token))


@operation
def timestamp_sign(value, sep=":", salt=None, algorithm=None):
    return signer(signing.TimestampSigner, sep, salt, algorithm).sign(as_text(value))


@operation
def timestamp_unsign(token, sep=":", salt=None, algorithm=None, max_age=None):
    return signer(signing.TimestampSigner, sep, salt, algorithm).unsign(as_text(token), max_age=max_age)


@operation
def signing_dumps(data, salt="django.core.signing", compress=False):
    return signing.dumps(json.loads(data), salt=salt, compress=compress)


@operation
def signing_loads(token, salt="django.core.signing", max_age=None):
    return as_json(signing.loads(as_text(token), salt=salt, max_age=max_age))


# The session_data column of the server-side stores.


def session_data_store(class_name):
    if class_name == "SessionStore":
        return db.SessionStore()
    return type(class_name, (db.SessionStore,), {})()


@operation
def session_data_encode(data, class_name="SessionStore"):
    return session_data_store(class_name).encode(json.loads(data))


@operation
def session_data_decode(session_data, class_name="SessionStore"):
    return as_json(session_data_store(class_name).decode(as_text(session_data)))


# Signed cookies.


@operation
def set_signed_cookie(name, value, salt=""):
    response = HttpResponse()
    response.set_signed_cookie(name, value, salt=salt)
    return response.cookies[name].value


@operation
def get_signed_cookie(name, cookie, salt="", max_age=None):
    request = HttpRequest()
    request.COOKIES[name] = as_text(cookie)
    return request.get_signed_cookie(name, salt=salt, max_age=max_age)


# Messages. One is [level, message, extra_tags, is_safe]; a text stands for itself, as the not-finished mark does.


def to_message(item):
    if isinstance(item, str):
        return item
    level, text, extra_tags, is_safe = item
    return Message(level, mark_safe(text) if is_safe else text, extra_tags)


def from_message(item):
    if isinstance(item, Message):
        return [item.level, item.message, item.extra_tags, isinstance(item.message, SafeData)]
    return item


@operation
def messages_encode(messages):
    return CookieStorage(HttpRequest())._encode([to_message(item) for item in json.loads(messages)])


@operation
def messages_decode(cookie):
    """The messages as JSON text; null where Django refuses the cookie."""
    messages = CookieStorage(HttpRequest())._decode(as_text(cookie))
    return as_json(messages and [from_message(item) for item in messages])


# The session API, call by call.


def set_item(store, key, value):
    store[key] = value


def delete_item(store, key):
    del store[key]


# What is written with Python's syntax rather than as a method, by the name the vectors give it.
SYNTAX = {
    "(construct)": lambda store: None,
    "[]": lambda store, key: store[key],
    "[]=": set_item,
    "del": delete_item,
    "in": lambda store, key: key in store,
    "iter": lambda store: list(iter(store)),
    "len": len,
    "bool": bool,
    "==": lambda store, other: store == other,
    "key_salt": lambda store: store.key_salt,
    "session_key": lambda store: store.session_key,
}


@operation
def session_calls(calls, cookie=None):
    """Make the calls one after the other on one session, and report its state after each.

    A call is {"call": name, "args": JSON text, "kwargs": JSON text}; in both texts {"$datetime": seconds} and
    {"$timedelta": seconds} stand for these types, and `modification` is in seconds.
    """
    store = signed_cookies.SessionStore(None if cookie is None else as_text(cookie))
    return [dict(outcome_of_call(store, **call), **state(store)) for call in calls]


def outcome_of_call(store, call, args="[]", kwargs="{}"):
    args = json.loads(args, object_hook=revive)
    kwargs = json.loads(kwargs, object_hook=revive)
    if "modification" in kwargs:
        kwargs["modification"] = as_datetime(kwargs["modification"])
    try:
        if call in SYNTAX:
            returned = SYNTAX[call](store, *args)
        else:
            returned = getattr(store, call)(*args, **kwargs)
    except Exception as error:
        return {"raises": type(error).__name__}
    return {"returns": as_json(returned)}


def revive(value):
    if list(value) == ["$datetime"]:
        return as_datetime(value["$datetime"])
    if list(value) == ["$timedelta"]:
        return timedelta(seconds=value["$timedelta"])
    return value


def state(store):
    """The session's state, read without touching it: the public accessors would load it and mark it accessed."""
    data = vars(store).get("_session_cache")
    key = store.session_key
    return {
        "data": None if data is None else as_json(data),
        "accessed": store.accessed,
        "modified": store.modified,
        "is_empty": store.is_empty(),
        "expiry_age": expiry_age(store, data),
        "session_key": key,
        "session_key_data": key and session_key_data(key),
    }


def expiry_age(store, data):
    if not isinstance(data, dict):
        return None
    try:
        return as_json(store.get_expiry_age(expiry=data.get("_session_expiry")))
    except Exception as error:
        return "raises " + type(error).__name__


def session_key_data(key):
    try:
        return as_json(signing.loads(key, salt=SESSION_SALT))
    except Exception:
        return None


# The server.


def error_kind(error):
    """The vectors' name for the outcome: whatever is not a bad signature is a value that cannot be read."""
    if isinstance(error, signing.SignatureExpired):
        return "expired"
    if isinstance(error, signing.BadSignature):
        return "bad_signature"
    return "malformed"


def reply(request):
    """Only what the operation itself raises is an outcome; a request that does not fit ends the process."""
    Env(**request.get("env", {})).apply()
    call = OPERATIONS[request["op"]]
    args = inspect.signature(call).bind(**request.get("args", {}))
    try:
        return {"ok": call(*args.args, **args.kwargs)}
    except Exception as error:
        return {"error": {"class": type(error).__name__, "kind": error_kind(error)}}


def main():
    for line in sys.stdin:
        print(json.dumps(reply(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
