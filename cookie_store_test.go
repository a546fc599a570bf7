package saltine_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// sign makes the cookie of a payload, signed at start with the key and salt of
// newStore.
func sign(t testing.TB, payload string) string {
	t.Helper()
	signer := newTimestampSigner(t, &saltine.Options{Salt: saltine.SaltSignedCookies, Now: at(start)})
	cookie, err := signer.AppendSignPayload(nil, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return string(cookie)
}

func TestSaveAndLoad(t *testing.T) {
	store := newStore(t, nil)
	s := store.New()
	s.Set("user", "ann")
	s.Set("visits", 3)
	s.Set("rate", 1.0)
	value := save(t, store, s)
	if s.Key() != value || !s.Modified() || !s.Accessed() {
		t.Error("Save must leave the session with its new key, accessed and modified")
	}
	loaded, err := store.Load(value)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Accessed() || loaded.Modified() {
		t.Error("a loaded session is neither accessed nor modified")
	}
	got := maps.Collect(loaded.Items())
	want := map[string]any{"user": "ann", "visits": int64(3), "rate": 1.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if v := loaded.Verification(); v.Key != 0 || !v.SignedAt.Equal(start) || v.Size != len(value) {
		t.Errorf("Verification() = %+v", v)
	}
}

// What was not set goes out as it came, and where it stood.
func TestLossless(t *testing.T) {
	const odd = `"f":1.0,"big":1180591620717411303424,"nan":NaN,"inf":-Infinity,"lone":"\ud800x","esc":"\u00e9\u003c","exp":1E2,"nested":{"b":1,"a":[1.50,null]}`
	for _, tt := range []struct {
		name, reason   string
		payload, saved string
		change         func(*saltine.Session)
	}{
		{"one set", "in its place", `{"a":1,` + odd + `}`, `{"a":"x",` + odd + `}`, func(s *saltine.Session) { s.Set("a", "x") }},
		{"one added", "at the end", `{` + odd + `}`, `{` + odd + `,"z":[]}`, func(s *saltine.Session) { s.Set("z", []int{}) }},
		{"one deleted", "the others close up", `{"a":1,` + odd + `}`, `{` + odd + `}`, func(s *saltine.Session) { s.Delete("a") }},
		{"all read", "reading writes nothing", `{` + odd + `}`, `{` + odd + `}`, func(s *saltine.Session) {
			for key := range s.Keys() {
				s.Get(key)
			}
		}},
		{"twice", "the last value wins, at the first place", `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`, nil},
		{"latin-1", "bytes are characters", "{\"\xe9\":\"\xe9\"}", "{\"\xe9\":\"\xe9\"}", nil},
		{"white space", "between members it goes, within values it stays", "{ \"a\" : [1, 2] }", `{"a":[1, 2]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newStore(t, &saltine.StoreOptions{Options: saltine.Options{Compression: saltine.CompressionNone}})
			s, err := store.Load(sign(t, tt.payload))
			if err != nil {
				t.Fatal(err)
			}
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(sign(t, tt.saved), save(t, store, s)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.reason, diff)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	store := newStore(t, nil)
	good := sign(t, `{"a":1}`)
	for _, tt := range []struct {
		name, reason, value string
		key                 string
		kind                string
		modified            bool
	}{
		{"good", "read as it is", good, good, "none", false},
		{"forged", "a new session, to be saved over the bad cookie", "x" + good, "x" + good, "bad signature", true},
		{"no object", "our own key signed it", sign(t, `[1]`), sign(t, `[1]`), "malformed", true},
		{"seven characters", "Django counts that as no cookie", "abcdefg", "", "none", false},
		{"seven characters of two bytes", "characters, not bytes", "ééééééé", "", "none", false},
		{"eight characters", "a cookie, and a bad one", "abcdefgh", "abcdefgh", "bad signature", true},
		{"nothing", "no cookie", "", "", "none", false},
	} {
		s := store.Open(tt.value)
		if s.Accessed() || s.Modified() || s.Key() != tt.key {
			t.Errorf("%s: opening alone must change nothing: %s", tt.name, tt.reason)
		}
		if v := s.Get("a"); tt.name == "good" && v != int64(1) || tt.name != "good" && v != nil {
			t.Errorf("%s: Get gives %v: %s", tt.name, v, tt.reason)
		}
		if got := kind(t, s.Err()); got != tt.kind || s.Modified() != tt.modified || !s.Accessed() {
			t.Errorf("%s: Err %v, modified %v, accessed %v: %s", tt.name, s.Err(), s.Modified(), s.Accessed(), tt.reason)
		}
	}
	if _, err := store.Save(store.Open(sign(t, `[1]`))); err != nil {
		t.Errorf("a refused cookie must not stand in the way of a new one: %v", err)
	}
	s := store.Open("x" + good)
	if kind(t, s.Err()) != "bad signature" || s.Accessed() {
		t.Error("Err reads the cookie, and does not count as access")
	}
}

// No object is ever returned beside an error.
func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, payload, kind string }{
		{"not JSON", `{broken`, "malformed"},
		{"broken deep inside", `{"a":[{"b":tru}]}`, "malformed"},
		{"a list", `[1]`, "malformed"},
		{"null", `null`, "malformed"},
		{"a pickle", "\x80\x05}\x94.", "malformed"},
	} {
		s, err := newStore(t, nil).Load(sign(t, tt.payload))
		if kind(t, err) != tt.kind || s != nil {
			t.Errorf("%s: %v, %v", tt.name, s, err)
		}
	}
	if _, err := newStore(t, nil).Load(sign(t, "\x80\x05}\x94.")); !strings.Contains(err.Error(), "pickle") {
		t.Errorf("a pickle is not named: %v", err)
	}
}

// Django through 6.1 takes any JSON for a session, and fails in the view.
func TestLoadAnyJSON(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Expiry: saltine.ExpiryCookieAge})
	for _, payload := range []string{`[1]`, `null`, `"text"`, `1`} {
		s, err := store.Load(sign(t, payload))
		if err != nil {
			t.Fatal(err)
		}
		if kind(t, s.Err()) != "malformed" || s.Get("a") != nil || s.Len() != 0 {
			t.Errorf("%s: Err %v, Len %d", payload, s.Err(), s.Len())
		}
		if err := store.Open(sign(t, payload)).Err(); kind(t, err) != "malformed" {
			t.Errorf("%s: Err after Open: %v", payload, err)
		}
		s.Set("a", 1)
		if _, err := store.Save(s); kind(t, err) != "malformed" {
			t.Errorf("%s: saving over what could not be read: %v", payload, err)
		}
		s.Clear()
		s.Set("a", 1)
		if _, err := store.Save(s); err != nil {
			t.Errorf("%s: saving after Clear: %v", payload, err)
		}
	}
}

func TestExpiryPolicies(t *testing.T) {
	const (
		cookieAge = 1000 * time.Second
		short     = `{"_session_expiry":300}`
		long      = `{"_session_expiry":5000}`
		none      = `{"a":1}`
		browser   = `{"_session_expiry":0}`
		isoDate   = `{"_session_expiry":"2023-11-14T22:18:20+00:00"}` // start + 300 s
		naive     = `{"_session_expiry":"2023-11-14T22:18:20"}`
	)
	policies := []saltine.ExpiryPolicy{saltine.ExpiryEarliest, saltine.ExpiryCookieAge, saltine.ExpirySession}
	for _, tt := range []struct {
		name, payload string
		age           time.Duration
		kinds         [3]string // by policy, in the order above
	}{
		{"own expiry not reached", short, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"own expiry reached", short, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"own expiry longer", long, 1001 * time.Second, [3]string{"expired", "expired", "none"}},
		{"own expiry longer, reached", long, 5000 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"no own expiry", none, 999 * time.Second, [3]string{"none", "none", "none"}},
		{"no own expiry, to the second", none, 1000 * time.Second, [3]string{"expired", "none", "expired"}},
		{"no own expiry, later", none, 1001 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"browser close", browser, 999 * time.Second, [3]string{"none", "none", "none"}},
		{"browser close, later", browser, 1001 * time.Second, [3]string{"expired", "expired", "expired"}},
		{"date ahead", isoDate, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"date reached", isoDate, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"naive date ahead", naive, 299 * time.Second, [3]string{"none", "none", "none"}},
		{"naive date reached", naive, 300 * time.Second, [3]string{"expired", "none", "expired"}},
		{"no date", `{"_session_expiry":"soon"}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"beyond all dates", `{"_session_expiry":1e300}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"no number", `{"_session_expiry":NaN}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"a list", `{"_session_expiry":[1]}`, 0, [3]string{"malformed", "none", "malformed"}},
		{"an empty list", `{"_session_expiry":[]}`, 0, [3]string{"none", "none", "none"}},
	} {
		for i, policy := range policies {
			store := newStore(t, &saltine.StoreOptions{
				CookieAge: cookieAge,
				Expiry:    policy,
				Options:   saltine.Options{Now: at(start.Add(tt.age))},
			})
			if _, err := store.Load(sign(t, tt.payload)); kind(t, err) != tt.kinds[i] {
				t.Errorf("%s, policy %d: %v, want kind %s", tt.name, policy, err, tt.kinds[i])
			}
		}
	}
}

func TestNaiveDatesAreInLocation(t *testing.T) {
	east := time.FixedZone("", 3600)
	for _, location := range []*time.Location{nil, east} {
		store := newStore(t, &saltine.StoreOptions{Location: location, Expiry: saltine.ExpiryCookieAge})
		s, err := store.Load(sign(t, `{"_session_expiry":"2023-11-14T22:18:20"}`))
		if err != nil {
			t.Fatal(err)
		}
		want := 300 * time.Second
		if location == east {
			want -= time.Hour
		}
		if got, err := s.ExpiryAge(); err != nil || got != want {
			t.Errorf("in %v: ExpiryAge() = %v, %v, want %v", location, got, err, want)
		}
	}
}

func TestSaveNamesWhatIsTooLarge(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Options: saltine.Options{MaxTokenLen: 200, Compression: saltine.CompressionNone}})
	s := store.New()
	s.Set("small", 1)
	s.Set("large", strings.Repeat("x", 300))
	_, err := store.Save(s)
	size, ok := errors.AsType[*saltine.SizeError](err)
	if !ok || size.What != "token" || size.Limit != 200 || size.Size <= 200 {
		t.Fatalf("got %v", err)
	}
	want := []saltine.KeySize{{Key: "large", Size: 311}, {Key: "small", Size: 10}}
	if diff := cmp.Diff(want, size.Keys); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if text := err.Error(); !strings.Contains(text, `"large" 311, "small" 10`) || strings.Contains(text, "xxx") {
		t.Errorf("got %s", text)
	}
	if s.Key() != "" {
		t.Error("a session that was not saved has no key")
	}
	s.Delete("large")
	save(t, store, s)
}

func TestSaveNamesWhatCannotBeWritten(t *testing.T) {
	store := newStore(t, nil)
	for name, v := range map[string]any{"func": func() {}, "channel": make(chan int), "complex": 1i, "not UTF-8": "\xff"} {
		s := store.New()
		s.Set("good", 1)
		s.Set("bad", v)
		_, err := store.Save(s)
		field, ok := errors.AsType[*saltine.FieldError](err)
		if !ok || field.Key != "bad" || kind(t, err) != "unsupported" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := store.Encode(s); kind(t, err) != "unsupported" {
			t.Errorf("%s: Encode: %v", name, err)
		}
		s.Set("bad", "now good")
		save(t, store, s)
	}
	s := store.New()
	s.Set("bad\xff", 1)
	s.Set("bad\xff", 2)
	if _, err := store.Save(s); kind(t, err) != "unsupported" {
		t.Errorf("a name that is not UTF-8: %v", err)
	}
	s.Delete("bad\xff")
	save(t, store, s)
}

// upper is a Serializer that is not JSON's, on the outside.
type upper struct{}

func (upper) Dumps(dst []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	return append(append(dst, "UPPER"...), text...), err
}

func (upper) Loads(payload []byte, v any) error {
	text, ok := strings.CutPrefix(string(payload), "UPPER")
	if !ok {
		return saltine.ErrMalformed
	}
	return json.Unmarshal([]byte(text), v)
}

func TestOtherSerializer(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Options: saltine.Options{Serializer: upper{}}})
	s := store.New()
	s.Set("b", []any{"x", true})
	s.Set("a", 1)
	loaded, err := store.Load(save(t, store, s))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, slices.Collect(loaded.Keys())); diff != "" {
		t.Errorf("keys (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]any{"x", true}, loaded.Get("b")); diff != "" {
		t.Errorf("b (-want +got)\n%s", diff)
	}
	if _, err := store.Load(sign(t, `{}`)); kind(t, err) != "malformed" {
		t.Errorf("JSON where the serializer wants something else: %v", err)
	}
}

