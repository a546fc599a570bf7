package sealed_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/sealed"
	"github.com/seed-52756201/saltine/vectors"
)

const canary = "canary-7f3a9c51"

func TestSealAndOpen(t *testing.T) {
	box := newBox(t, nil)
	for _, text := range []string{
		``, `{}`, `{"n":1}`, `{"s":"` + strings.Repeat("x", 5000) + `"}`, "\x80", "\x80\x00", "\x00\x00", "not JSON \xff",
	} {
		payload := dumps(t, box, text)
		got, err := box.LoadsJSON([]byte("kept "), payload)
		if err != nil || string(got) != "kept "+text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
		if appended := dumpsTo(t, box, "kept ", text); !strings.HasPrefix(string(appended), "kept \x01") {
			t.Errorf("appended as %q", appended)
		}
	}
}

func dumpsTo(t *testing.T, box *sealed.Box, dst, text string) []byte {
	t.Helper()
	got, err := box.DumpsJSON([]byte(dst), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What is not a session is sealed as well: a Box is any signer's serializer.
func TestDumpsAndLoads(t *testing.T) {
	box, keys := newBox(t, nil), newKeyring(t, testKey)
	token, err := keys.Dumps(map[string]any{"a": 1.0, "b": canary}, &saltine.Options{Serializer: box})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := keys.Loads(token, &got, time.Hour, &saltine.Options{Serializer: box}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"a": 1.0, "b": canary}, got); diff != "" {
		t.Error(diff)
	}
	var wrong []int
	if err := box.Loads(dumps(t, box, `{}`), &wrong); kind(t, err) != "wrong type" {
		t.Errorf("an object as a list: %v", err)
	}
	if err := box.Loads(dumps(t, box, `{`), &got); kind(t, err) != "malformed" {
		t.Errorf("half an object: %v", err)
	}
	if _, err := box.Dumps(nil, make(chan int)); kind(t, err) != "unsupported" {
		t.Errorf("a channel: %v", err)
	}
}

// A cookie holds no byte of a value, in whatever way it is decoded, and neither half of
// a nonce comes twice.
func TestCookiesHideValues(t *testing.T) {
	const cookies = 10_000
	keys := newKeyring(t, testKey)
	store := newStore(t, keys, newBox(t, nil))
	seen := map[string]bool{}
	for range cookies {
		s := store.New()
		s.Set("name-"+canary, canary)
		s.Set("list", []string{canary, strings.Repeat(canary, 3)})
		cookie := save(t, store, s)
		checkHidden(t, cookie)
		payload := decodePayload(t, cookie)
		seen[cookie], seen["first "+string(payload[1:13])], seen["second "+string(payload[13:25])] = true, true, true
	}
	if len(seen) != 3*cookies {
		t.Errorf("%d equal sessions gave %d cookies and halves of nonces, want three for each", cookies, len(seen))
	}
	plain := newStore(t, keys, nil)
	s := plain.New()
	s.Set("name", canary)
	if !shows(t, save(t, plain, s)) {
		t.Error("the test does not find the canary where it is")
	}
}

func checkHidden(t *testing.T, cookie string) {
	t.Helper()
	if shows(t, cookie) {
		t.Fatalf("a value is in the cookie %s", cookie)
	}
}

// shows reports whether five bytes of the canary stand together in the cookie or in
// its payload. By chance they do once in 10^9 cookies.
func shows(t *testing.T, cookie string) bool {
	t.Helper()
	payload := decodePayload(t, cookie)
	for i := range len(canary) - 5 {
		if part := canary[i : i+5]; strings.Contains(cookie, part) || bytes.Contains(payload, []byte(part)) {
			return true
		}
	}
	return false
}

func decodePayload(t *testing.T, cookie string) []byte {
	t.Helper()
	text, _, _ := strings.Cut(cookie, ":")
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// Every bit counts: version, nonce, text, padding and tag.
func TestFlippedBitsRefused(t *testing.T) {
	box := newBox(t, nil)
	payload := dumps(t, box, `{"a":1}`)
	for bit := range len(payload) * 8 {
		flipped := slices.Clone(payload)
		flipped[bit/8] ^= 1 << (bit % 8)
		if text, err := box.LoadsJSON(nil, flipped); kind(t, err) != "malformed" || text != nil {
			t.Fatalf("bit %d flipped: %q, %v", bit, text, err)
		}
	}
	for n := range payload {
		if _, err := box.LoadsJSON(nil, payload[:n]); kind(t, err) != "malformed" {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := box.LoadsJSON(nil, append(payload, 0)); kind(t, err) != "malformed" {
		t.Errorf("with a byte more: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	payload := dumps(t, newBox(t, nil), `{"a":1}`)
	for _, tt := range []struct {
		name, reason string
		box          *sealed.Box
	}{
		{"another key", "it derives another", newBoxWith(t, newKeyring(t, testKey+"x"), nil)},
		{"another salt", "it is another purpose", newBox(t, &sealed.Options{Salt: "other"})},
	} {
		if _, err := tt.box.LoadsJSON(nil, payload); kind(t, err) != "malformed" {
			t.Errorf("%s (%s): %v", tt.name, tt.reason, err)
		}
	}
	box := newBox(t, nil)
	for _, plaintext := range []string{"", "{}", "\x00", "{}\x80\x01", strings.Repeat("\x00", 64)} {
		raw, err := box.SealRaw([]byte(plaintext))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := box.LoadsJSON(nil, raw); kind(t, err) != "malformed" {
			t.Errorf("the plaintext %q has no end: %v", plaintext, err)
		}
	}
}

// The first key seals, all open, and the hook tells which.
func TestRotation(t *testing.T) {
	const oldKey saltine.Key = "an older key for the tests of sealed, as public as the other"
	var opened []sealed.Opened
	box := newBoxWith(t, newKeyring(t, testKey, "unused", oldKey), &sealed.Options{
		OnOpen: func(by sealed.Opened) { opened = append(opened, by) },
	})
	older, newer := newBoxWith(t, newKeyring(t, oldKey), nil), newBox(t, nil)
	for _, payload := range [][]byte{dumps(t, older, `{}`), dumps(t, newer, `{}`), dumps(t, box, `{}`)} {
		if _, err := box.LoadsJSON(nil, payload); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]sealed.Opened{{KeyIndex: 2}, {KeyIndex: 0}, {KeyIndex: 0}}, opened); diff != "" {
		t.Errorf("OnOpen (-want +got):\n%s", diff)
	}
	if _, err := newer.LoadsJSON(nil, dumps(t, box, `{}`)); err != nil {
		t.Errorf("not the first key seals: %v", err)
	}
	if _, err := newer.LoadsJSON(nil, dumps(t, older, `{}`)); kind(t, err) != "malformed" {
		t.Errorf("a key that is not in the ring opens: %v", err)
	}
	if len(opened) != 3 {
		t.Errorf("%d calls of OnOpen, want 3", len(opened))
	}
}

// Plain sessions are taken until the end date, and written sealed.
func TestAcceptPlainUntil(t *testing.T) {
	keys := newKeyring(t, testKey)
	plain := newStore(t, keys, nil)
	s := plain.New()
	s.Set("a", 1)
	cookie := save(t, plain, s)
	for _, tt := range []struct {
		name, reason string
		until        time.Time
		want         string
	}{
		{"not set", "nothing plain was announced", time.Time{}, "malformed"},
		{"passed", "it has ended", now.Add(-time.Second), "malformed"},
		{"now", "it ends now", now, "malformed"},
		{"to come", "it still runs", now.Add(time.Nanosecond), "none"},
	} {
		var opened []sealed.Opened
		box := newBox(t, &sealed.Options{
			AcceptPlainUntil: tt.until,
			Now:              func() time.Time { return now },
			OnOpen:           func(by sealed.Opened) { opened = append(opened, by) },
		})
		store := newStore(t, keys, box)
		s, err := store.Load(cookie)
		if kind(t, err) != tt.want {
			t.Errorf("%s (%s): %v", tt.name, tt.reason, err)
		}
		if err != nil {
			if len(opened) != 0 {
				t.Errorf("%s: OnOpen was told of %v", tt.name, opened)
			}
			continue
		}
		rewritten := save(t, store, s)
		if payload := decodePayload(t, rewritten); payload[0] != 1 {
			t.Errorf("written again it is not sealed: %s", rewritten)
		}
		if got := load(t, store, rewritten).Get("a"); got != int64(1) {
			t.Errorf("the value is %v", got)
		}
		if diff := cmp.Diff([]sealed.Opened{{Plain: true}, {}}, opened); diff != "" {
			t.Errorf("OnOpen (-want +got):\n%s", diff)
		}
	}
}

// Sealed payloads stay good whatever becomes of the plain ones, and no plain
// payload is taken for a sealed one.
func TestAcceptPlainKeepsSealed(t *testing.T) {
	box := newBox(t, &sealed.Options{AcceptPlainUntil: time.Now().Add(time.Hour)}) // the default clock
	payload := dumps(t, box, `{"a":1}`)
	payload[len(payload)-1] ^= 1
	if text, err := box.LoadsJSON(nil, payload); kind(t, err) != "malformed" {
		t.Errorf("an altered payload passes as plain: %q, %v", text, err)
	}
	if text, err := box.LoadsJSON(nil, []byte(`{"a":1}`)); err != nil || string(text) != `{"a":1}` {
		t.Errorf("plain: %q, %v", text, err)
	}
}

func TestPadding(t *testing.T) {
	for _, tt := range []struct {
		name, reason        string
		padding, text, want int
	}{
		{"default", "64 bytes", 0, 10, 64},
		{"default, room for the end", "the byte after the text counts", 0, 63, 64},
		{"default, full", "the byte after the text counts", 0, 64, 128},
		{"empty", "the byte after the text counts", 0, 0, 64},
		{"none", "the byte after the text is always there", 1, 10, 11},
		{"an odd step", "any number will do", 7, 10, 14},
		{"most", "4096", 4096, 10, 4096},
	} {
		box := newBox(t, &sealed.Options{Padding: tt.padding})
		payload := dumps(t, box, strings.Repeat("x", tt.text))
		if got := len(payload) - 41; got != tt.want {
			t.Errorf("%s (%s): %d bytes, want %d", tt.name, tt.reason, got, tt.want)
		}
		if _, err := newBox(t, nil).LoadsJSON(nil, payload); err != nil {
			t.Errorf("%s: the default does not read it: %v", tt.name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		keys         saltine.Keyring
		opts         *sealed.Options
		want         string
	}{
		{"no keys", "the zero Keyring is empty", saltine.Keyring{}, nil, "invalid key"},
		{"negative padding", "there is no such length", newKeyring(t, testKey), &sealed.Options{Padding: -1}, "invalid option"},
		{"much padding", "it would fill the cookie", newKeyring(t, testKey), &sealed.Options{Padding: 4097}, "invalid option"},
	} {
		if box, err := sealed.New(tt.keys, tt.opts); kind(t, err) != tt.want || box != nil {
			t.Errorf("%s (%s): %v, %v", tt.name, tt.reason, box, err)
		}
	}
}

func TestZeroBox(t *testing.T) {
	for _, box := range []*sealed.Box{nil, {}} {
		if _, err := box.DumpsJSON(nil, []byte(`{}`)); kind(t, err) != "invalid key" {
			t.Errorf("DumpsJSON: %v", err)
		}
		if _, err := box.LoadsJSON(nil, []byte(`{}`)); kind(t, err) != "invalid key" {
			t.Errorf("LoadsJSON: %v", err)
		}
	}
}

// Compression of what is encrypted gains nothing, and does no harm.
func TestCompressionIsHarmless(t *testing.T) {
	keys, box := newKeyring(t, testKey), newBox(t, nil)
	for _, compression := range []saltine.Compression{0, saltine.CompressionBest, saltine.CompressionFast} {
		opts := &saltine.StoreOptions{Serializer: box, Compression: compression}
		store, err := saltine.NewCookieStore(keys, opts)
		if err != nil {
			t.Fatal(err)
		}
		s := store.New()
		s.Set("text", strings.Repeat("x", 3000))
		cookie := save(t, store, s)
		if got := load(t, store, cookie).Get("text"); got != strings.Repeat("x", 3000) {
			t.Errorf("the value is %v", got)
		}
		if len(cookie) < 4000 {
			t.Errorf("the cookie has %d bytes: it was compressed before", len(cookie))
		}
	}
}

// Sessions in a database can be sealed too.
func TestSessionData(t *testing.T) {
	keys := newKeyring(t, testKey)
	data, err := saltine.NewSessionData(keys, &saltine.Options{Serializer: newBox(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, keys, nil).New()
	s.Set("a", canary)
	text, err := data.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	checkHidden(t, text[strings.LastIndex(text, ".")+1:])
	s, err = data.Decode(text)
	if err != nil || s.Get("a") != canary {
		t.Errorf("decoded: %v", err)
	}
}

// Values that were not set keep their text and their order.
func TestLossless(t *testing.T) {
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	keys := newKeyring(t, testKey)
	box := newBox(t, nil)
	store, plain := newStore(t, keys, box), newStore(t, keys, nil)
	n := 0
	for _, g := range file.Groups {
		for _, v := range g.Tests {
			if g.Kind != vectors.KindSession || v.Result != vectors.Valid || g.Serializer != "" || v.Payload() == nil {
				continue
			}
			if checkLossless(t, box, plain, store, v.Payload(), keys) {
				n++
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d payloads", n)
	}
	t.Logf("%d payloads", n)
}

// checkLossless takes a payload through a plain session, and then through a sealed
// one, and reports whether it is a session.
func checkLossless(t *testing.T, box *sealed.Box, plain, store *saltine.CookieStore, payload []byte, keys saltine.Keyring) bool {
	t.Helper()
	signer, err := saltine.NewTimestampSigner(keys, &saltine.Options{Salt: store.CookieSalt(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.AppendSignPayload(nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	s, err := plain.Load(string(token))
	if err != nil {
		return false
	}
	want := decodePayload(t, save(t, plain, s))
	again := decodePayload(t, save(t, store, load(t, store, save(t, store, s))))
	got, err := box.LoadsJSON(nil, again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("through a sealed cookie (-plain +sealed):\n%s", diff)
	}
	return true
}

func TestBoxPrintsNoKey(t *testing.T) {
	box := newBox(t, nil)
	field := sealed.Field[string]{Box: box, Name: "iban"}
	type config struct {
		Box   *sealed.Box
		Field sealed.Field[string]
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	type hidden struct {
		box   *sealed.Box
		value sealed.Box
		field sealed.Field[string]
	}
	for _, v := range []any{box, *box, field, &field, config{box, field}, []any{box}, hidden{box, *box, field}, &hidden{box, *box, field}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(text)
		log.Info("a box", "box", v)
	}
	derived, err := newKeyring(t, testKey).DeriveKeys("saltine.sealed", "django.contrib.sessions.backends.signed_cookies")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{string(testKey), string(derived[0]), fmt.Sprintf("%x", derived[0]), fmt.Sprint(derived[0][:8])} {
		if strings.Contains(out.String(), strings.Trim(secret, "[]")) {
			t.Errorf("a key is printed:\n%s", out.String())
		}
	}
	if strings.Contains(out.String(), "block") || strings.Contains(out.String(), "aes.Block") {
		t.Errorf("the inside of a Box is printed:\n%s", out.String())
	}
}

// The package works where FIPS 140-3 alone is allowed.
func TestFIPS(t *testing.T) {
	if os.Getenv("SALTINE_TEST_FIPS") == "" {
		if out, err := testkit.Again(t, "SALTINE_TEST_FIPS=only", "GODEBUG=fips140=only"); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	store := newStore(t, newKeyring(t, testKey), newBox(t, nil))
	s := store.New()
	s.Set("a", canary)
	if got := load(t, store, save(t, store, s)).Get("a"); got != canary {
		t.Errorf("the value is %v", got)
	}
}

// A Box has no state: the race detector says so.
func TestConcurrentUse(t *testing.T) {
	box := newBox(t, nil)
	payload := dumps(t, box, `{"a":1}`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				_, errLoad := box.LoadsJSON(nil, payload)
				if _, err := box.DumpsJSON(nil, []byte(`{"b":2}`)); err != nil || errLoad != nil {
					t.Error(err, errLoad)
				}
			}
		})
	}
	all.Wait()
}
