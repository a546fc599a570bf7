"""SESSION_SERIALIZER = "sealed_serializer.SealedSerializer" encrypts sessions as saltine's package sealed does (Django 3.1+)."""

import base64
import json
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "django.contrib.sessions.backends.signed_cookies"
VERSION, SESSION, VALUE, TEXT_END, PADDING = b"\x01", b"\x01s", b"\x01v", b"\x80", 64


def keys():
    secrets = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return [salted_hmac("saltine.sealed", SALT, secret, algorithm="sha256").digest() for secret in secrets]


def gcm(key, nonce):  # the AES-256-GCM inside XAES-256-GCM
    macs = [CMAC(AES(key)), CMAC(AES(key))]
    for i, mac in enumerate(macs):
        mac.update(bytes([0, i + 1]) + b"X\0" + nonce[:12])
    return AESGCM(b"".join(mac.finalize() for mac in macs))


def seal(obj, bound):
    text = json.dumps(obj, separators=(",", ":")).encode() + TEXT_END
    nonce = os.urandom(24)
    return VERSION + nonce + gcm(keys()[0], nonce).encrypt(nonce[12:], text + bytes(-len(text) % PADDING), bound)


def unseal(data, bound):
    for key in keys() if data[:1] == VERSION and len(data) > 41 else []:
        try:
            text = gcm(key, data[1:13]).decrypt(data[13:25], data[25:], bound).rstrip(b"\0")
        except InvalidTag:
            continue
        if text.endswith(TEXT_END):
            return json.loads(text[:-1])
    raise ValueError("not sealed, by another key, or altered")


class SealedSerializer:
    def dumps(self, obj):
        return seal(obj, SESSION)

    def loads(self, data):
        is_plain = data[:1] != VERSION and time.time() < getattr(settings, "SEALED_PLAIN_UNTIL", 0)
        return json.loads(data) if is_plain else unseal(data, SESSION)

    def dumps_value(self, name, value):  # request.session["iban"] = SealedSerializer().dumps_value("iban", "DE02...")
        return base64.urlsafe_b64encode(seal(value, VALUE + name.encode())).rstrip(b"=").decode()

    def loads_value(self, name, text):
        return unseal(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), VALUE + name.encode())
