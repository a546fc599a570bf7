package paste

import (
	"strings"
	"unicode/utf8"
)

// damagedForms are Django's, and not whole.
func damagedForms() []recogniser {
	return []recogniser{
		{Form{
			Name:  "cut",
			What:  "signed value that was cut off",
			Cause: "the end is missing",
			Next:  []string{"compare the lengths: copy the cookie from the browser and from the server's log, and look which hop cuts it", "make the session smaller: keep ids in it and not objects"},
		}, isCut},
	}
}

// weakForms are shapes that something else may have by accident.
func weakForms() []recogniser {
	return []recogniser{
		{Form{
			Name:  "shortened",
			What:  "value that was shortened for display: it has an ellipsis",
			Cause: "a program that shows values in columns put ... or … where it left characters out: they are not in this copy",
			Next:  []string{"copy it from the source: double-click the value in the developer tools and select all, or take the header from 'Copy as cURL'", "in a log look for the setting that cuts fields, or take the cookie from the browser"},
		}, func(v *value) bool {
			return len(v.text) > 12 && (strings.Contains(v.text, "…") || strings.Contains(v.text, "...")) && !strings.ContainsAny(v.text, " <>[]{}/") && v.drop()
		}},
		{Form{
			Name:  "session key of another length",
			What:  "small letters and digits, as a session key, but not 32 of them",
			Cause: "Django's session keys have 32 characters: this one was cut or two were joined, or another program sets the cookie",
			Next:  []string{"copy the cookie sessionid again, whole", "look for other programs on the host that set a cookie named sessionid, and give Django another SESSION_COOKIE_NAME"},
		}, func(v *value) bool {
			return v.name == "sessionid" && consists(v.text, lowerLetters+digits) && strings.ContainsAny(v.text, digits) && len(v.text) >= 8 && len(v.text) <= 64 && v.drop()
		}},
		{Form{
			Name:  "masked",
			What:  "value that was masked: some of it is stars or dots",
			Cause: "a program hid the value on purpose, as logs and error reports do with secrets: the value is not in this copy",
			Next:  []string{"take the cookie from the browser's developer tools; the masked copy cannot be undone"},
		}, matches(`^\S{0,12}(\*{3,}|•{3,}|x{5,}|X{5,}|#{4,})\S{0,12}$`)},
		{Form{
			Name:  "hexadecimal signature",
			What:  "signed object with a signature in hexadecimal",
			Cause: "Django writes signatures in URL-safe base64, 43 characters for SHA-256, and this one is in hexadecimal: another program made it, as with hmac's hexdigest()",
			Next:  []string{"look for the program that signs: it has to write base64, as django.core.signing does, or saltine in Go"},
		}, func(v *value) bool {
			return v.object && v.parts.Stamped && len(v.parts.Signature) >= 32 && consists(v.parts.Signature, hexDigits)
		}},
		{Form{
			Name:  "bad signature length",
			What:  "signed object whose signature has a length that no algorithm makes",
			Cause: "characters were added or lost at its end, as when the text behind the cookie was copied along",
			Next:  []string{"copy the cookie again, and only its value: nothing behind the signature"},
		}, func(v *value) bool { return v.object && v.parts.Stamped && v.parts.Signature != "" }},
		{Form{
			Name:  "time and signature",
			What:  "end of a signed value: its time and signature, or the signature alone",
			Cause: "the part before the first colon is missing, as when a double-click selected one word of the value",
			Next:  []string{"copy the cookie again: a triple-click selects the whole value"},
		}, func(v *value) bool {
			if v.name != "" {
				return false
			}
			stamp, signature, ok := strings.Cut(strings.TrimPrefix(v.text, ":"), ":")
			return ok && consists(stamp, base62Digits) && len(stamp) == 6 && IsSignature(signature) && v.drop() ||
				!ok && len(v.text) == 43 && consists(v.text, urlAlphabet) && strings.ContainsAny(v.text, upperLetters) && strings.ContainsAny(v.text, lowerLetters) && v.drop()
		}},
		{Form{
			Name:  "damaged payload",
			What:  "signed value whose payload cannot be read",
			Cause: "time and signature are there, and what is before them decodes to nothing: its beginning is missing, its letters were changed (as by a tool that makes all of them small or capital), or something else than JSON was signed",
			Next:  []string{"copy the cookie again, whole, from its first character: eyJ, .eJ or e30", "if the copy is whole: saltine verify --plain --key-file FILE tells whether the signature is good, and so is the damage of whoever signed"},
		}, isDamaged},
		{Form{
			Name:  "text",
			What:  "signed text, as from Signer.sign or set_signed_cookie",
			Cause: "the value is plain text with a signature; a signed cookie's name is a part of the signature, so it is good under that name only",
			Next:  []string{"check a cookie of set_signed_cookie with: saltine verify --name NAME --key-file FILE (and --salt SALT if the code gives one)", "check text of a TimestampSigner with: saltine verify --plain --key-file FILE"},
		}, func(v *value) bool {
			if !IsSignature(v.parts.Signature) || v.parts.Body == "" {
				return false
			}
			v.payload = Payload{Text: v.parts.Body}
			return true
		}},
	}
}

