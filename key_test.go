package saltine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// secret is a key that nothing but an explicit conversion may show.
const secret = "correct horse battery staple"

func TestKeyIsRedacted(t *testing.T) {
	key := saltine.Key(secret)
	opts := saltine.Options{Fallbacks: []saltine.Key{key}}
	signer := newSigner(t, key, &opts)
	timestamp, err := saltine.NewTimestampSigner(key, &opts)
	if err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(key, &saltine.StoreOptions{Options: opts})
	if err != nil {
		t.Fatal(err)
	}
	session := store.New()
	values := map[string]any{
		"key": key, "pointer": &key, "slice": []saltine.Key{key}, "map": map[string]saltine.Key{"k": key},
		"struct": struct{ K saltine.Key }{key}, "options": opts, "options pointer": &opts,
		"signer": signer, "timestamp signer": timestamp, "store": store, "session": session,
		"error": errors.Join(fmt.Errorf("with %v", key), key.Check()),
	}
	for name, v := range values {
		for verb := range strings.FieldsSeq("%v %+v %#v %s %q %x %X %d %t %T %08b %c %U %e") {
			if got := fmt.Sprintf(verb, v); leaks(got) {
				t.Errorf("%s printed with %s shows the key", name, verb)
			}
		}
		var logged bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
			slog.New(h).Info("test", "value", v, slog.Group("group", "value", v))
		}
		if leaks(logged.String()) {
			t.Errorf("%s logged with slog shows the key", name)
		}
		if text, err := json.Marshal(v); err == nil && leaks(string(text)) {
			t.Errorf("%s as JSON shows the key", name)
		}
	}
	if string(key) != secret {
		t.Error("an explicit conversion must give the key")
	}
}

// What a panic prints of a key when the program dies of it.
func TestPanicShowsNoKey(t *testing.T) {
	key := saltine.Key(secret)
	values := map[string]any{
		"key": key, "pointer": &key, "options": saltine.Options{Fallbacks: []saltine.Key{key}}, "signer": newSigner(t, key, nil),
		"error": fmt.Errorf("%w: %v", saltine.ErrInvalidKey, key),
	}
	if name := os.Getenv("SALTINE_TEST_PANIC"); name != "" {
		panic(values[name])
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range values {
		cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestPanicShowsNoKey$")
		cmd.Env = append(os.Environ(), "SALTINE_TEST_PANIC="+name)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic: ") {
			t.Errorf("%s: %v, and no panic", name, err)
		}
		if leaks(string(out)) {
			t.Errorf("a panic with %s shows the key", name)
		}
	}
}

// leaks looks for the secret, plain, quoted or in hexadecimal.
func leaks(text string) bool {
	return strings.Contains(text, secret) ||
		strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", secret)) ||
		strings.Contains(text, strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
}

func TestKeyCheck(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		key          saltine.Key
		ok           bool
	}{
		{"empty", "signs for everybody", "", false},
		{"short", "Django's check wants 50 characters", saltine.Key(strings.Repeat("abcdefg", 7)), false},
		{"uniform", "Django's check wants five different characters", saltine.Key(strings.Repeat("abcd", 20)), false},
		{"insecure prefix", "startproject marks its keys", "django-insecure-" + testKey, false},
		{"good", "long and varied", testKey, true},
		{"bytes", "keys need not be text", saltine.Key(strings.Repeat("\xff\x00\x01\x02\x03", 10)), true},
	} {
		err := tt.key.Check()
		if (err == nil) != tt.ok {
			t.Errorf("%s: Check() = %v, want ok %v: %s", tt.name, err, tt.ok, tt.reason)
		}
		if err != nil {
			if got := kind(t, err); got != "invalid key" {
				t.Errorf("%s: kind %s, want invalid key", tt.name, got)
			}
			if tt.key != "" && strings.Contains(err.Error(), string(tt.key)) {
				t.Errorf("%s: the error shows the key", tt.name)
			}
		}
	}
}
