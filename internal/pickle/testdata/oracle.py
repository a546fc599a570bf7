# Python's side of the comparison. A request is a line of JSON, and so is its answer.
import collections, datetime, decimal, io, json, math, pickle, random, sys, types, uuid

try:
    import zoneinfo
except ImportError:  # before Python 3.9
    zoneinfo = None

dt = datetime
sys.setrecursionlimit(10000)  # of values 512 deep
MAX_DAYS = 999999999


def module(name, **contents):
    """Stands in for what may not be installed, with the names that pickles have."""
    m = types.ModuleType(name)
    for key, value in contents.items():
        value.__module__ = name
        value.__qualname__ = key
        setattr(m, key, value)
    sys.modules[name] = m
    return m


class SafeString(str):
    pass


class SafeText(str):
    pass


class ByName:
    """A value that two pickles have in common if they call the same with the same."""

    def __init__(self, name, *args):
        self.call = (name,) + args

    def __eq__(self, other):
        return type(other) is type(self) and other.call == self.call

    def __hash__(self):
        return hash(self.call)


class PytzUTC(dt.tzinfo):
    def utcoffset(self, at):
        return dt.timedelta(0)

    def __reduce__(self):
        return pytz._UTC, ()


class PytzZone(dt.tzinfo):
    def __init__(self, *args):
        self.args = args

    def utcoffset(self, at):
        return dt.timedelta(seconds=self.args[1]) if len(self.args) > 1 else None

    def __reduce__(self):
        return pytz._p, self.args


def _UTC():
    return PytzUTC()


def _p(*args):
    if not all(type(a) in (str, int) for a in args):
        raise TypeError
    return PytzZone(*args)


class UTC(dt.tzinfo):
    def utcoffset(self, at):
        return dt.timedelta(0)


class FixedOffset(dt.tzinfo):  # as in Django 1.11
    def __init__(self, offset=None, name=None):
        if offset is not None:
            self.__offset = dt.timedelta(minutes=offset)
        if name is not None:
            self.__name = name

    def utcoffset(self, at):
        return self.__offset


pytz = module("pytz", _UTC=_UTC, _p=_p)
module("django")
module("django.utils")
module("django.utils.safestring", SafeString=SafeString, SafeText=SafeText)
module("django.utils.timezone", UTC=UTC, FixedOffset=FixedOffset)

KNOWN = set(
    """datetime.datetime datetime.date datetime.time datetime.timedelta datetime.timezone pytz._UTC pytz._p
    django.utils.timezone.UTC django.utils.timezone.FixedOffset builtins.getattr zoneinfo.ZoneInfo decimal.Decimal uuid.UUID
    _codecs.encode builtins.bytes builtins.bytearray builtins.set builtins.frozenset collections.OrderedDict
    django.utils.safestring.SafeText django.utils.safestring.SafeString""".split()
)


class Foreign(Exception):
    pass


def safe_getattr(obj, name):
    if zoneinfo is None or obj is not zoneinfo.ZoneInfo or name != "_unpickle":
        raise Foreign("builtins.getattr")
    return zoneinfo.ZoneInfo._unpickle


class Restricted(pickle.Unpickler):
    def find_class(self, module, name):
        module = {"__builtin__": "builtins"}.get(module, module)
        full = module + "." + name
        if full not in KNOWN:
            raise Foreign(full)
        if full == "builtins.getattr":
            return safe_getattr
        return super().find_class(module, name)


def load(data):
    f = io.BytesIO(data)
    value = Restricted(f).load()
    if f.read(1):
        raise ValueError("bytes after the end")
    return value


def zone(tz):
    if tz is None:
        return None
    if isinstance(tz, dt.timezone):
        return ["timezone", repr(tz)]
    if zoneinfo and isinstance(tz, zoneinfo.ZoneInfo):
        return ["zoneinfo", tz.key]
    if isinstance(tz, PytzZone):
        return ["pytz", [str(a) for a in tz.args]]
    return [type(tz).__name__, sorted((k, str(v)) for k, v in tz.__dict__.items())]


