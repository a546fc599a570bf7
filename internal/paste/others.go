package paste

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// What to do about a cookie of other software.
const (
	nextOtherCookie = "copy Django's cookie instead: the one named by SESSION_COOKIE_NAME, sessionid by default"
	nextWhoSets     = "find out which program sets this cookie: look for its name in the Set-Cookie lines of the responses (browser, Network tab), then at the service behind that path"
)

// foreign makes a row for other software that signs or encrypts cookies of its own.
func foreign(name, what, cause, next string, test func(*value) bool) recogniser {
	return recogniser{Form{Name: name, What: what, Cause: cause, Next: []string{next, nextOtherCookie}}, func(v *value) bool { return test(v) && v.foreign() }}
}

// foreign drops the parts that Django would see. It returns true.
func (v *value) foreign() bool {
	v.parts = Parts{}
	return true
}

// otherForms are what other software writes, the surest shapes first.
func otherForms() []recogniser {
	return []recogniser{
		foreign("laravel", "encrypted cookie of Laravel", "it is base64 of a JSON object with iv, value and mac, encrypted with APP_KEY: Django cannot read it, and nothing shows what is in it",
			"in the Laravel application look at APP_KEY and SESSION_COOKIE; php artisan tinker with decrypt('...') reads it there", isLaravel),
		foreign("paseto", "PASETO token", "a PASETO has its version and purpose in front (v4.local. is encrypted, v4.public. is signed) and is no cookie of Django",
			"open it with the PASETO library and key of the service that issued it", isPaseto),
		foreign("iron-session", "sealed cookie of iron-session or hapi (iron)", "it starts with Fe26.2 and is encrypted with the password of a Node.js application",
			"in the Node.js application look at the password and cookieName of the session options; unsealData reads it there", matches(`^Fe26\.2\*`)),
		foreign("jwe", "encrypted JSON Web Token (JWE), as of NextAuth or Auth0", "five parts with dots between them are an encrypted token: only the service with its secret can read it, and Django does not write it",
			"look at the service that issued it, as NEXTAUTH_SECRET or AUTH0_SECRET of the frontend", isJWE),
		foreign("jwt", "JSON Web Token (JWT)", "dotted parts, of which the first has an alg, are a JSON Web Token, which has three when it is whole; Django's sessions have colons. It is an access or identity token of an API or a login service",
			"check exp and iss in its payload, and the key with the library of the service that issued it", isJWT),
		foreign("phoenix", "session cookie of Elixir's Plug or Phoenix", "the first of its dotted parts is base64 of an algorithm's name (HS256, A128GCM), as Plug.Crypto writes it, with secret_key_base",
			"in the Phoenix application look at secret_key_base and signing_salt of Plug.Session", matches(`^(SFMyNTY|SFMzODQ|SFM1MTI|QTEyOEdDTQ|QTI1NkdDTQ|WENQ)\.`)),
		foreign("flask", "session cookie of Flask, or a token of itsdangerous", "itsdangerous puts dots between payload, time and signature, where Django puts colons, and derives its key in another way: the keys of the two are not interchangeable",
			"read it in Flask: app.session_interface.get_signing_serializer(app).loads('...'); look at SESSION_COOKIE_NAME of the Flask application, session by default", isFlask),
		foreign("starlette", "session cookie of Starlette or FastAPI", "SessionMiddleware of Starlette keeps base64 of JSON, signed by itsdangerous with dots between the parts, and Django puts colons",
			"look at secret_key and session_cookie of SessionMiddleware in the Starlette application", isStarlette),
		foreign("remix", "session cookie of Remix or React Router", "base64 of JSON, a dot and an HMAC-SHA256 in plain base64, under the name __session, are a cookie of createCookieSessionStorage, signed with its secrets",
			"look at the secrets of createCookieSessionStorage in the Remix application", isRemix),
		foreign("itsdangerous", "signed value of itsdangerous, without a time", "itsdangerous puts a dot between payload and signature, where Django puts a colon",
			"read it with the Serializer and the secret_key of the Python application that made it", isItsDangerous),
		foreign("securecookie", "cookie of Go's gorilla/securecookie or gorilla/sessions (gin and echo use it too)", "it is base64 of a date, a value and a MAC with | between them, made with the hash key of a Go program: Django cannot read it",
			"in the Go program look at the keys of sessions.NewCookieStore; securecookie.Decode with the cookie's name reads it", isSecureCookie),
		foreign("tornado", "secure cookie of Tornado", "it starts with 2|1: and gives the length of every part, as set_signed_cookie of Tornado (set_secure_cookie) writes it, signed with cookie_secret",
			"read it in the Tornado application with get_signed_cookie; look at its cookie_secret", isTornado),
		foreign("rails encrypted", "encrypted session cookie of Ruby on Rails", "three base64 parts with -- between them are data, iv and tag of AES-GCM, made with secret_key_base: nothing but the Rails application reads it",
			"in the Rails application read it with cookies.encrypted[:name]; look at secret_key_base and config.session_store", matches(`^[A-Za-z0-9+/]{4,}={0,2}--[A-Za-z0-9+/]{8,24}={0,2}--[A-Za-z0-9+/]{16,24}={0,2}$|^[A-Za-z0-9_-]{8,}={0,2}--[A-Za-z0-9_-]{16}--[A-Za-z0-9_-]{22}={0,2}$`)),
		foreign("mojolicious", "session cookie of Perl's Mojolicious", "JSON in base64 that ends in Z or --- before -- and a hexadecimal HMAC is Mojolicious's, signed with the application's secrets",
			"look at app->secrets in the Mojolicious application", matches(`^eyJ[A-Za-z0-9+/=_-]*?(Z|-)--[0-9a-f]{40,64}$`)),
		foreign("rails signed", "signed cookie of Ruby on Rails or Rack", "base64 and a hexadecimal HMAC with -- between them are of Rails' cookies.signed, of an encrypted cookie of Rails 4, or of Rack::Session::Cookie, signed with secret_key_base",
			"in the Rails application read it with cookies.signed[:name]; look at secret_key_base", isRailsSigned),
		foreign("express-session", "signed session id of express-session (connect.sid)", "s: in front, then an id, a dot and a signature: the session itself is in the store of a Node.js application",
			"look up the id between s: and the dot in that store, as redis-cli GET sess:ID; look at the secret of express-session", matches(`^s:[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9+/]{43}=?$`)),
		foreign("cookie-session", "unsigned part of a session of express' cookie-session or koa-session", "base64 of plain JSON without a signature: cookie-session keeps the signature in a second cookie of the same name with .sig behind it",
			"copy the cookie with .sig too, and look at the keys of cookie-session in the Node.js application", isCookieSession),
		foreign("cookie-session signature", "signature of a cookie of express or koa (Keygrip)", "a cookie whose name ends in .sig holds only the signature of the cookie without .sig",
			"look at the cookie of the same name without .sig", func(v *value) bool { return strings.HasSuffix(v.name, ".sig") }),
		foreign("fernet", "Fernet token, as of aiohttp-session or Airflow", "base64 that starts with gAAAAA is a version byte and a time of Fernet; the rest is encrypted",
			"open it with Fernet(key).decrypt in the Python application that made it", isFernet),
		foreign("asp.net core", "protected cookie of ASP.NET Core", "CfDJ8 in front is the header of ASP.NET Core's Data Protection: the rest is encrypted with the key ring of a .NET application",
			"look at the key ring (PersistKeysTo...) and the application name of the .NET service: all its instances have to share them", matches(`^CfDJ8[A-Za-z0-9_-]{20,}`)),
		foreign("play", "session cookie of the Play Framework", "a hexadecimal HMAC-SHA1, a hyphen and name=value pairs are a session of Play 2.5 and earlier, signed with play.crypto.secret",
			"look at play.http.secret.key of the Play application", matches(`^[0-9a-f]{40}-[^=\s]+=`)),
		foreign("wordpress", "login cookie of WordPress", "user, expiry, token and HMAC with | between them, under a name that begins with wordpress_, are of WordPress",
			"look at AUTH_KEY and its neighbours in wp-config.php; signing in anew there replaces it", matches(`^[^|]{1,60}\|1[0-9]{9}\|[A-Za-z0-9]{43}\|[0-9a-f]{64}$`)),
		foreign("cakephp", "encrypted cookie of CakePHP", "Q2FrZQ==. in front is base64 of Cake: the rest is encrypted with Security.salt of a CakePHP application",
			"look at Security.salt and the EncryptedCookieMiddleware there", matches(`^Q2FrZQ==\.`)),
		foreign("pyramid", "session cookie of Pyramid or Beaker", "a hexadecimal HMAC in front of base64 is how Beaker and Pyramid sign a session, with the secret of the WSGI application",
			"look at session.secret or beaker.session.secret in the .ini file of that application", isBeaker),
		foreign("bottle", "signed cookie of Bottle", "an exclamation mark, a signature, a question mark and base64: Bottle's set_cookie with a secret. Its payload is a pickle",
			"look at the secret of response.set_cookie in the Bottle application", matches(`^!?[A-Za-z0-9+/]{22,44}={0,2}\?[A-Za-z0-9+/=]+$`)),
		foreign("php serialized", "serialized data of PHP", "a:, O: or s: with lengths is what PHP's serialize writes, as CodeIgniter and WordPress keep sessions; it is no signed value of Django",
			"look at the PHP application behind the same host name", matches(`^[aOsib]:\d+[:;]`)),
		foreign("express json", "JSON cookie of express", "j: in front of JSON is how express' res.cookie writes an object, unsigned",
			"look for res.cookie in the Node.js application", matches(`^j:[{\[]`)),
		foreign("ruby marshal", "Ruby object (Marshal) in base64, without a signature", "BAh in front is base64 of Ruby's Marshal, as the sessions of Rails 3 and Rack hold; its signature, -- and 40 characters, is missing or elsewhere",
			"copy the whole cookie, and read it in the Ruby application", func(v *value) bool { return strings.HasPrefix(decoded(v.text), "\x04\x08") && v.drop() }),
		foreign("viewstate", "ViewState of ASP.NET", "/wE in front is base64 of the state of a page of ASP.NET Web Forms; it is a field of a form, and no cookie",
			"look at the .NET service behind the same host name", matches(`^/wE[A-Za-z0-9+/]+`)),
		foreign("saml", "SAML message in base64", "base64 of XML is a message between a login service and the application, and no session",
			"read it with base64 -d, and look at its Destination, NotOnOrAfter and StatusCode", func(v *value) bool {
				text := strings.TrimSpace(decoded(v.text))
				return strings.HasPrefix(text, "<saml") || strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<Response")
			}),
		foreign("drf token", "Authorization header or API token", "a Bearer, Token or Basic credential goes into the header Authorization and is no cookie: Django's session middleware never sees it",
			"look at the authentication classes of the API; treat the token as a password: revoke it if it was seen by others", matches(`(?i)^(authorization:\s*)?(bearer|token|basic)\s+[^.\s]+$`)),
		foreign("cloudflare", "cookie of Cloudflare", "a proxy in front of the site sets it against robots; it holds no session of the application",
			"ignore it", func(v *value) bool { return v.name == "__cf_bm" || v.name == "cf_clearance" || v.name == "__cfuid" }),
		foreign("analytics", "cookie of an analytics script", "a script in the page numbers visitors with it; it holds no session of the application",
			"ignore it", func(v *value) bool {
				return matches(`^(GA1\.|GS[12]\.|fb\.1\.|amp-)`)(v) || consists(v.name, "_gadi") && strings.HasPrefix(v.name, "_g")
			}),
		foreign("spring session", "session id of Spring Session", "base64 of a UUID is the id that Spring Session puts into the cookie SESSION: the data is in its store, as Redis or JDBC",
			"look it up in that store under the UUID shown below", isSpring),
		foreign("asp.net", "session id or ticket of ASP.NET", "24 lower-case letters and digits are an id of ASP.NET_SessionId, and long capital hexadecimal is a ticket of .ASPXAUTH: neither is Django's",
			"look at sessionState and machineKey in web.config of the .NET application", func(v *value) bool {
				return strings.HasPrefix(v.name, "asp.net") || strings.HasPrefix(v.name, ".asp")
			}),
		foreign("jsessionid", "session id of a Java server (JSESSIONID)", "32 capital hexadecimal characters, perhaps with a dot and the name of a node behind them, are Tomcat's; node0 in front is Jetty's. The session is in the memory of that Java server, and nothing is signed",
			"look at the Java service behind the same host name; if it shares the path with Django, give the two different cookie names", func(v *value) bool {
				return matches(`^([0-9A-F]{32}|node0[a-z0-9]{20,30}[0-9]*)(\.\w+)?$|^[A-Za-z0-9_-]{24,52}\.[a-z][\w-]+$`)(v) && (v.name == "jsessionid" || consists(v.text[:min(len(v.text), 32)], "0123456789ABCDEF") || strings.HasPrefix(v.text, "node0"))
			}),
		foreign("php session id", "session id of PHP (PHPSESSID)", "it is random, and the session is a file sess_... or an entry in Redis of the PHP application; nothing is signed in it",
			"look at session.save_path and session.name in php.ini of the service behind the same host name", isPHP),
	}
}