func TestSaveMovesBetweenStores(t *testing.T) {
	from := newStore(t, nil)
	to, err := saltine.NewCookieStore("another key", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := from.Load(sign(t, `{"f":1.0}`))
	if err != nil {
		t.Fatal(err)
	}
	moved, err := to.Load(save(t, to, s))
	if err != nil || moved.Get("f") != 1.0 {
		t.Errorf("got %v, %v", moved, err)
	}
}

func TestEncodeDecode(t *testing.T) {
	store := newStore(t, nil)
	s := store.New()
	s.Set("a", 1)
	data, err := store.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Decode(data)
	if err != nil || got.Get("a") != int64(1) || got.Key() != "" {
		t.Fatalf("Decode = %v, %v", got, err)
	}
	if _, err := store.Load(data); kind(t, err) != "bad signature" {
		t.Errorf("session_data taken for a cookie: %v", err)
	}
	if _, err := store.Decode(save(t, store, s)); kind(t, err) != "bad signature" {
		t.Errorf("a cookie taken for session_data: %v", err)
	}
	for _, bad := range []string{"", "x", data[1:], data + "x", strings.Repeat("A", 1<<20)} {
		for form := range saltine.SessionDataWriteLegacy + 1 {
			store := newStore(t, &saltine.StoreOptions{DataForm: form})
			if s, err := store.Decode(bad); kind(t, err) != "bad signature" || s != nil {
				t.Errorf("form %d, %d bytes: %v, %v", form, len(bad), s, err)
			}
		}
	}
}

func TestEncodeLegacy(t *testing.T) {
	for _, salt := range []saltine.Salt{"", "django.contrib.sessions.CustomStore"} {
		write := newStore(t, &saltine.StoreOptions{DataSalt: salt, DataForm: saltine.SessionDataWriteLegacy})
		read := newStore(t, &saltine.StoreOptions{DataSalt: salt, DataForm: saltine.SessionDataReadLegacy})
		s := write.New()
		s.Set("a", 1)
		data, err := write.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, store := range []*saltine.CookieStore{write, read} {
			got, err := store.Decode(data)
			if err != nil || got.Get("a") != int64(1) || !got.Verification().NeedsResign() {
				t.Errorf("Decode: %v", err)
			}
		}
		if _, err := newStore(t, &saltine.StoreOptions{DataSalt: salt}).Decode(data); kind(t, err) != "bad signature" {
			t.Errorf("the old form without being asked for: %v", err)
		}
		modern, err := read.Encode(s)
		if err != nil || !strings.Contains(modern, ":") {
			t.Errorf("reading the old form must not write it: %v", err)
		}
	}
}

// The limits hold for both forms, both ways.
func TestSessionDataLimits(t *testing.T) {
	for _, limits := range []saltine.Options{{MaxPayloadLen: 100}, {MaxTokenLen: 150}} {
		for form := range saltine.SessionDataWriteLegacy + 1 {
			store := newStore(t, &saltine.StoreOptions{Options: limits, DataForm: form})
			s := store.New()
			s.Set("large", strings.Repeat("0123456789abcdef", 8)+start.String())
			_, err := store.Encode(s)
			size, ok := errors.AsType[*saltine.SizeError](err)
			if form == saltine.SessionDataWriteLegacy || limits.MaxPayloadLen > 0 {
				if !ok || len(size.Keys) != 1 {
					t.Errorf("form %d: Encode: %v", form, err)
				}
			}
			data, err := newStore(t, &saltine.StoreOptions{DataForm: form}).Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Decode(data); limits.MaxPayloadLen > 0 && kind(t, err) != "too large" {
				t.Errorf("form %d: Decode: %v", form, err)
			}
		}
	}
}

func TestNoOps(t *testing.T) {
	store := newStore(t, nil)
	if store.Exists(sign(t, `{}`)) {
		t.Error("Exists is always false")
	}
	if err := store.ClearExpired(); err != nil {
		t.Errorf("ClearExpired: %v", err)
	}
}

func TestZeroSession(t *testing.T) {
	var s saltine.Session
	s.Set("a", 1)
	s.SetExpiry(saltine.ExpireIn(time.Hour))
	if s.Get("a") != int64(1) || s.Err() != nil || s.ExpiresAtBrowserClose() {
		t.Error("the zero Session is an empty session")
	}
	if _, err := s.ExpiryAge(); err != nil {
		t.Error(err)
	}
	if err := s.Save(); kind(t, err) != "invalid option" {
		t.Errorf("Save: %v", err)
	}
	if value, err := newStore(t, nil).Save(&s); err != nil || value == "" {
		t.Errorf("a store's Save: %v", err)
	}
}
