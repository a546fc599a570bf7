"""Answers questions about password hashes, one JSON object a line."""

import json
import sys

import django
from django.conf import settings

names = sys.argv[1:]
settings.configure(PASSWORD_HASHERS=["django.contrib.auth.hashers." + n for n in names])
django.setup()

from django.contrib.auth import hashers  # noqa: E402


def about(_):
    import argon2
    import bcrypt

    return {
        "version": django.get_version(),
        "argon2_hash_length": argon2.DEFAULT_HASH_LENGTH,
        "bcrypt": bcrypt.__version__,
    }


def cheapen(_):
    hashers.PBKDF2PasswordHasher.iterations = 10
    hashers.Argon2PasswordHasher.time_cost = 1
    hashers.Argon2PasswordHasher.memory_cost = 64
    hashers.Argon2PasswordHasher.parallelism = 1
    hashers.BCryptSHA256PasswordHasher.rounds = 4
    if hasattr(hashers, "ScryptPasswordHasher"):
        hashers.ScryptPasswordHasher.work_factor = 16
        hashers.ScryptPasswordHasher.parallelism = 1
    return {}


def make(question):
    return {"encoded": hashers.make_password(question["text"], hasher=question["hasher"])}


def check(question):
    upgrades = []
    ok = hashers.check_password(
        question["text"], question["encoded"], upgrades.append, preferred=question["hasher"]
    )
    return {"ok": ok, "upgrade": bool(upgrades)}


for line in sys.stdin:
    question = json.loads(line)
    calls = {"about": about, "cheapen": cheapen, "make": make, "check": check}
    answer = calls[question["call"]](question)
    print(json.dumps(answer), flush=True)
