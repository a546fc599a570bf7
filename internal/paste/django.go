package paste

import (
	"regexp"
	"strings"
)

// The commands that come next.
const (
	nextVerify = "check it with the key: saltine verify --key-file FILE, with the value on standard input"
	nextRow    = "look the row up: SELECT session_data, expire_date FROM django_session WHERE session_key = '...', and paste session_data into saltine inspect"
)

// djangoForms are what Django writes.
func djangoForms() []recogniser {
	return []recogniser{
		{Form{
			Name:  "pickle",
			What:  "signed Python pickle, as in a session cookie of Django 1.4 to 4.2 with PickleSerializer",
			Cause: "Django wrote pickles until 1.5, and to 4.2 with SESSION_SERIALIZER set to PickleSerializer; reading one runs the code in it, so nothing here does",
			Next: []string{
				"in Django set SESSION_SERIALIZER = 'django.contrib.sessions.serializers.JSONSerializer', let the old sessions expire, and try again with a new cookie",
			},
		}, func(v *value) bool { return v.object && v.payload.Pickle && v.parts.Signature != "" }},
		{Form{
			Name:  "messages",
			What:  "cookie of django.contrib.messages, Django 3.2 or later",
			Cause: "it holds messages for the next page, and no session; Django checks no age of it, and signs with another key prefix and salt than sessions",
			Next:  []string{"check it with: saltine verify --messages --key-file FILE", "for the session copy the cookie sessionid"},
		}, func(v *value) bool {
			return v.object && v.parts.Signature != "" && isMessages(v.payload.Canonical)
		}},
		{Form{
			Name:  "messages of Django 3.1",
			What:  "cookie of django.contrib.messages, Django 3.1: plain JSON with a signature",
			Cause: "it holds messages, and no session; Django 3.1 wrote this form, and 4.1 and later refuse it",
			Next:  []string{"check it with: saltine verify --messages --key-file FILE", "a Go service reads it with messages.Options.AcceptDjango31; or wait, the next message replaces the cookie"},
		}, isMessages31},
		{Form{
			Name:  "messages before Django 3.1",
			What:  "cookie of django.contrib.messages, Django 1.4 to 3.0, signed with SHA-1",
			Cause: "it holds messages, and no session; Django 3.1 and 3.2 read it too, and 4.0 and later refuse it",
			Next:  []string{"check it with: saltine verify --messages --key-file FILE", "a Go service reads it with messages.Options.AcceptDjango14; or wait, the next message replaces the cookie"},
		}, func(v *value) bool {
			_, text, ok := HexSigned(v.text, "$")
			return ok && v.hold(text)
		}},
		{Form{
			Name:  "session_data before Django 3.1",
			What:  "django_session.session_data, Django 1.4 to 3.0, signed with SHA-1",
			Cause: "it is a row of the session table or a session file, and no cookie: the cookie holds only the row's key. Django 3.1 and 3.2 read this form too, and 4.0 and later take it for an empty session",
			Next:  []string{"check it with: saltine verify --session-data --key-file FILE", "if a newer Django or a Go service has to read it: let it pass through Django 3.2 once, or give saltine.SessionData SHA-1 among its LegacyAlgorithms"},
		}, isOldData},
		{Form{
			Name:  "sealed session",
			What:  "encrypted session of saltine's package sealed, signed as Django signs",
			Cause: "the payload is encrypted: only a service with the same key and a sealed.Box reads it; a Django without SealedSerializer takes it for no session",
			Next:  []string{"check the signature with the key: saltine verify --key-file FILE", "give every service that reads it a Box, or Django the SealedSerializer of docs/sealed.md"},
		}, isSealed},
		{Form{
			Name:  "session_data",
			What:  "django_session.session_data, Django 3.1 or later",
			Cause: "it is a row of the session table or a session file, and no cookie: the cookie holds only the row's key. It has the salt django.contrib.sessions.SessionStore",
			Next:  []string{"check it with: saltine verify --session-data --key-file FILE", "its age is the column expire_date: a row is good while expire_date > now()"},
		}, func(v *value) bool {
			return v.source == sourceRow && v.object && v.parts.Stamped && v.parts.Signature != ""
		}},
		{Form{
			Name:  "empty session",
			What:  "signed empty session: a good form with nothing in it",
			Cause: "the session was emptied, as by clear() or by deleting its last value; or Django refused the cookie before, and answered with an empty one",
			Next:  []string{"look at the response before this one: if its Set-Cookie replaced a full session, verify that earlier cookie", nextVerify},
		}, func(v *value) bool {
			return v.object && v.parts.Stamped && v.payload.Canonical == "{}" && IsSignature(v.parts.Signature)
		}},
		{Form{
			Name:  "object",
			What:  "signed object, as in a session cookie or from signing.dumps",
			Cause: "its shape is right: whether it is good, only the key can tell",
			Next:  []string{nextVerify, "if it comes from signing.dumps: saltine verify --dumps --key-file FILE"},
		}, func(v *value) bool {
			return v.object && v.parts.Stamped && IsSignature(v.parts.Signature)
		}},
		{Form{
			Name:  "object without a time",
			What:  "signed object without a time, as from Signer.sign_object",
			Cause: "there is no timestamp between payload and signature: no session cookie is so. It was made by a Signer, or the middle part got lost on the way",
			Next:  []string{"look at the code that signs: sessions and signing.dumps always have three parts, VALUE:TIME:SIGNATURE", "copy the cookie again, whole"},
		}, func(v *value) bool { return v.object && IsSignature(v.parts.Signature) }},
		{Form{
			Name:  "session key",
			What:  "session key, not a signed value",
			Cause: "it is the key of a session on the server (SESSION_ENGINE db, cache, cached_db or file): its data is there, not in the cookie, and nothing is signed",
			Next:  []string{nextRow, "with the cache engine: redis-cli GET ':1:django.contrib.sessions.cache...', with the key at the end", "if signed cookies were expected: look at SESSION_ENGINE, which should be django.contrib.sessions.backends.signed_cookies"},
		}, isSessionKey},
		{Form{
			Name:  "cache key",
			What:  "key of a cache entry, or name of a file, that holds a Django session",
			Cause: "it is where the server keeps a session, and not the session: the last 32 characters are what the cookie holds",
			Next:  []string{"get the entry: redis-cli GET with the whole key; it is a pickle, which Django's own shell reads: SessionStore(session_key='...').load()"},
		}, matches(`(?i)^(:\w*:\d+:|:\d+:|\w*:\d+:)?django\.contrib\.sessions\.(cache|cached_db)[a-z0-9]{32}$|(^|/)sessionid[a-z0-9]{32}$`)},
		{Form{
			Name:  "csrf token",
			What:  "CSRF token of Django",
			Cause: "it protects forms and is no session: it is random, and nothing is signed in it. Django 4.1 and later keep 32 letters and digits in the cookie csrftoken, older ones and forms have 64",
			Next:  []string{"copy the cookie sessionid instead, which stands beside csrftoken", "if a form is refused with 403: compare this cookie with the field csrfmiddlewaretoken, and look at CSRF_TRUSTED_ORIGINS"},
		}, isCSRF},
		{Form{
			Name:  "password reset token",
			What:  "token of a password reset link of Django",
			Cause: "it is base 36 time, a hyphen and a hash of the user's state, and no session; it is good once, for PASSWORD_RESET_TIMEOUT (three days by default)",
			Next:  []string{"check it in Django: default_token_generator.check_token(user, token)", "treat it as a password: ask for a new link if it was seen by others"},
		}, matches(`^([A-Za-z0-9_-]+[/-])?[0-9a-z]{5,7}-([0-9a-f]{32}|[0-9a-f]{20}|[0-9a-f]{40})/?$`)},
		{Form{
			Name:  "decoded session",
			What:  "JSON without time and signature: a session that was decoded already, or other JSON",
			Cause: "no cookie is in it; if it is a session, somebody or some tool took the payload out of its cookie or row, and without the signature nothing can be checked",
			Next:  []string{"copy the cookie itself, the text with two colons", "or sign this JSON anew for a test: saltine sign --key-file FILE"},
		}, func(v *value) bool {
			form, ok := Canonical(v.text)
			return ok && strings.HasPrefix(form, "{") && v.hold(v.text)
		}},
		{Form{
			Name:  "pickle in a cache",
			What:  "Python pickle, as Django's caches keep a session",
			Cause: "the cache engine keeps the session as a pickle; reading one runs the code in it, so nothing here does",
			Next:  []string{"read it in Django's own shell: SessionStore(session_key='...').load()", "a Go service reads it through a saltine.ServerStore with a backend for that cache"},
		}, func(v *value) bool {
			return isPickle(v.text) || strings.HasPrefix(v.text, `\x80\x0`) || (strings.HasPrefix(v.text, "gA") && isPickle(decoded(v.text)))
		}},
	}
}