// The programs whose ids look like others: the name of the cookie decides.
func isForeignName(name string) bool {
	return name == "phpsessid" || name == "jsessionid" || name == "connect.sid" || strings.HasPrefix(name, "asp.net")
}

func isPHP(v *value) bool {
	id := consists(v.text, lowerLetters+upperLetters+digits+",-") && len(v.text) >= 22 && len(v.text) <= 64
	return id && (v.name == "phpsessid" || v.name == "" && len(v.text) == 26 && consists(v.text, lowerLetters+digits) && v.drop())
}

func isLaravel(v *value) bool {
	var box struct {
		IV    string          `json:"iv"`
		Value string          `json:"value"`
		Data  json.RawMessage `json:"data"`
		MAC   *string         `json:"mac"`
	}
	text, ok := decode64(v.text)
	if percent.MatchString(v.text) {
		return false // that is undone first
	}
	if json.Unmarshal([]byte(text), &box) != nil && strings.HasPrefix(v.text, "eyJpdiI6") {
		v.detail = "its end is missing, or letters were changed: the JSON inside is not whole"
		return v.drop()
	}
	if !ok || json.Unmarshal([]byte(text), &box) != nil || box.IV == "" || box.MAC == nil && box.Value == "" {
		return false
	}
	v.detail = fmt.Sprintf("the encrypted part has %d characters of base64", len(box.Value))
	return v.drop()
}

