"""Random session data: every kind of value that JSON sessions can hold, with a liking for the awkward ones."""

import random
import struct


def session(seed, index):
    """Session number index of a seed: the same data every time, whichever others were asked for before."""
    rng = random.Random(f"{seed}/{index}")
    budget = 2 ** rng.uniform(1, 13)  # of JSON text: as many small sessions as large ones, to 8 KB and a bit
    data = {}
    while budget > 0 and len(data) < 200:
        key, value = text(rng, 12), any_value(rng, 3)
        data[key] = value
        budget -= size(key) + size(value) + 2
    return data


def size(value):
    """About the length of the JSON text of a value."""
    if isinstance(value, str):
        return 2 + sum(1 if " " <= character <= "~" else 6 for character in value)
    if isinstance(value, list):
        return 2 + sum(size(item) + 1 for item in value)
    if isinstance(value, dict):
        return 2 + sum(size(key) + size(item) + 2 for key, item in value.items())
    return len(str(value))


def any_value(rng, depth):
    kinds = [text, whole, real, constant] + ([array, mapping] if depth else [])
    kind = rng.choice(kinds)
    if kind in (array, mapping):
        return kind(rng, depth - 1)
    return kind(rng)


def array(rng, depth):
    return [any_value(rng, depth) for _ in range(rng.randrange(6))]


def mapping(rng, depth):
    return {text(rng, 10): any_value(rng, depth) for _ in range(rng.randrange(6))}


def constant(rng):
    return rng.choice([None, True, False])


def whole(rng):
    """An integer: mostly small, at the edges of machine words, or hundreds of digits long."""
    return rng.choice([
        lambda: rng.randrange(-1000, 1000),
        lambda: rng.choice([1, -1]) * (2 ** rng.choice([31, 32, 53, 63, 64, 128]) + rng.randrange(-2, 3)),
        lambda: rng.choice([1, -1]) * rng.getrandbits(rng.randrange(1, 200)),
        lambda: rng.choice([1, -1]) * rng.getrandbits(rng.randrange(1000, 3000)),
    ])()


def real(rng):
    """A float: any bit pattern, subnormal, integral, a short decimal, a power of ten, or a special one."""
    return rng.choice([
        lambda: struct.unpack("<d", rng.randbytes(8))[0],
        lambda: struct.unpack("<Q", struct.pack("<Q", rng.getrandbits(52)))[0] * 5e-324,
        lambda: float(rng.randrange(-10**6, 10**6)),
        lambda: float(rng.getrandbits(rng.randrange(50, 90))),
        lambda: rng.randrange(-10**6, 10**6) / 100,
        lambda: 10.0 ** rng.randrange(-320, 309),
        lambda: rng.choice([0.0, -0.0, float("nan"), float("inf"), float("-inf")]),
    ])()


# First and last code point of each stretch. Lone surrogates are among them: JSON can hold them, UTF-8 cannot.
ALPHABETS = [
    (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x00, 0x1F), (0x7F, 0xFF), (0x370, 0x3FF),
    (0x4E00, 0x9FFF), (0xD800, 0xDFFF), (0xE000, 0xFFFF), (0x1F300, 0x1F6FF), (0x10000, 0x10FFFF),
]


def text(rng, longest=60):
    """A string of one or a few alphabets; now and then the characters that JSON or HTML escape."""
    alphabets = rng.sample(ALPHABETS, rng.choice([1, 1, 1, 2, 4]))
    characters = [chr(rng.randint(*rng.choice(alphabets))) for _ in range(rng.randrange(longest))]
    if rng.random() < 0.1:
        characters.append(rng.choice(['"', "\\", "/", "<&>'", "\u2028\u2029", "\x7f", "\ufeff", "\ud83d", "\ude00\ud83d"]))
    return "".join(characters)