func decoded(s string) string {
	text, _ := decode64(s)
	return text
}

// hold takes text for the payload of a value. It returns true.
func (v *value) hold(text string) bool {
	v.payload, v.parts = PayloadOf(text), Parts{}
	return true
}

func isMessages(canonical string) bool {
	return strings.HasPrefix(canonical, `[["__json_message"`) || canonical == `["__messagesnotfinished__"]`
}

func isMessages31(v *value) bool {
	form, ok := Canonical(v.parts.Body)
	if !ok || !isMessages(form) || !IsSignature(v.parts.Signature) {
		return false
	}
	v.payload = PayloadOf(v.parts.Body)
	return true
}

// isOldData opens the text of django_session.session_data before 3.1.
func isOldData(v *value) bool {
	data, _ := OldData(v.text)
	_, text, ok := HexSigned(data, ":")
	if _, whole := Canonical(text); !whole && strings.HasPrefix(text, "{") {
		return false
	}
	return ok && v.hold(text)
}

// isSealed knows the payload of package sealed by its first byte and its length.
func isSealed(v *value) bool {
	if !IsSignature(v.parts.Signature) || !v.parts.Stamped {
		return false
	}
	data, ok := decode64(strings.TrimPrefix(v.parts.Body, "."))
	const overhead = 1 + 12 + 12 + 16
	if !ok || len(data) <= overhead || data[0] != 1 || (len(data)-overhead)%64 != 0 {
		return false
	}
	v.payload = Payload{}
	return true
}