func isPaseto(v *value) bool {
	version, rest, ok := strings.Cut(v.text, ".")
	purpose, body, more := strings.Cut(rest, ".")
	if !ok || !more || len(version) != 2 || version[0] != 'v' || purpose != "local" && purpose != "public" {
		return false
	}
	v.drop()
	body, _, _ = strings.Cut(body, ".")
	if data := decoded(body); purpose == "public" && len(data) > 64 {
		v.hold(data[:len(data)-64])
	}
	return true
}

// header returns what the first of dotted parts holds, if it is JSON with an alg.
func header(part string) (alg string, ok bool) {
	var h struct {
		Alg string `json:"alg"`
	}
	text, ok := decode64(part)
	if !ok || json.Unmarshal([]byte(text), &h) != nil || h.Alg == "" {
		return "", false
	}
	return h.Alg, true
}

func isJWE(v *value) bool {
	parts := strings.SplitN(v.text, ".", 6)
	if len(parts) != 5 {
		return false
	}
	alg, ok := header(parts[0])
	v.detail = "its alg is " + strconv.Quote(alg)
	return ok && v.drop()
}

func isJWT(v *value) bool {
	parts := strings.SplitN(v.text, ".", 4)
	if len(parts) != 3 && len(parts) != 2 {
		return false
	}
	alg, ok := header(parts[0])
	if !ok {
		return false
	}
	v.hold(decoded(parts[1]))
	if len(parts) == 2 || parts[2] == "" {
		v.detail = "its signature is missing: it was cut, or never signed"
		return true
	}
	var claims struct {
		Exp json.Number `json:"exp"`
	}
	v.detail = "its alg is " + strconv.Quote(alg)
	if json.Unmarshal([]byte(v.payload.Text), &claims) == nil && claims.Exp != "" {
		if sec, err := claims.Exp.Int64(); err == nil {
			v.detail += ", and it expires at " + date(sec)
		}
	}
	return true
}