// isDamaged knows a body that is base64 by its letters, and decodes to nothing.
func isDamaged(v *value) bool {
	if !v.parts.Stamped || !IsSignature(v.parts.Signature) {
		return false
	}
	body := strings.TrimPrefix(v.parts.Body, ".")
	if !consists(body, urlAlphabet) {
		return false
	}
	mixed := strings.ContainsAny(body, upperLetters) && strings.ContainsAny(body, lowerLetters) && strings.ContainsAny(body, digits)
	begins := strings.HasPrefix(strings.ToLower(body), "eyj") || strings.HasPrefix(strings.ToLower(v.parts.Body), ".ej")
	return (mixed && len(body) >= 20 || begins) && v.drop()
}

// namedForms are known by the name of the cookie alone.
func namedForms() []recogniser {
	rows := []recogniser{}
	for _, known := range knownNames {
		rows = append(rows, foreign("named "+known.program, "cookie "+known.names+" of "+known.program,
			"the name is that of "+known.program+", not of Django", known.next, func(v *value) bool {
				for name := range strings.SplitSeq(known.names, " ") {
					if v.name == name || strings.HasSuffix(name, "*") && v.name != "" && strings.HasPrefix(v.name, name[:len(name)-1]) {
						return v.drop()
					}
				}
				return false
			}))
	}
	return rows
}

var knownNames = []struct{ names, program, next string }{
	{"phpsessid", "PHP", "look at the PHP application behind the same host name"},
	{"jsessionid", "a Java server", "look at the Java service behind the same host name"},
	{"laravel_session xsrf-token remember_web_*", "Laravel", "look at SESSION_COOKIE and APP_KEY of the Laravel application"},
	{"connect.sid", "express-session", "look at the secret and store of express-session in the Node.js application"},
	{"ci_session", "CodeIgniter", "look at sess_save_path of the CodeIgniter application"},
	{"play_session", "the Play Framework", "look at play.http.secret.key of the Play application"},
	{"rack.session", "Rack", "look at the secret of Rack::Session::Cookie"},
	{"__host-next-auth* __secure-next-auth* next-auth* authjs* __secure-authjs*", "NextAuth", "look at NEXTAUTH_SECRET and NEXTAUTH_URL of the frontend"},
	{"sb-*", "Supabase", "look at the Supabase project behind the frontend"},
	{"wordpress_* wp-*", "WordPress", "look at AUTH_KEY and its neighbours in wp-config.php"},
	{"awsalb awsalbcors awselb awsalbapp-*", "an AWS load balancer", "ignore it: it keeps a visitor on one server"},
	{"_oauth2_proxy*", "oauth2-proxy", "look at cookie_secret and the log of oauth2-proxy"},
	{"rememberme", "Symfony (REMEMBERME) or Apache Shiro (rememberMe)", "look at the secret of remember_me in security.yaml of the Symfony application, or at cipherKey of Shiro's CookieRememberMeManager"},
	{"remember_token", "Flask-Login", "look at REMEMBER_COOKIE_NAME of the Flask application"},
	{"cfid cftoken", "ColdFusion", "look at the ColdFusion server"},
	{"django_language", "Django's set_language", "ignore it: it holds the language, and no session"},
	{"csrftoken csrf_token _csrf", "CSRF protection", "copy the cookie sessionid instead, which stands beside it"},
}