func isSessionKey(v *value) bool {
	if v.name != "" && v.name != "sessionid" && !strings.Contains(v.name, "session") && v.source != sourceRow || isForeignName(v.name) {
		return false
	}
	if consists(v.text, hexDigits) {
		v.detail = "it is of hexadecimal digits alone, so it may as well be an MD5 hash or an id of PHP, unless it comes from Django 1.4"
	}
	return len(v.text) == 32 && consists(v.text, lowerLetters+digits) && v.drop()
}

// drop says that a value has no parts. It returns true.
func (v *value) drop() bool {
	v.payload, v.parts = Payload{}, Parts{}
	return true
}

func isCSRF(v *value) bool {
	if !consists(v.text, base62Digits) {
		return false
	}
	if strings.HasPrefix(v.text, "eyJ") {
		return false // base64 of JSON
	}
	csrf := strings.Contains(v.name, "csrf")
	switch len(v.text) {
	case 64:
		return csrf || v.name == "" && strings.ContainsAny(v.text, lowerLetters) && strings.ContainsAny(v.text, upperLetters) && strings.ContainsAny(v.text, digits)
	case 32:
		return csrf || v.name == "" && strings.ContainsAny(v.text, lowerLetters) && strings.ContainsAny(v.text, upperLetters)
	}
	return false
}

// matches is the test for a regular expression over the whole value.
func matches(expression string) func(*value) bool {
	re := regexp.MustCompile(expression)
	return func(v *value) bool { return re.MatchString(v.text) && v.drop() }
}
