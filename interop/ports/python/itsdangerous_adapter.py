"""Adapter for Python's itsdangerous. Its key derivation "django-concat" is that of Django's Signer."""

import hashlib
import json
import sys

import itsdangerous


def read(question):
    keys = [bytes.fromhex(key) for key in reversed(question["keys"])]  # itsdangerous takes the newest last
    options = {
        "sep": question["sep"],
        "digest_method": getattr(hashlib, question["algorithm"]),
        "key_derivation": "django-concat",
    }
    if question["object"]:
        serializer = itsdangerous.URLSafeSerializer(keys, salt=question["salt"], signer_kwargs=options)
        return {"json": json.dumps(serializer.loads(question["cookie"]))}
    signer = itsdangerous.Signer(keys, salt=question["salt"], **options)
    if question["cookie"] is None:
        return {}
    return {"text": signer.unsign(question["cookie"]).decode()}


def answer(question):
    try:
        return {"id": question["id"], "result": "valid", **read(question)}
    except Exception:  # whatever is raised, the value was not read
        return {"id": question["id"], "result": "refused"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
