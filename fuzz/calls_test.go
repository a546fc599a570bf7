package fuzz_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// FuzzSessionCalls reads its input as a program: how a session begins, and then
// calls, a byte each with the bytes of its arguments. Every call is made on a
// Session and on a model of Django's rules, and after every one they agree on its
// result, on names, values and order as they would be saved, on accessed,
// modified, emptiness and key, on the time of the signature, and on the kind of error
// of saving.
func FuzzSessionCalls(f *testing.F) {
	for i := range byte(len(calls)) {
		for _, beginning := range [][]byte{{0, 0, 0, 0, 0, 0}, {1, 0, 1, 0, 1, 0}, {2, 1, 2, 0, 5, 0}, {1, 2, 0, 1, 1, 2}, {3, 2, 3, 4, 3, 1}, {1, 0, 1, 0, 1, 1}, {1, 1, 1, 0, 1, 3}} {
			f.Add(append(beginning, i, 0, 1, i, 7, 9, 2, 4, 3, i, 1, 0, 2, 8, 8))
		}
	}
	for i := range byte(len(values)) { // each of them as an expiry
		f.Add([]byte{0, 0, 0, 0, 0, 0, 2, 2, i, 22, 23, 24, 25, 16})
	}
	for kind := range byte(8) { // SetExpiry of each kind, under each policy, and Save
		for policy := range byte(len(policies)) {
			f.Add([]byte{0, policy, 0, 0, 0, 0, 21, 10, kind, 22, 23, 24, 25, 16})
		}
	}
	f.Add([]byte{1, 1, 1, 0, 0, 1, 0, 0, 35, 20, 16, 17}) // guarded, and saved later
	f.Add([]byte{1, 1, 1, 0, 0, 3, 0, 0, 12, 16, 14, 16}) // unavailable, cleared, destroyed
	f.Add([]byte{1, 1, 1, 0, 0, 3, 0, 0, 13, 26, 16})     // unavailable, flushed
	f.Add([]byte{0, 0, 0, 0, 0, 0, 2, 0, 0, 5, 0, 1})     // a null is no missing value
	for i := range byte(len(payloads)) {
		f.Add([]byte{1, 1, i, 0, 0, 2, 1, 1, 9, 22, 23, 24, 25, 19, 5})
		f.Add([]byte{2, 0, i, 1, 2, 0, 5, 9, 22, 23, 24, 25, 19, 5})
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		skipLong(t, program)
		r := begin(t, &source{program})
		r.compare()
		for !r.source.isEmpty() {
			calls[r.source.choice(len(calls))](r)
			r.compare()
		}
		r.reload()
	})
}

// skipLong keeps programs short: longer ones find nothing more, and are slow.
func skipLong(t *testing.T, program []byte) {
	t.Helper()
	if len(program) > 400 {
		t.Skip("too long a program")
	}
}

// names are those that calls choose from: few, so that they meet each other's
// values.
var names = []member{
	{key: "a", name: `"a"`, isWritable: true},
	{key: "b", name: `"b"`, isWritable: true},
	{key: expiryKey, name: `"_session_expiry"`, isWritable: true},
	{key: "testcookie", name: `"testcookie"`, isWritable: true},
	{key: "", name: `""`, isWritable: true},
	{key: "ключ", name: `"\u043a\u043b\u044e\u0447"`, isWritable: true},
	{key: "\uFFFD", name: `"\ufffd"`, isWritable: true},
	{key: "\xff"},
}

// value is a Go value, and what becomes of it.
type value struct {
	set any
	member
}

