package paste

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// BrowserLimit is what browsers keep of one cookie, name and value together, in bytes.
const BrowserLimit = 4096

// The kinds of findings.
const (
	FromCopying = "copying" // what happened to the value on its way here
	OfCookie    = "cookie"  // what is wrong with the cookie, by its size, times and attributes
	OfAnswer    = "answer"  // what the server answered, if that is in the text too
	OfForm      = "form"    // what the value is
	FromKey     = "key"     // what the key says of it
)

// Finding is one reason, and what to do about it.
type Finding struct {
	Kind  string   `json:"kind"`
	Cause string   `json:"cause"`
	Next  []string `json:"next,omitempty"`
}

// Other is a cookie of the same text that was not chosen.
type Other struct {
	Name   string `json:"name,omitempty"`
	Source string `json:"source,omitempty"` // where it stood, unless that is where the chosen one did
	Form   string `json:"form"`
	What   string `json:"what"`
	Size   int    `json:"size"`
}

// Report is what is known of a pasted text without a key. As JSON it never holds a value
// whose form is a secret.
type Report struct {
	Verified bool   `json:"verified"` // always false
	Form     string `json:"form"`     // one of Forms
	What     string `json:"what"`
	// Findings are what is wrong or worth knowing, the most telling first, that of the
	// form last.
	Findings []Finding `json:"findings"`

	Name       string   `json:"name,omitempty"`
	Source     string   `json:"source,omitempty"`
	Attributes []string `json:"attributes,omitempty"`
	Undone     []Undone `json:"undone,omitempty"`
	Others     []Other  `json:"others,omitempty"`

	Size            int             `json:"size"`
	BrowserLimit    int             `json:"browser_limit"`
	SignedAt        string          `json:"signed_at,omitempty"`
	SignedAtUnix    *int64          `json:"signed_at_unix,omitempty"`
	AgeSeconds      *int64          `json:"age_seconds,omitempty"`
	SignatureLength int             `json:"signature_length"`
	Algorithms      []string        `json:"algorithms,omitempty"`
	Compressed      bool            `json:"compressed"`
	Pickle          bool            `json:"pickle"`
	PayloadSize     int             `json:"payload_size"`
	Payload         json.RawMessage `json:"payload,omitempty"`
	PayloadText     string          `json:"payload_text,omitempty"`
	Cut             *Cut            `json:"cut,omitempty"`

	Parts   Parts   `json:"-"`
	Content Payload `json:"-"`
}

// Readable reports whether the value is one that Django signs or keeps, and whole.
func (r *Report) Readable() bool { return readable[r.Form] }

var readable = map[string]bool{
	"pickle": true, "messages": true, "messages of Django 3.1": true, "messages before Django 3.1": true,
	"session_data before Django 3.1": true, "sealed session": true, "session_data": true, "empty session": true, "object": true,
	"object without a time": true, "session key": true, "text": true,
}

// isDjangos reports whether a value is Django's, whole or not: other software encodes its
// cookies, and decodes them.
func (r *Report) isDjangos() bool {
	return readable[r.Form] || r.Cut != nil || r.Form == "damaged payload"
}

// IsCookie reports whether the value may be one of a cookie, and not some other text.
func (r *Report) IsCookie() bool {
	rank := rankOf(r.Form)
	return r.Name != "" || rank != rankJunk && rank != rankUnknown
}

// InTable reports whether the value is a row of the session table, which no browser sees.
func (r *Report) InTable() bool {
	return strings.HasPrefix(r.Form, "session_data") || r.Source == sourceRow
}