// date shows Unix seconds.
func date(sec int64) string {
	const year10000 = 253402300800
	if sec < 0 || sec >= year10000 {
		return strconv.FormatInt(sec, 10)
	}
	return time.Unix(sec, 0).UTC().Format(time.RFC3339)
}

// dotted splits a value at its last dots: body, time and signature of itsdangerous.
func dotted(s string) (body, stamp, signature string, ok bool) {
	at := strings.LastIndexByte(s, '.')
	if at < 0 {
		return "", "", "", false
	}
	body, signature = s[:at], s[at+1:]
	at = strings.LastIndexByte(body, '.')
	if at < 0 {
		return body, "", signature, true
	}
	return body[:at], body[at+1:], signature, true
}

// itsTime reads the time of itsdangerous: big-endian bytes in base64, Unix seconds since
// version 1.1 and seconds since 2011 before.
func itsTime(stamp string) (int64, bool) {
	data, ok := decode64(stamp)
	if !ok || data == "" || len(data) > 5 {
		return 0, false
	}
	var wide [8]byte
	copy(wide[8-len(data):], data)
	sec := int64(binary.BigEndian.Uint64(wide[:]))
	const since2011, early = 1293840000, 1000000000
	if sec < early {
		sec += since2011
	}
	const year2060 = 2840140800
	return sec, sec < year2060
}