var values = []value{
	{nil, member{text: "null", isWritable: true}},
	{true, member{text: "true", value: true, ending: ending{kind: bySeconds, seconds: 1}, isWritable: true}},
	{false, member{text: "false", value: false, ending: ending{kind: bySeconds}, isWritable: true}},
	{0, member{text: "0", value: int64(0), ending: ending{kind: bySeconds}, isWritable: true}},
	{-5, member{text: "-5", value: int64(-5), ending: ending{kind: bySeconds, seconds: -5}, isWritable: true}},
	{2.5, member{text: "2.5", value: 2.5, ending: ending{kind: bySeconds, seconds: 2.5}, isWritable: true}},
	{3e9, member{text: "3000000000.0", value: 3e9, ending: ending{kind: bySeconds, seconds: 3e9}, isWritable: true}},
	{1e300, member{text: "1e+300", value: 1e300, ending: ending{kind: bySeconds, seconds: 1e300}, isWritable: true}},
	{math.Inf(-1), member{text: "-Infinity", value: math.Inf(-1), ending: ending{kind: bySeconds, seconds: math.Inf(-1)}, isWritable: true}},
	{math.NaN(), member{text: "NaN", value: math.NaN(), ending: ending{kind: byNothing}, isWritable: true}},
	{"", member{text: `""`, value: "", ending: ending{kind: byEmptyText}, isWritable: true}},
	{"worked", member{text: `"worked"`, value: "worked", ending: ending{kind: byNothing}, isWritable: true}},
	{"2023-11-14T22:14:20.5Z", member{text: `"2023-11-14T22:14:20.5Z"`, value: "2023-11-14T22:14:20.5Z", ending: ending{kind: byDate, date: start.Add(60500 * time.Millisecond)}, isWritable: true}},
	{[]int{}, member{text: "[]", value: []any{}, isWritable: true}},
	{[]any{1, "x"}, member{text: `[1,"x"]`, value: []any{int64(1), "x"}, ending: ending{kind: byNothing}, isWritable: true}},
	{map[string]int{}, member{text: "{}", value: map[string]any{}, isWritable: true}},
	{json.RawMessage(`{"a": 1.0}`), member{text: `{"a":1.0}`, value: map[string]any{"a": 1.0}, ending: ending{kind: byNothing}, isWritable: true}},
	{strings.Repeat("x", payloadLimit), member{text: `"` + strings.Repeat("x", payloadLimit) + `"`, value: strings.Repeat("x", payloadLimit), ending: ending{kind: byNothing}, isWritable: true}},
	{func() {}, member{text: "null"}},
	{"\xff", member{text: `"\ufffd"`, value: "\uFFFD", ending: ending{kind: byNothing}, isWritable: true}},
}

// payloadLimit is small: one of the values is over it.
const payloadLimit = 300

// payloads are those that a session may begin with.
var payloads = []payload{
	{`{}`, nil, good},
	{`{"a":1.50,"b":[1E2,null]}`, []member{
		{"a", `"a"`, "1.50", 1.5, ending{}, true},
		{"b", `"b"`, "[1E2,null]", []any{100.0, nil}, ending{}, true},
	}, good},
	{` { "b" : [ 1 , 2 ], "a" : "\ud800" , "b" : "\u00E9" } `, []member{
		{"b", `"b"`, `"\u00E9"`, "é", ending{}, true},
		{"a", `"a"`, `"\ud800"`, "\uFFFD", ending{}, true},
	}, good},
	{`{"\udfff":1,"\ud800":2,"\ufffd":3}`, []member{
		{"\uFFFD", `"\udfff"`, "1", int64(1), ending{}, true},
		{"\uFFFD", `"\ud800"`, "2", int64(2), ending{}, true},
		{"\uFFFD", `"\ufffd"`, "3", int64(3), ending{}, true},
	}, good},
	{`{"testcookie":"worked","":NaN}`, []member{
		{"testcookie", `"testcookie"`, `"worked"`, "worked", ending{}, true},
		{"", `""`, "NaN", math.NaN(), ending{}, true},
	}, good},
	{`{"_session_expiry":60,"a":true}`, []member{
		{expiryKey, `"_session_expiry"`, "60", int64(60), ending{kind: bySeconds, seconds: 60}, true},
		{"a", `"a"`, "true", true, ending{kind: bySeconds, seconds: 1}, true},
	}, good},
	{`{"_session_expiry":"2023-11-14T23:13:20+01:00"}`, []member{
		{expiryKey, `"_session_expiry"`, `"2023-11-14T23:13:20+01:00"`, "2023-11-14T23:13:20+01:00", ending{kind: byDate, date: start}, true},
	}, good},
	{`{"_session_expiry":"soon"}`, []member{{expiryKey, `"_session_expiry"`, `"soon"`, "soon", ending{kind: byNothing}, true}}, good},
	{`{"_session_expiry":0}`, []member{{expiryKey, `"_session_expiry"`, "0", int64(0), ending{kind: bySeconds}, true}}, good},
	{`{"_session_expiry":1e400}`, []member{{expiryKey, `"_session_expiry"`, "1e400", math.Inf(1), ending{kind: bySeconds, seconds: math.Inf(1)}, true}}, good},
	{`[{"a":1}]`, nil, notObject},
	{`null`, nil, notObject},
	{`{"a":1`, nil, malformed},
	{"\x80\x04}\x94.", nil, malformed},
}