// Describe tells what the chosen cookie of a pasted text is, as of now. The error is of
// kind saltine.ErrTooLarge, for a value or a payload beyond the limits.
func Describe(p Pasted, now time.Time, o *Options) (*Report, error) {
	c := p.Cookies[p.Best]
	if len(c.Value) > MaxToken {
		err := error(&saltine.SizeError{What: "token", Size: len(c.Value), Limit: MaxToken})
		if c.Source == "" && len(c.Value) > maxSearched {
			err = fmt.Errorf("%w: no cookie is in its first %d bytes, and no more was searched: take the line that has one (grep sessionid FILE | tail -1 | saltine inspect), or verify all of a log: saltine rotate --key-file FILE < LOG", err, maxSearched)
		} else if c.Source == "" {
			err = fmt.Errorf("%w: no cookie was found in it: take the line that has one (grep sessionid FILE | tail -1 | saltine inspect)", err)
		}
		return nil, err
	}
	v := newValue(c.Value, c.Name, c.Source, o.separator())
	if v.tooLarge != nil {
		return nil, v.tooLarge
	}
	form, _ := v.recognise()
	r := &Report{
		Form: form.Name, What: form.What,
		Name: c.Name, Source: c.Source, Attributes: c.Attributes, Undone: c.Undone,
		Size: len(c.Value), BrowserLimit: BrowserLimit, Cut: v.cut,
	}
	if !form.Secret && rankOf(form.Name) != rankJunk && form.Name != unknownForm.Name {
		r.Parts, r.Content = v.parts, v.payload
	}
	r.fill(now)
	if v.cut != nil {
		form.Next = v.cut.next()
		if c.Source == sourceRow {
			r.What = "row of django_session whose session_data is cut"
			form.Next = []string{
				"select the whole column: SELECT session_data FROM django_session WHERE session_key = '...'; look out for LEFT(...), the width of a client's columns, and a column of varchar(255), which has to be text",
				"Django takes such a row for an empty session: if the table has it so, delete the row, and the user signs in anew",
			}
		}
	}
	r.Findings = append(r.problems(p, now), Finding{OfForm, cause(form, v), withName(form.Next, c.Name)})
	r.Others = others(p)
	return r, nil
}

// withName puts the cookie's own name into command lines.
func withName(next []string, name string) []string {
	list := make([]string, 0, len(next))
	for _, text := range next {
		if IsPlainName(name) {
			text = strings.ReplaceAll(text, "--name NAME", "--name "+name)
		}
		list = append(list, text)
	}
	return list
}

// IsPlainName reports whether the name of a cookie can stand in a command line.
func IsPlainName(name string) bool { return consists(name, base62Digits+"_.-") && len(name) <= 40 }

func rankOf(form string) rank {
	for _, t := range tables() {
		for _, row := range t.rows {
			if row.Name == form {
				return t.rank
			}
		}
	}
	return rankUnknown
}

func cause(form Form, v *value) string {
	if v.cut != nil {
		return v.detail
	}
	if v.detail != "" {
		return form.Cause + "; " + v.detail
	}
	return form.Cause
}

// fill sets what follows from parts and payload.
func (r *Report) fill(now time.Time) {
	p, content := r.Parts, r.Content
	r.SignatureLength = len(p.Signature)
	if IsSignature(p.Signature) {
		r.Algorithms = Signers(len(p.Signature))
	}
	if p.Stamped {
		unix, seconds := p.SignedAt.Unix(), int64(now.Sub(p.SignedAt).Seconds())
		if r.Parts.NoTime() {
			seconds = now.Unix() - unix
		}
		r.SignedAtUnix, r.AgeSeconds = &unix, &seconds
		if year := p.SignedAt.UTC().Year(); year >= 1 && year <= 9999 {
			r.SignedAt = p.SignedAt.UTC().Format(time.RFC3339)
		}
	}
	r.Compressed, r.Pickle, r.PayloadSize = content.Compressed, content.Pickle, len(content.Text)
	r.Payload, r.PayloadText = Standard(content.Canonical), JSONText(content)
}

// Standard returns canonical JSON as a value for a JSON object, or nil where NaN and
// infinities make it something that others cannot read.
func Standard(canonical string) json.RawMessage {
	if !json.Valid([]byte(canonical)) {
		return nil
	}
	return json.RawMessage(canonical)
}

// JSONText returns the exact text of a payload for a field of JSON, where bytes of JSON
// are latin-1, as Python reads them.
func JSONText(p Payload) string {
	if p.Canonical != "" {
		return Latin1(p.Text)
	}
	return strings.ToValidUTF8(p.Text, "\uFFFD")
}

func others(p Pasted) []Other {
	var list []Other
	for i, c := range p.Cookies {
		if i == p.Best {
			continue
		}
		other := Other{Name: c.Name, Form: c.form.Name, What: c.form.What, Size: len(c.Value)}
		if c.Source != p.Cookies[p.Best].Source {
			other.Source = c.Source
		}
		list = append(list, other)
	}
	return list
}