// secretForms are what should not have been pasted: their values are never shown.
func secretForms() []recogniser {
	secret := func(name, what, cause, next, expression string) recogniser {
		return recogniser{Form{Name: name, What: what, Cause: cause, Next: []string{next, nextOtherCookie}, Secret: true}, matches(expression)}
	}
	return []recogniser{
		secret("signing key", "signing key, or a line of settings that holds one", "it is what signs the cookies, and no cookie: everybody who has it can sign in as anybody. It is not shown here",
			"put it into a file that only you can read (chmod 600) and give that to saltine verify --key-file FILE; if it was pasted where others or a log could see it, change it: saltine keygen",
			`(?i)\b(\w+_)?(secret_key|saltine_key|secret_key_fallbacks)["']?\s*[:=]|^["']?django-insecure-|^[A-Z2-7]{64}$`),
		{Form{
			Name:   "django key",
			What:   "text of the shape of Django's SECRET_KEY",
			Cause:  "50 small letters, digits and signs are what startproject makes for SECRET_KEY, and no cookie: everybody who has it can sign in as anybody. It is not shown here",
			Next:   []string{"put it into a file that only you can read (chmod 600) and give that to saltine verify --key-file FILE; if it was pasted where others or a log could see it, change it: saltine keygen"},
			Secret: true,
		}, func(v *value) bool {
			return len(v.text) == 50 && consists(v.text, lowerLetters+digits+"!@#$%^&*(-_=+)") && strings.ContainsAny(v.text, "!@#$%^&*(+)") && v.drop()
		}},
		secret("private key", "private key or certificate in PEM", "it is of TLS or SSH, and no cookie. It is not shown here",
			"treat it as leaked if it was pasted where others could see it, and replace it", `-----BEGIN `),
		secret("password hash", "password hash from the column auth_user.password", "it is what Django stores of a password, and no cookie. It is not shown here",
			"keep it out of tickets and chats: whoever has it can guess at the password", `^(pbkdf2_sha(256|1)|argon2|bcrypt(_sha256)?|scrypt|md5|sha1)\$\S+`),
		secret("api token", "secret token of a service such as GitHub, AWS, Slack or Stripe", "its first letters name it; it is no cookie. It is not shown here",
			"revoke it at that service if it was pasted where others could see it", `^(gh[pousr]_|github_pat_|glpat-|AKIA[0-9A-Z]{16}|xox[abprs]-|sk_(live|test)_|sk-)\w+`),
	}
}

// isBinary reports whether many of the bytes are neither text nor UTF-8.
func isBinary(s string) bool {
	odd := 0
	for _, r := range s {
		if r == utf8.RuneError || r < ' ' && !strings.ContainsRune("\t\r\n", r) {
			odd++
		}
	}
	return odd*10 > len(s)
}