func isFlask(v *value) bool {
	body, stamp, signature, ok := dotted(v.text)
	if !ok || !IsSignature(signature) || body == "" || strings.ContainsRune(body, ':') {
		return false
	}
	sec, ok := itsTime(stamp)
	if ok && strings.HasPrefix(body, ".eJ") && !v.holdEnvelope(body) {
		v.detail = "signed at " + date(sec) + "; its payload is compressed, and cannot be inflated: letters were lost or changed"
		return v.drop()
	}
	if !ok || strings.ContainsAny(body, "=+/") || !v.holdEnvelope(body) || !v.payload.Compressed && strings.Contains(v.payload.Text, `": `) {
		return false
	}
	v.detail = "signed at " + date(sec)
	return true
}

// holdEnvelope takes the JSON of [.]base64 for the payload, if there is some.
func (v *value) holdEnvelope(body string) bool {
	text, compressed := strings.CutPrefix(body, ".")
	data, ok := decode64(text)
	if ok && compressed {
		inflated, err := zlib.AppendDecompress(nil, []byte(data), MaxPayload)
		data, ok = string(inflated), err == nil
	}
	p := PayloadOf(data)
	if !ok || p.Canonical == "" {
		return false
	}
	p.Compressed, p.Packed = compressed, len(text)*3/4
	v.payload = p
	return true
}