// problems are what is wrong with a cookie, or worth knowing, whatever its form.
func (r *Report) problems(p Pasted, now time.Time) []Finding {
	var found []Finding
	for i, u := range r.Undone {
		if u.cause != "" && !slices.Contains(r.Undone[:i], u) && (u.Name != encoded || r.isDjangos()) {
			found = append(found, Finding{FromCopying, u.cause, []string{u.next}})
		}
	}
	add := func(cause string, next ...string) { found = append(found, Finding{OfCookie, cause, next}) }
	r.problemsOfSet(add, now)
	if wasDeleted(p) {
		found = append(found, Finding{
			OfAnswer, "the server deleted the cookie in the answer to this request: it refused the cookie, as with another key or after its age, or somebody signed out, or the session became empty",
			[]string{"verify the cookie of the request: saltine verify --key-file FILE; if it is good, look whether the request was a logout"},
		})
	}
	if cause := without(p); cause != "" {
		add(cause, "sign in first; then look why the browser does not send it: SESSION_COOKIE_NAME, the Path and Domain it was set with, Secure over plain HTTP, SameSite, or a size over 4096 bytes")
	}
	if p.Several > 1 {
		where := "the request has"
		if best := p.Cookies[p.Best]; best.ofResponse() {
			where = "the response sets"
		}
		add(fmt.Sprintf(where+" %d cookies named %s with different values: Django takes the last one, Go's Request.Cookie the first; browsers send several where Path or Domain differ", p.Several, r.nameText()),
			"delete all of them in the browser and sign in anew; then look which service sets the second: all have to agree on SESSION_COOKIE_DOMAIN and SESSION_COOKIE_PATH")
	}
	if size := r.Size + len(r.Name); size > BrowserLimit && r.Source != sourceRow && r.IsCookie() {
		shows := ""
		if r.Content.Text != "" {
			shows = ": the payload shows what takes the room"
		}
		add(fmt.Sprintf("it is too large: %d bytes with its name, of %d that browsers keep. They drop it in silence, so the session seems lost or old", size, BrowserLimit),
			"keep ids in the session and not objects"+shows+"; or move to a SESSION_ENGINE on the server")
	}
	if r.Parts.Stamped && rankOf(r.Form) == rankDjango {
		r.problemsOfTime(add, now)
		r.problemsOfContent(add)
	}
	return found
}

// wasDeleted reports whether a response in the text deletes the cookie of the request.
func wasDeleted(p Pasted) bool {
	best := p.Cookies[p.Best]
	return !best.ofResponse() && slices.ContainsFunc(p.Cookies, func(c Cookie) bool { return c.Name == best.Name && c.deletes() })
}

// without says that a header holds no session at all.
func without(p Pasted) string {
	var names []string
	for _, c := range p.Cookies {
		if !strings.HasPrefix(c.Source, sourceHeader) || c.rank == rankDjango && c.form.Name != "csrf token" || strings.EqualFold(c.Name, "sessionid") {
			return ""
		}
		if IsPlainName(c.Name) && len(names) < 10 {
			names = append(names, c.Name)
		}
	}
	return "there is no session of Django among the cookies of this header: " + strings.Join(names, ", ")
}

func (r *Report) nameText() string {
	if IsPlainName(r.Name) {
		return r.Name
	}
	return "the same"
}

// problemsOfTime are about clocks and ages.
func (r *Report) problemsOfTime(add func(string, ...string), now time.Time) {
	const cookieAge = 1209600 * time.Second
	switch age := now.Sub(r.Parts.SignedAt); {
	case r.Parts.NoTime():
		add(NotTime(r.Parts.SignedAt.Unix()), NextTime)
	case age < -time.Second:
		add("it was signed in the future, by this machine's clock: "+Age(-age)+" from now; Django accepts that, a store with MaxClockSkew may not",
			"compare the clocks: date -u here and on the server that signed it; run NTP on both")
	case age > cookieAge && r.Source != sourceRow && r.Form != "messages":
		add("it is older than two weeks, the default of SESSION_COOKIE_AGE: Django refuses it as expired, unless that setting is longer",
			"sign in anew; if it came too early: look at SESSION_COOKIE_AGE in Django and CookieAge in Go, and at SESSION_SAVE_EVERY_REQUEST")
	}
	switch len(r.Parts.Signature) {
	case 27:
		add("the signature has 27 characters: SHA-1, which Django 1.4 to 3.0 made, and 3.1 and 3.2 with DEFAULT_HASHING_ALGORITHM = 'sha1'. Django 4.0 and later refuse it",
			"verify it with: saltine verify --legacy-algorithm sha1 --key-file FILE; in Go add crypto.SHA1 to LegacyAlgorithms")
	case 43:
	default:
		if len(r.Algorithms) > 0 {
			add("the signature is not SHA-256's: "+strings.Join(r.Algorithms, " or ")+" make this length",
				"verify it with: saltine verify --algorithm "+r.Algorithms[0]+" --key-file FILE")
		}
	}
}

