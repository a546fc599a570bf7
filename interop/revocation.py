"""Ends sessions in Django as saltine's package revocation does in Go, by the column sessions_ended of the user model.

In MIDDLEWARE it stands after AuthenticationMiddleware, with SESSION_ENGINE signed_cookies.
"""

from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.core import signing

try:
    from django.core.signing import b62_decode
except ImportError:  # before Django 4.0
    from django.utils.baseconv import base62
    b62_decode = base62.decode

SALT = "django.contrib.sessions.backends.signed_cookies"


def is_ended(request):
    """Tells whether the session was signed before, or when, the sessions of its user were ended."""
    key = request.session.session_key
    if not key or not request.user.is_authenticated:
        return False
    users = get_user_model()._default_manager.filter(pk=request.user.pk)
    ended = users.values_list("sessions_ended", flat=True).first()
    signed = b62_decode(signing.Signer(salt=SALT).unsign(key).rpartition(":")[2])
    return ended is not None and signed <= ended.timestamp()


def end_sessions(get_response):
    def middleware(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_ended(request):
            logout(request)
        response = get_response(request)
        saved = request.session.modified or settings.SESSION_SAVE_EVERY_REQUEST
        if saved and is_ended(request):  # perhaps they were ended while the view ran
            logout(request)
        return response

    return middleware