def canon(v):
    """The same text for values that are the same, of the same types."""
    t = type(v)
    if t is float:
        body = repr(v) if v == v else "nan"
    elif t in (list, tuple):
        body = [canon(i) for i in v]
    elif t in (set, frozenset):
        body = sorted(json.dumps(canon(i)) for i in v)
    elif t in (dict, collections.OrderedDict):
        body = [[canon(k), canon(i)] for k, i in v.items()]
    elif t in (dt.datetime, dt.time):
        body = [v.replace(tzinfo=None).isoformat(), v.fold, zone(v.tzinfo)]
    elif t in (str, SafeString, SafeText):
        body = v.encode("utf-8", "surrogatepass").hex()
    elif t in (bytes, bytearray):
        body = v.hex()
    elif t is int:
        body = hex(v)
    elif isinstance(v, dt.tzinfo):
        body = zone(v)
    elif t is uuid.UUID:
        body = [str(v), str(v.is_safe)]
    elif v is None or t in (bool, dt.date, dt.timedelta, decimal.Decimal):
        body = repr(v)
    else:
        raise Foreign(t.__name__)
    return [t.__name__, body]


def dumps(v):
    return json.dumps(v, separators=(",", ":"))


def texts(v):
    """Python's JSON text of a value, or None; and the text that the package shows, or None."""
    try:
        text = dumps(v)
    except (TypeError, RecursionError):
        text = None
    try:
        return text, view(v)
    except KeyError:
        return text, None


def clock(v):
    text = v.replace(tzinfo=None).isoformat()
    tz = v.tzinfo
    if zoneinfo and isinstance(tz, zoneinfo.ZoneInfo):
        return text + "[" + tz.key + "]"
    if isinstance(tz, PytzZone) and len(tz.args) == 1:
        return text + "[" + tz.args[0] + "]"
    return v.isoformat()


def view(v):
    t = type(v)
    if t in (list, tuple, set, frozenset):
        return "[" + ",".join(view(i) for i in v) + "]"
    if t in (dict, collections.OrderedDict):
        return "{" + ",".join(key_text(k) + ":" + view(i) for k, i in v.items()) + "}"
    if t in (bytes, bytearray):
        return dumps(v.hex())
    if t in (dt.datetime, dt.time):
        return dumps(clock(v))
    if t is dt.date:
        return dumps(v.isoformat())
    if t is dt.timedelta:
        return dumps([v.days, v.seconds, v.microseconds])
    if t in (decimal.Decimal, uuid.UUID):
        return dumps(str(v))
    if isinstance(v, dt.tzinfo):
        raise KeyError
    return dumps(v)


def key_text(k):
    if isinstance(k, str):
        return dumps(k)
    if k is None or type(k) in (bool, int, float):
        return dumps({k: 0})[1:-3]
    raise KeyError