// problemsOfContent are about what a session holds.
func (r *Report) problemsOfContent(add func(string, ...string)) {
	if strings.ContainsAny(r.Parts.Body, "=+/") {
		add("the payload has =, + or /, which Django never writes: somebody converted the base64, and then the signature is wrong", "do not convert the value: take it from the browser as it is")
	}
	var session map[string]json.RawMessage
	if r.Form != "object" && r.Form != "session_data" || json.Unmarshal(r.Payload, &session) != nil {
		if r.Form == "object" && r.Content.Canonical != "" && r.Content.Canonical[0] != '{' {
			add("the payload is no JSON object: it is of signing.dumps, and no session", "verify it with: saltine verify --dumps --key-file FILE (and --salt SALT if the code gives one)")
		}
		return
	}
	if expiry, ok := session["_session_expiry"]; ok && string(expiry) != "null" {
		add("the session has an expiry of its own, "+string(expiry)+" in _session_expiry; Django through 6.1 does not look at that when it reads a cookie, saltine does",
			"look for set_expiry in the code of the login")
	}
	if _, ok := session["_auth_user_id"]; !ok {
		return
	}
	var hash string
	if json.Unmarshal(session["_auth_user_hash"], &hash) != nil || hash == "" {
		add("somebody is signed in by _auth_user_id, and there is no _auth_user_hash: Django 1.10 and later sign that user out", "sign in anew")
	} else if len(hash) == 40 {
		add("_auth_user_hash has 40 characters: SHA-1, of Django 3.0 or earlier. Django 4.0 and later sign that user out", "sign in anew on the new Django")
	}
}

// problemsOfLife are about how long the browser keeps a cookie: Max-Age counts before
// Expires.
func (r *Report) problemsOfLife(add func(string, ...string), maxAge, expires string, now time.Time) {
	const short = 60
	if sec, err := strconv.ParseInt(maxAge, 10, 64); err == nil {
		if sec <= short {
			add("Max-Age="+maxAge+": the browser drops the cookie after "+Plural(sec, "second"), "look at SESSION_COOKIE_AGE, and for set_expiry in the code; it counts seconds")
		}
		return
	}
	end, err := time.Parse(time.RFC1123, strings.ReplaceAll(expires, "-", " "))
	if err != nil || end.After(now) {
		return
	}
	cause := "its expires is " + Age(now.Sub(end)) + " ago: browsers have dropped the cookie"
	if r.Parts.Stamped && end.Before(r.Parts.SignedAt) {
		cause = "its expires lies before its signing: browsers drop the cookie at once"
	}
	add(cause, "compare the clock of the server with date -u, and look at SESSION_COOKIE_AGE and for set_expiry in the code")
}

// problemsOfSet are about the attributes of a Set-Cookie line.
func (r *Report) problemsOfSet(add func(string, ...string), now time.Time) {
	if !strings.HasPrefix(r.Source, sourceSetCookie) {
		return
	}
	has := map[string]string{}
	for _, attribute := range r.Attributes {
		name, val, _ := strings.Cut(attribute, "=")
		has[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(val)
	}
	_, secure := has["secure"]
	_, domain := has["domain"]
	if has["max-age"] == "0" || strings.HasPrefix(has["max-age"], "-") || strings.Contains(has["expires"], "1970") {
		add("this Set-Cookie line deletes the cookie (Max-Age=0, or a date in 1970): Django does that at logout, and where a session became empty",
			"look at the request before it: was it a logout, or was its cookie refused (saltine verify --key-file FILE)?")
	} else {
		r.problemsOfLife(add, has["max-age"], has["expires"], now)
	}
	if path := has["path"]; path != "" && path != "/" {
		add("the cookie has a path other than /: browsers send it to that path and below, and to no other page of the host", "set SESSION_COOKIE_PATH = '/', unless several applications share the host and each has a path of its own")
	}
	if strings.EqualFold(has["samesite"], "none") && !secure {
		add("SameSite=None without Secure: browsers refuse the cookie", "set SESSION_COOKIE_SECURE = True")
	}
	if strings.HasPrefix(r.Name, "__Host-") && (domain || has["path"] != "/" || !secure) {
		add("a name with __Host- needs Secure, Path=/ and no Domain: browsers refuse the cookie", "remove SESSION_COOKIE_DOMAIN, and set SESSION_COOKIE_SECURE = True")
	}
	if strings.HasPrefix(r.Name, "__Secure-") && !secure {
		add("a name with __Secure- needs Secure: browsers refuse the cookie", "set SESSION_COOKIE_SECURE = True")
	}
}
