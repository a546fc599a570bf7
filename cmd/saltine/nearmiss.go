package main

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/paste"
)

// nearMiss is what a signature is right with that was not asked for. That is a fact about
// the signature, and makes nothing valid.
type nearMiss struct {
	Salt        string `json:"salt,omitempty"`      // another one
	Algorithm   string `json:"algorithm,omitempty"` // another one
	Spelling    string `json:"spelling,omitempty"`  // of the key
	KeyNumber   int    `json:"key_number"`          // of the key as it was given, from 1
	Fingerprint string `json:"fingerprint"`         // of the key as it was spelled then
	Cookies     bool   `json:"cookies,omitempty"`   // with the prefix of Django's cookies

	next []string
}

// spelling is what happens to a key on its way from one place to another.
type spelling struct {
	what string // the key, completed
	next string
	make func(string) []string
}

const (
	nextSame   = "spell the key alike in all services: "
	nextExact  = nextSame + "put the exact text into the file, one key a line, and read it in Django's settings with .strip()"
	nextQuotes = nextSame + "docker run --env-file and systemd keep quotes that other readers of .env files remove"
)

// spellings are tried for every key, in order.
func spellings() []spelling {
	one := func(f func(string) string) func(string) []string {
		return func(key string) []string { return []string{f(key)} }
	}
	return []spelling{
		{"", "", one(func(key string) string { return key })},
		{"without white space around it", nextExact, one(strings.TrimSpace)},
		{"with a line break behind it", nextSame + "Django reads it from a file with its last line break: use .read().strip() in its settings", one(func(key string) string { return key + "\n" })},
		{"with CR LF behind it", nextSame + "Django reads it from a file of Windows: use .read().strip() in its settings", one(func(key string) string { return key + "\r\n" })},
		{"with a carriage return behind it", nextSame + "a file of Windows was split at LF alone: convert it with dos2unix", one(func(key string) string { return key + "\r" })},
		{"with a blank behind it", nextExact, one(func(key string) string { return key + " " })},
		{"without quotes around it", nextQuotes, one(func(key string) string { return strings.Trim(strings.TrimSpace(key), `"'`+"`") })},
		{"in double quotes", nextQuotes, one(func(key string) string { return `"` + key + `"` })},
		{"in single quotes", nextQuotes, one(func(key string) string { return "'" + key + "'" })},
		{"without the name and = in front of it", nextSame + "the line of an .env file is NAME=value: take what is behind the = sign", one(withoutName)},
		{"without the b of a bytes literal and its quotes", nextSame + "take what is between the quotes", one(func(key string) string { return strings.Trim(strings.TrimPrefix(key, "b"), `"'`) })},
		{"up to the # that begins a comment in an .env file", nextQuotes + "; put the value into quotes where it has a #", beforeComment},
		{"up to the $ that a shell or docker compose takes for a variable", nextSame + "put it into single quotes, and write $$ in a compose file", beforeVariables},
		{"with $$ as $", nextSame + "docker compose reads $$ as $", one(func(key string) string { return strings.ReplaceAll(key, "$$", "$") })},
		{"with $ as $$", nextSame + "docker compose reads $$ as $", one(func(key string) string { return strings.ReplaceAll(key, "$", "$$") })},
		{"with %% as %", nextSame + "an .ini file writes % as %%", one(func(key string) string { return strings.ReplaceAll(key, "%%", "%") })},
		{"with % as %%", nextSame + "an .ini file writes % as %%", one(func(key string) string { return strings.ReplaceAll(key, "%", "%%") })},
		{"without backslashes", nextSame + "a shell or a file format takes \\ for an escape", one(func(key string) string { return strings.ReplaceAll(key, `\`, "") })},
		{"with its escapes decoded", nextSame + "JSON and YAML decode \\ in double quotes", unescaped},
		{"decoded from base64", nextSame + "a secret of Kubernetes is base64 in its manifest: decode it with base64 -d", decodedKey},
		{"in base64", nextSame + "a secret of Kubernetes is base64 in its manifest: Django was given the encoded one", one(func(key string) string { return base64.StdEncoding.EncodeToString([]byte(key)) })},
		{"with HTML entities decoded", nextSame + "a web page escaped it: &amp; is &", one(func(key string) string {
			return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#39;", "'", "&#x27;", "'").Replace(key)
		})},
		{"without django-insecure- in front of it", nextSame + "the prefix is a part of the key", one(func(key string) string { return strings.TrimPrefix(key, "django-insecure-") })},
		{"with django-insecure- in front of it", nextSame + "the prefix is a part of the key", one(func(key string) string { return "django-insecure-" + key })},
		{"as one of several on its line", "put every key on a line of its own, the signing key first", parts},
		{"in small letters", nextExact, one(strings.ToLower)},
	}
}

var nameInFront = regexp.MustCompile(`^\s*(?:export\s+|set\s+)?[A-Za-z_][A-Za-z0-9_]*\s*[=:]\s*`)

func withoutName(key string) string {
	rest := strings.TrimSpace(key[len(nameInFront.FindString(key)):])
	return strings.Trim(strings.TrimSuffix(rest, ","), `"'`)
}

func beforeComment(key string) []string {
	var list []string
	for i := 1; i < len(key) && len(list) < 5; i++ {
		if key[i] == '#' {
			list = append(list, key[:i], strings.TrimSpace(key[:i]))
		}
	}
	return list
}

var variable = regexp.MustCompile(`\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|\$[0-9!#*@?-]`)

func beforeVariables(key string) []string {
	list := []string{variable.ReplaceAllString(key, "")}
	if at := strings.IndexByte(key, '$'); at > 0 {
		list = append(list, key[:at])
	}
	return list
}

func unescaped(key string) []string {
	text, err := strconv.Unquote(`"` + strings.Trim(key, `"`) + `"`)
	if err != nil {
		return nil
	}
	return []string{text}
}

func decodedKey(key string) []string {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(data) == 0 {
		return nil
	}
	return []string{string(data), strings.TrimRight(string(data), "\r\n")}
}

// parts are the keys of a list on one line, as of SECRET_KEY_FALLBACKS.
func parts(key string) []string {
	var list []string
	for _, separator := range []string{",", " ", ";", `\n`} {
		if strings.Count(key, separator) > 8 {
			continue
		}
		for part := range strings.SplitSeq(key, separator) {
			list = append(list, bareKey(part))
		}
		for at := strings.Index(key, separator); at >= 0; at = nextIndex(key, separator, at) {
			list = append(list, bareKey(key[:at]), bareKey(key[at+len(separator):]))
		}
	}
	return list
}

// bareKey is a part of a list without what lists have around their parts.
func bareKey(part string) string { return strings.Trim(strings.TrimSpace(part), `"'[]()`) }

// nextIndex returns where a separator stands behind at, or -1.
func nextIndex(s, separator string, at int) int {
	next := strings.Index(s[at+1:], separator)
	if next < 0 {
		return -1
	}
	return at + 1 + next
}

// The most keys and the longest value that near misses are looked for with.
const (
	maxMissKeys  = 8
	maxMissValue = 16 << 10
)

// findMiss looks for what the signature of the value is right with.
func (v *verification) findMiss(value string) *nearMiss {
	p := paste.Split(value, v.separator)
	if len(value) > maxMissValue {
		return nil
	}
	if digest, text, ok := paste.HexSigned(value, "$"); ok {
		return v.findHexMiss(digest, text, string(saltMessages), kindMessages)
	}
	if digest, text, ok := paste.HexSigned(base64Text(value), ":"); ok {
		return v.findHexMiss(digest, text, "django.contrib.sessionsSessionStore", kindData)
	}
	var hashes []crypto.Hash
	for _, name := range paste.Signers(len(p.Signature)) {
		if h, err := saltine.AlgorithmByName(name); err == nil {
			hashes = append(hashes, h)
		}
	}
	for _, s := range spellings() {
		for number, key := range v.missKeys() {
			for _, text := range s.make(key) {
				if s.what != "" && (text == key || text == "") {
					continue
				}
				if m := v.tryKey(value, text, hashes); m != nil {
					m.KeyNumber, m.Spelling = number+1, s.what
					return v.complete(m, s.next)
				}
			}
		}
	}
	return nil
}

// missKeys are the texts of the keys, as they were given.
func (v *verification) missKeys() []string {
	var list []string
	for _, key := range v.keys.texts[:min(len(v.keys.texts), maxMissKeys)] {
		list = append(list, string(key))
	}
	return list
}

// tryKey tries a key with every salt, hash and purpose.
func (v *verification) tryKey(value, key string, hashes []crypto.Hash) *nearMiss {
	for _, hash := range hashes {
		ring, err := saltine.NewKeyring(saltine.Key(key), &saltine.KeyringOptions{Algorithm: hash})
		if err != nil {
			continue
		}
		for _, cookies := range []bool{v.forCookies(), !v.forCookies()} {
			use := ring
			if cookies {
				use = ring.ForCookies()
			}
			for _, salt := range v.missSalts(cookies) {
				if v.isSignedBy(use, value, salt) {
					return &nearMiss{Salt: string(salt), Algorithm: algorithmName(hash), Cookies: cookies, Fingerprint: saltine.Key(key).Fingerprint()}
				}
			}
		}
	}
	return nil
}

func (v *verification) isSignedBy(ring saltine.Keyring, value string, salt saltine.Salt) bool {
	signer, err := saltine.NewSigner(ring, &saltine.Options{Salt: salt, Separator: v.separator})
	if err != nil {
		return false
	}
	_, err = signer.Verify(value)
	return err == nil
}

// missSalts are the salts that are often mixed up: Django's own, and those of signed
// cookies of the names that were pasted.
func (v *verification) missSalts(cookies bool) []saltine.Salt {
	salts := []saltine.Salt{}
	if v.kind != kindCookie {
		salts = append(salts, v.opts.Salt)
	}
	salts = append(salts, kindSession.salt, kindDumps.salt, saltSessionStore, saltTimestampSigner, saltSigner, saltCookieSigner, saltMessages)
	if !cookies {
		return salts
	}
	argument := v.opts.Salt
	if v.kind != kindCookie && argument == v.kind.salt {
		argument = ""
	}
	for _, name := range []string{v.name, v.pasted.cookie.Name, "sessionid", "messages"} {
		if name != "" {
			for _, arg := range []saltine.Salt{argument, ""} {
				salts = append(salts, cookieSalt(name, arg), saltine.Salt(name)+arg)
			}
		}
	}
	return salts
}

// cookieSalt is the salt of set_signed_cookie since Django 5.2.15 and 6.0.6.
func cookieSalt(name string, argument saltine.Salt) saltine.Salt {
	return saltine.Salt(fmt.Sprintf("django.http.cookies.v2:%d:%s%s", len([]rune(string(argument))), argument, name))
}

// findHexMiss looks for the key of an HMAC in hexadecimal.
func (v *verification) findHexMiss(digest, text, salt string, k kind) *nearMiss {
	for _, s := range spellings() {
		for number, key := range v.missKeys() {
			for _, spelled := range s.make(key) {
				ring, err := saltine.NewKeyring(saltine.Key(spelled), nil)
				if err != nil || s.what != "" && spelled == key {
					continue
				}
				if _, err := ring.VerifySaltedHMAC(saltine.Salt(salt), []byte(text), digest, crypto.SHA1); err == nil {
					m := &nearMiss{Algorithm: "sha1", Spelling: s.what, KeyNumber: number + 1, Fingerprint: saltine.Key(spelled).Fingerprint(), next: []string{s.next}}
					if k != v.kind {
						m.next = append(m.next, "verify it with: saltine verify "+k.flag+" --key-file FILE")
					}
					return m
				}
			}
		}
	}
	return nil
}

// complete leaves out of a miss what was asked for, and adds what to do.
func (v *verification) complete(m *nearMiss, next string) *nearMiss {
	if next != "" {
		m.next = append(m.next, next)
	}
	salt := saltine.Salt(m.Salt)
	if hash, err := saltine.AlgorithmByName(m.Algorithm); err == nil && v.accepts(hash) {
		m.Algorithm = ""
	} else {
		m.next = append(m.next, "verify it with: saltine verify --legacy-algorithm "+m.Algorithm+" --key-file FILE; a Go service needs it among KeyringOptions.LegacyAlgorithms, and "+v.djangoReads(m.Algorithm))
	}
	if m.Cookies == v.forCookies() && v.kind != kindCookie && salt == v.opts.Salt {
		m.Salt, m.Cookies = "", false
		return m
	}
	m.next = append(m.next, v.nextSalt(salt, m.Cookies))
	return m
}

// djangoReads says how Django reads a value of another algorithm.
func (v *verification) djangoReads(algorithm string) string {
	if v.kind == kindPlain {
		return "Django reads it with TimestampSigner(algorithm='" + algorithm + "')"
	}
	return "Django 4.0 and later never read it"
}

func (v *verification) accepts(hash crypto.Hash) bool {
	return slices.Contains(v.hashes, hash)
}

// nextSalt says how a value of a salt is verified.
func (v *verification) nextSalt(salt saltine.Salt, cookies bool) string {
	command := "verify it with: saltine verify "
	switch {
	case cookies && salt == saltMessages:
		return command + "--messages --key-file FILE: it is a cookie of django.contrib.messages"
	case cookies && v.nameOf(salt) != "":
		return command + "--name " + v.nameOf(salt) + " --key-file FILE: it is a cookie of set_signed_cookie"
	case cookies:
		return command + "--name NAME --key-file FILE, with the cookie's own name (and --salt SALT if the code gives one): it is a cookie of set_signed_cookie"
	case salt == kindSession.salt:
		return command + "--key-file FILE, without --dumps, --plain, --name and --salt: it is a session cookie"
	case salt == saltSessionStore:
		return command + "--session-data --key-file FILE: it is a row of django_session, and no cookie"
	case salt == kindDumps.salt:
		return command + "--dumps --key-file FILE: it is a value of signing.dumps, and no session"
	case salt == saltTimestampSigner:
		return command + "--plain --key-file FILE: it is text of a TimestampSigner, and no session"
	}
	return "look for the code that signs with the salt " + string(salt) + ": a session has " + string(kindSession.salt)
}

// nameOf returns the name of the cookie whose salt this is, without a salt argument.
func (v *verification) nameOf(salt saltine.Salt) string {
	for _, name := range []string{v.name, v.pasted.cookie.Name} {
		if paste.IsPlainName(name) && (salt == cookieSalt(name, "") || salt == saltine.Salt(name)) {
			return name
		}
	}
	return ""
}

// text names a miss: never the key itself.
func (m *nearMiss) text() string {
	var with []string
	if m.Spelling != "" {
		with = append(with, fmt.Sprintf("key %d %s, which is another key, with the fingerprint %s", m.KeyNumber, m.Spelling, m.Fingerprint))
	}
	if m.Cookies {
		with = append(with, "django.http.cookies in front of the key, as set_signed_cookie and messages use")
	}
	if m.Salt != "" {
		with = append(with, "--salt "+m.Salt)
	}
	if m.Algorithm != "" {
		with = append(with, "--legacy-algorithm "+m.Algorithm)
	}
	text := "the signature is right with " + strings.Join(with, ", and with ")
	if m.Spelling == "" {
		text += fmt.Sprintf(" (key %d, %s)", m.KeyNumber, m.Fingerprint)
	}
	return text
}