// junkForms are no values at all.
func junkForms() []recogniser {
	row := func(name, what, cause, next string, test func(*value) bool) recogniser {
		return recogniser{Form{Name: name, What: what, Cause: cause, Next: []string{next}}, test}
	}
	const nextCopy = "copy the value from the browser: developer tools, Application or Storage, Cookies, sessionid"
	return []recogniser{
		row("empty", "nothing: the value is empty", "there is no value: the shell took it (put it into single quotes), the copy failed, or the server deleted the cookie, as Django does at logout",
			"put the value into single quotes, or pipe it in: pbpaste | saltine inspect, or xclip -o | saltine inspect; if the cookie is empty in the browser, look at the Set-Cookie line that emptied it",
			func(v *value) bool { return strings.Trim(v.text, "\"' \t\r\n") == "" }),
		row("empty header", "header without a cookie", "the header is there and empty: the browser sent no cookie, or it was left out of the copy",
			"look in the developer tools whether the browser has the cookie (Application or Storage, Cookies) and whether the request has it: Path, Domain, Secure and SameSite decide", matches(`(?i)^(set-)?cookie\s*:?$`)),
		row("own output", "output of saltine", "it is what saltine printed, and not what it was given",
			"give saltine the cookie itself", matches(`(?s)^(NOT )?(VALID|VERIFIED)\b`)),
		row("placeholder", "placeholder, and not a value", "somebody wrote down where the value belongs, or a program printed that it has none (null, undefined, None, [object Object])",
			nextCopy, matches(`(?i)^(<[^<>]*>|\[[a-z _-]*\]|\{\{?[\w .-]*\}?\}|\$\{?\w+\}?|%\w+%|null|nil|none|undefined|nan|true|false|deleted|expired|(your|my|the|some|a)[-_ ]?[\w -]{0,20}(cookie|session|token|value|key|id|secret|here)\w{0,10}([-_ ]\w{1,12}){0,3}|%s|%\(\w+\)s|(paste|insert|put|replace|enter|copy|fill)[-_ ].{0,40}|lorem ipsum.*|todo|tbd|test|foo(bar)?|bar|xxx+|abc(123|def)?|change-?me|example|session-?(id|key|cookie|data)?|cookie|value|redacted|filtered|masked|\.{2,}|…|\*+|-+|n/a|\[object Object\]|\(.*\))$`)),
		row("unix time", "number", "a number alone is a time or an id, and no session",
			nextCopy, func(v *value) bool { return consists(v.text, digits+".") && v.drop() }),
		row("fingerprint", "8 hexadecimal characters, as the fingerprint of a key", "a fingerprint names a key and does not show it: saltine prints one for every key, and Key.Fingerprint logs it; no cookie is in it",
			"compare it with what saltine verify prints as signed by, and with the logs of the other services", matches(`^[0-9a-f]{8}$`)),
		row("too big for nginx", "message of nginx: the headers of a response are too big", "the headers of the application do not fit into nginx's proxy_buffer_size: most often a session cookie has grown",
			"make the session smaller, keep ids in it and not objects, or move to a SESSION_ENGINE on the server; until then set proxy_buffer_size 16k and proxy_buffers 8 16k in nginx (uwsgi_, fastcgi_ by how it asks)", matches(`(?is)upstream sent too big header`)),
		row("headers too large", "refusal of a request whose headers are too large (400 or 431)", "the browser sends more cookies than the server takes, 8 KiB with most: a large session, many old cookies, or several of one name",
			"delete the cookies of the host in the browser; make the session smaller, or move to a SESSION_ENGINE on the server; until then raise the limit (nginx: large_client_header_buffers 4 16k; gunicorn: --limit-request-field_size)", matches(`(?is)header or cookie too large|request header fields? too large|cookie too big|size of a request header field exceeds`)),
		row("session too large", "message of saltine: a session does not fit into a cookie", "the session is larger than the 4096 bytes that browsers keep for name and value, so Save refuses it before a browser loses it (ErrTooLarge)",
			"SizeError names the largest values: keep ids in the session and not objects, or move to a ServerStore, whose cookie has a key alone", matches(`(?is)session too large|saltine: too large`)),
		row("csrf refusal", "message of Django's CSRF check", "Django refused a form with 403; the session was not looked at",
			"compare the cookie csrftoken with the field csrfmiddlewaretoken of that request, and look at CSRF_TRUSTED_ORIGINS, CSRF_COOKIE_DOMAIN and the proxy's X-Forwarded-Proto", matches(`(?i)csrf (verification|cookie|token)|csrf failed|origin checking failed|referer checking failed`)),
		row("date", "date", "it is a date, as of Expires, and no cookie's value", nextCopy, matches(`^(\w{3},? )?\d{1,4}[- /.]\w{2,3}[- /.]\d{2,4}[ T]\d{2}:\d{2}.*$`)),
		row("address", "address of a machine or a person", "a host, an IP address or an e-mail address is no cookie's value", nextCopy, matches(`^(\d{1,3}(\.\d{1,3}){3}(:\d+)?|[\w.+-]+@[\w-]+(\.[\w-]+)+|([a-z0-9-]+\.)+(com|org|net|io|dev|test|example|local|de|uk))$`)),
		row("data url", "data of a page (data: URL)", "it is a picture or a file that a page holds, and no cookie", nextCopy, matches(`^data:[\w/+.-]+[;,]`)),
		row("word", "word", "a word alone is no cookie's value: perhaps the name was copied in its place", nextCopy, matches(`^[A-Za-z]{1,15}$`)),
		row("path", "path of a file or a page", "it is a place and no cookie's value", nextCopy, matches(`^[\w.~-]*(/[\w.~-]+)+/?$|^[A-Z]:\\\S+$`)),
		row("uuid", "UUID", "a UUID is an id, as of a user, a request or a session of other software; Django's session keys have 32 letters and digits without hyphens",
			"search the log for it if it is a request's id; for the session copy the cookie sessionid", func(v *value) bool { return uuid.MatchString(v.text) && v.drop() }),
		row("timestamp", "timestamp of a signed value", "six characters of base 62 are the middle part of a signed value: a double-click selected one word of it",
			"copy the cookie again, whole: a triple-click selects all of it", matches(`^1[0-9A-Za-z]{5}$`)),
		row("hash of a value", "hash, with its algorithm's name in front", "a program hid the value and shows a hash of it, as logs do to tell cookies apart: the value is not in this copy",
			"take the cookie from the browser's developer tools; to find it again, hash it in the same way and compare", matches(`(?i)^(sha-?\d{1,3}|md5|blake2[bs])[:=-][0-9a-f]{16,128}$`)),
		row("api key", "hexadecimal id or hash", "hexadecimal characters alone are an id, a hash or a token (40 of them: Django REST framework), and carry no session",
			"if it goes into the header Authorization: look at the API's authentication; for the session copy the cookie sessionid", matches(`^[0-9a-fA-F]{16,128}$`)),
		row("url", "URL without a signed value in it", "it is an address; no cookie is in it",
			"open the page with the developer tools, and copy the cookie sessionid of that host", matches(`(?i)^(https?://|www\.)\S+$`)),
		row("html", "HTML page or a part of it", "it is what the server answered, and no cookie: cookies are in the headers",
			"look at the headers of the response: curl -sS -D - -o /dev/null URL", matches(`(?is)^\s*<(!doctype|html|head|body|div|form|input|p|h1|\?xml)\b`)),
		row("traceback", "traceback or error message", "it is text about an error, and no cookie",
			"look for the cookie in the request that failed; if it says 'Session data corrupted' or 'bad signature', verify the cookie of that request: saltine verify --key-file FILE", matches(`(?is)Traceback \(most recent|^\w+(Error|Exception)\b|session data corrupted|bad ?signature|invalid session key|SuspiciousOperation|SessionInterrupted`)),
		row("secret-like text", "random text of letters and digits", "it is an id of a session on a server, a token or a key: nothing can be read in it, and Django's signed values have colons",
			"find out from the cookie's name which program sets it: paste the whole header, Cookie: NAME=VALUE; for Django copy the cookie sessionid", matches(`^[A-Za-z0-9_-]{16,256}$`)),
		row("sentence", "text in words", "it is a text, and no cookie's value",
			nextCopy, func(v *value) bool { return strings.Count(v.text, " ") >= 1 && isText(v.text) && v.drop() }),
		row("binary", "bytes that are no text", "it is binary, as of a compressed or encrypted file, and no cookie's value: those are letters, digits and signs",
			"if it is a file, find out what made it: file FILE; a cache's entry is read in Django's shell: SessionStore(session_key='...').load()", func(v *value) bool { return isBinary(v.text) && v.drop() }),
	}
}