class Generator(random.Random):
    def text(self):
        n = self.choice([0, 1, 3, 8, 20, 255, 256]) if self.random() < 0.998 else 70000
        alphabet = self.choice(["abcXYZ 09_", 'a"\\/\n\r\t\x00\x7f', "é\xa0ÿ", "日本€", "😀a", "a\ud800\udfff", "0123456789"])
        return "".join(self.choice(alphabet) for _ in range(n))

    def integer(self):
        if self.random() < 0.01:
            return self.choice([1, -1]) * (10**4300 - 1)
        bits = self.choice([1, 7, 8, 15, 16, 31, 32, 33, 62, 63, 64, 65, 127, 128, 500, 2039, 2040, 2048])
        return self.choice([0, 1, -1, 255, 256, 65535, 65536, -(1 << bits), (1 << bits) - 1, self.getrandbits(bits)])

    def real(self):
        return self.choice([0.0, -0.0, 1.0, 0.1, 1e16, 1e300, 5e-324, math.inf, -math.inf, math.nan, self.random(), self.uniform(-1e20, 1e20), float(self.getrandbits(60))])

    def offset(self):
        return dt.timedelta(days=-1, seconds=self.randrange(1, 86400)) if self.random() < 0.5 else dt.timedelta(
            seconds=self.choice([0, 3600, 19800, self.randrange(86400)]), microseconds=self.choice([0, 0, 1, 999999]))

    def tz(self):
        zones = [None, None, dt.timezone.utc, PytzUTC(), UTC(), PytzZone("Europe/Berlin", 7200, 3600, "CEST"), PytzZone("America/Caracas", -16200, 0, "VET"),
                 PytzZone("Etc/GMT+5"), FixedOffset(self.randrange(-1439, 1440), "+0x"), FixedOffset(90), dt.timezone(self.offset()), dt.timezone(self.offset(), "né")]
        if zoneinfo:
            zones += [zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo.no_cache("UTC")]
        return self.choice(zones)

    def clock(self):
        return [self.randrange(24), self.randrange(60), self.randrange(60), self.choice([0, 0, 1, 123456, 999999])]

    def date(self):
        return self.choice([dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29), dt.date(2026, self.randrange(1, 13), self.randrange(1, 29))])

    def number(self):
        s = self.choice(["0", "-0", "1.50", "1E+9", "-1E-400", "NaN", "-NaN123", "sNaN", "Infinity", "-Infinity", "0E-7", "1" * 60, "123.456E+1000"])
        return decimal.Decimal(s)

    def uuid(self):
        return self.choice([uuid.UUID(int=0), uuid.UUID(int=(1 << 128) - 1), uuid.UUID(int=self.getrandbits(128)), uuid.UUID(int=7, is_safe=uuid.SafeUUID.safe),
                            uuid.UUID(int=self.getrandbits(63), is_safe=uuid.SafeUUID.unsafe)])

    def scalar(self):
        return self.choice([
            lambda: None, lambda: True, lambda: False, self.integer, self.real, self.text, self.text,
            lambda: bytes(self.getrandbits(8) for _ in range(self.choice([0, 1, 5, 255, 256]))),
            lambda: dt.datetime.combine(self.date(), dt.time(*self.clock()), self.tz()).replace(fold=self.randrange(2)),
            lambda: dt.time(*self.clock(), tzinfo=self.tz(), fold=self.randrange(2)), self.date,
            lambda: dt.timedelta(self.choice([0, -1, MAX_DAYS, -MAX_DAYS, self.randrange(10**6)]), self.randrange(86400), self.randrange(10**6)),
            self.number, self.uuid, lambda: SafeString(self.text()), lambda: SafeText("<b>"),
        ])()

    def hashable(self, depth):
        if depth and self.random() < 0.2:
            items = [self.hashable(depth - 1) for _ in range(self.randrange(5))]
            return self.choice([tuple, frozenset])(items)
        value = self.scalar()
        try:
            hash(value)
        except TypeError:  # a signaling NaN, a bytearray
            return None
        return value

    def value(self, depth=3):
        if depth == 0 or self.random() < 0.4:
            return self.scalar()
        n = self.choice([0, 1, 2, 3, 4])
        items = [self.value(depth - 1) for _ in range(n)]
        if items and self.random() < 0.3:
            items.append(items[0])  # shared
        kind = self.randrange(8)
        if kind == 0:
            return tuple(items)
        if kind == 1:
            return self.choice([set, frozenset])(self.hashable(2) for _ in range(n))
        if kind == 2:
            return bytearray(range(n))
        if kind == 3:
            return collections.OrderedDict((self.text()[:9], i) for i in items)
        if kind == 4:
            return {self.hashable(1): i for i in items}
        if kind in (5, 6):
            return {self.text()[:9]: i for i in items}
        return items

    def session(self):
        big = {} if self.random() < 0.98 else {"many": list(range(2500)), "keys": {"k%d" % i: i for i in range(1001)}}
        return {**{self.text()[:20]: self.value() for _ in range(self.randrange(7))}, **big}


def generate(seed):
    g = Generator(seed)
    value = g.session()
    protocol = g.randrange(2, 6)
    f = io.BytesIO()
    g.choice([pickle.Pickler, pickle._Pickler])(f, protocol).dump(value)
    return {"pickle": f.getvalue().hex(), "keys": [dumps(k) for k in value], "texts": [texts(v) for v in value.values()]}


def difference(a, b):
    """The first place where two results of canon differ."""
    if type(a) is list and type(b) is list and len(a) == len(b):
        return next(difference(i, j) for i, j in zip(a, b) if i != j)
    return "%.200r is not %.200r" % (a, b)


def check(request):
    """Compares the value of a pickle, with changes, with that of what was written for it."""
    try:
        before = load(bytes.fromhex(request["pickle"]))
        wanted = canon({**before, **{json.loads(k): json.loads(v) for k, v in (request["changes"] or {}).items()}})
    except Exception as e:
        return {"refused": type(e).__name__ + " " + str(e)[:80]}
    try:
        got = canon(load(bytes.fromhex(request["written"])))
        if got != wanted:
            return {"different": True, "refused": difference(wanted, got)}
    except Exception as e:
        return {"different": True, "refused": "written: " + type(e).__name__ + " " + str(e)[:80]}
    return {"keys": [dumps(k) for k in before], "texts": [texts(v) for v in before.values()]}


for line in sys.stdin:
    request = json.loads(line)
    answer = generate(request["seed"]) if "seed" in request else check(request)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