// runner makes calls on a session and on its model.
type runner struct {
	t       *testing.T
	source  *source
	store   *saltine.CookieStore
	cookies *saltine.TimestampSigner // signs as the store does
	column  *saltine.SessionData
	data    *saltine.TimestampSigner // signs as column does
	session *saltine.Session
	model   *model
	asked   int
	log     []string
}

func (r *runner) logf(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

func (r *runner) failf(format string, args ...any) {
	r.t.Helper()
	r.t.Fatalf("%s\nafter: %s", fmt.Sprintf(format, args...), strings.Join(r.log, "; "))
}

// begin makes a session: how is chosen by the first byte.
func begin(t *testing.T, src *source) *runner {
	how := src.choice(4)
	r := prepare(t, src)
	switch how {
	case 0:
		r.logf("New")
		r.model.key = ""
		r.session = r.store.New()
	case 1:
		r.open()
	case 2:
		r.load()
	case 3:
		r.decode()
	}
	return r
}

// prepare makes a store, and in the model the cookie to open: the next bytes
// choose policy, payload, fault of the cookie, its age, and guard.
func prepare(t *testing.T, src *source) *runner {
	m := &model{cookieAge: 100 * time.Second, now: start}
	m.policy = policies[src.choice(len(policies))]
	m.cookie.payload = payloads[src.choice(len(payloads))]
	fault := src.choice(4)
	age := []time.Duration{0, time.Second, 60 * time.Second, 100 * time.Second, 101 * time.Second, -time.Second}[src.choice(6)]
	m.guard = guard(src.choice(4))
	m.atClose = m.guard == letsThrough // any byte will do

	r := &runner{t: t, source: src, model: m}
	opts := saltine.Options{MaxPayloadLen: payloadLimit, Now: func() time.Time { return m.now }}
	r.store = must(saltine.NewCookieStore(testKeys, &saltine.StoreOptions{
		CookieAge: m.cookieAge, ExpireAtBrowserClose: m.atClose, ExpiryPolicy: m.policy,
		MaxPayloadLen: opts.MaxPayloadLen, Now: opts.Now,
	}))
	r.column = must(saltine.NewSessionData(testKeys, &opts))
	opts.Salt = "django.contrib.sessions.SessionStore"
	r.data = must(saltine.NewTimestampSigner(testKeys, &opts))
	opts.Salt = "django.contrib.sessions.backends.signed_cookies"
	r.cookies = must(saltine.NewTimestampSigner(testKeys, &opts))
	r.logf("payload %q, age %v, fault %d, policy %d, guard %d", m.cookie.payload.text, age, fault, m.policy, m.guard)

	m.cookie.signedAt = start.Add(-age)
	m.now = m.cookie.signedAt
	m.key = string(must(r.cookies.AppendSignPayload(nil, []byte(m.cookie.payload.text))))
	m.now = start
	switch fault {
	case 1:
		m.cookie.isForged = true
		m.key = "x" + m.key
	case 2:
		m.cookie.isForged = true
		m.key = "12345678"
	}
	return r
}

func (r *runner) open() {
	r.logf("Open")
	r.session = r.store.Open(context.Background(), r.model.key)
	if r.model.guard != noGuard {
		r.model.notAfter = r.model.now
		r.session.Guard(r.guard)
	}
}

// guard looks at the data, which must not count as access.
func (r *runner) guard(s *saltine.Session) error {
	r.asked++
	s.Get("a")
	s.SetAccessed(true)
	switch r.model.guard {
	case refuses:
		return errors.New("signed out")
	case cannotTell:
		return fmt.Errorf("%w: nobody there to ask", saltine.ErrUnavailable)
	}
	return nil
}

// load opens the session where it cannot be loaded.
func (r *runner) load() {
	unguarded := *r.model
	unguarded.guard = noGuard
	unguarded.load()
	session, err := r.store.Load(r.model.key)
	if unguarded.modified { // loading failed
		requireKind(r.t, "Load", err, unguarded.err)
		r.open()
		return
	}
	requireKind(r.t, "Load", err, good)
	r.logf("Load")
	r.session, *r.model = session, unguarded
}

// decode takes the payload for session_data, of which no age is checked, and moves it
// into a new session: what was decoded belongs to no store.
func (r *runner) decode() {
	data := must(r.data.AppendSignPayload(nil, []byte(r.model.cookie.payload.text)))
	decoded, err := r.column.Decode(string(data))
	if r.model.cookie.payload.kind != good {
		requireKind(r.t, "Decode", err, malformed)
		r.open()
		return
	}
	requireKind(r.t, "Decode", err, good)
	r.logf("Decode")
	r.requireSame(len(data), decoded.Verification().Size)
	for _, save := range []func() error{decoded.Save, decoded.Create, decoded.CycleKey} {
		requireKind(r.t, "saving without a store", save(), invalidOption)
	}
	r.session = r.store.New()
	r.session.Replace(decoded)
	r.model.key = ""
	r.model.clear()
	r.model.members = slices.Clone(r.model.cookie.payload.members)
}

// compare looks at everything that changes nothing.
func (r *runner) compare() {
	r.t.Helper()
	s, m := r.session, r.model
	if s.Accessed() != m.accessed || s.Modified() != m.modified || s.IsEmpty() != m.isEmpty() {
		r.failf("accessed %v, modified %v, empty %v, want %v, %v, %v", s.Accessed(), s.Modified(), s.IsEmpty(), m.accessed, m.modified, m.isEmpty())
	}
	if s.Key() != m.key {
		r.failf("Key is %q, want %q", s.Key(), m.key)
	}
	if m.loaded { // Encode would load it
		text, err := r.column.Encode(s)
		r.requireSaved("Encode", r.data, text, err)
	}
	if r.asked != m.asked {
		r.failf("the guard was asked %d times, want %d", r.asked, m.asked)
	}
}

// requireSaved compares what was saved with what should have been.
func (r *runner) requireSaved(what string, signer *saltine.TimestampSigner, token string, err error) {
	r.t.Helper()
	want := r.model.saved(payloadLimit)
	if got := kindOf(r.t, err); got != want {
		r.failf("%s: %s (%v), want %s", what, got, err, want)
	}
	if err != nil {
		if token != "" {
			r.failf("%s gives %q beside %v", what, token, err)
		}
		return
	}
	payload, err := signer.AppendUnsignPayload(nil, token, saltine.NoMaxAge)
	if err != nil || string(payload) != r.model.text() {
		r.failf("%s: %q, %v, want %q", what, payload, err, r.model.text())
	}
	if signer != r.cookies {
		return
	}
	if v, err := signer.Verify(token, saltine.NoMaxAge); err != nil || !v.SignedAt.Equal(r.model.stamp()) {
		r.failf("%s: signed at %v, %v, want %v", what, v.SignedAt, err, r.model.stamp())
	}
}

// reload reads at the end what was saved last, or would be.
func (r *runner) reload() {
	r.model.load()
	cookie, err := r.store.Save(r.session)
	r.requireSaved("Save at the end", r.cookies, cookie, err)
	if err != nil {
		return
	}
	lenient := must(saltine.NewCookieStore(testKeys, &saltine.StoreOptions{
		Now: func() time.Time { return r.model.now }, ExpiryPolicy: saltine.ExpiryCookieAge,
	}))
	session, err := lenient.Load(cookie)
	if err != nil {
		r.failf("Load at the end: %v", err)
	}
	i := 0
	for key, value := range session.Items() {
		if want := r.model.members[i]; key != want.key || !isSame(want.value, value) {
			r.failf("%q is %#v, want %q, %#v", key, value, want.key, want.value)
		}
		i++
	}
	if i != len(r.model.members) {
		r.failf("%d values, want %d", i, len(r.model.members))
	}
}