func isStarlette(v *value) bool {
	body, stamp, signature, ok := dotted(v.text)
	if !ok || !IsSignature(signature) {
		return false
	}
	sec, ok := itsTime(stamp)
	if !ok || body == "" || strings.ContainsRune(body, ':') {
		return false
	}
	if decoded(body) != "" {
		v.payload = PayloadOf(decoded(body))
	}
	v.detail = "signed at " + date(sec)
	return v.payload.Canonical != "" || consists(body, urlAlphabet+".@") // text of a TimestampSigner
}

func isItsDangerous(v *value) bool {
	at := strings.LastIndexByte(v.text, '.')
	if at <= 0 || !IsSignature(v.text[at+1:]) {
		return false
	}
	const sha1Signature = 27
	return v.holdEnvelope(v.text[:at]) || len(v.text)-at-1 == sha1Signature && consists(v.text[:at], urlAlphabet+".@")
}

var remix = regexp.MustCompile(`^([A-Za-z0-9+/]+={0,2})\.[A-Za-z0-9+/]{43}$`)

func isRemix(v *value) bool {
	m := remix.FindStringSubmatch(v.text)
	return m != nil && v.name == "__session" && isText(decoded(m[1])) && v.hold(decoded(m[1]))
}

func isSecureCookie(v *value) bool {
	text, ok := decode64(v.text)
	if !ok || len(text) < 12 || !consists(text[:10], digits) || text[10] != '|' {
		return false
	}
	sec, err := strconv.ParseInt(text[:10], 10, 64)
	v.detail = "made at " + date(sec)
	return err == nil && v.drop()
}

func isTornado(v *value) bool {
	if !matches(`^2\|1:\d\|1\d:\d+\|\d+:`)(v) {
		return false
	}
	parts := strings.SplitN(v.text, "|", 6)
	if len(parts) != 6 {
		return true
	}
	_, text, _ := strings.Cut(parts[4], ":")
	_, stamp, _ := strings.Cut(parts[2], ":")
	sec, _ := strconv.ParseInt(stamp, 10, 64)
	v.detail = "made at " + date(sec)
	return v.hold(decoded(text))
}

var railsSigned = regexp.MustCompile(`^([A-Za-z0-9+/_-]+={0,2})--([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$`)

func isRailsSigned(v *value) bool {
	m := railsSigned.FindStringSubmatch(v.text)
	if m == nil {
		return false
	}
	text := decoded(m[1])
	switch {
	case strings.HasPrefix(text, "\x04\x08"):
		v.drop()
		v.detail = "its payload is Ruby's Marshal, which is not read here"
	case isText(text):
		v.hold(text)
	default:
		v.drop()
	}
	return true
}

func isCookieSession(v *value) bool {
	text, ok := decode64(v.text)
	if !ok || !isText(text) || v.source == sourceRow {
		return false
	}
	form, ok := Canonical(text)
	named := strings.HasPrefix(v.name, "koa") || strings.HasPrefix(v.name, "express") || v.name == "session" || strings.HasSuffix(v.text, "=")
	return ok && strings.HasPrefix(form, "{") && (named || strings.Contains(text, `"passport"`)) && v.hold(text)
}

func isFernet(v *value) bool {
	text, ok := decode64(v.text)
	if !ok || len(text) < 73 || text[0] != 0x80 || (len(text)-57)%16 != 0 {
		return false
	}
	v.detail = "made at " + date(int64(binary.BigEndian.Uint64([]byte(text[1:9]))))
	return strings.HasPrefix(v.text, "gAAAAA") && v.drop()
}

func isBeaker(v *value) bool {
	_, text, ok := HexSigned(v.text, "")
	return ok && len(text) > 20 && !consists(text, hexDigits) && decoded(text) != "" && v.drop()
}

func isSpring(v *value) bool {
	text, ok := decode64(v.text)
	if !ok || !uuid.MatchString(text) {
		return false
	}
	v.detail = "the UUID is " + text
	return v.drop()
}

var uuid = regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
