package messages_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

// cookieKey is what Django makes of it for cookies.
const cookieKey = "django.http.cookies" + testKey

// start is the clock of the tests.
var start = time.Unix(1700000000, 0)

func now() time.Time { return start }

func newCodec(t testing.TB, opts *messages.Options) *messages.Codec {
	t.Helper()
	o := messages.Options{}
	if opts != nil {
		o = *opts
	}
	if o.Now == nil {
		o.Now = now
	}
	codec, err := messages.New(testKey, &o)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func newSigner(t testing.TB, opts saltine.Options) *saltine.TimestampSigner {
	t.Helper()
	opts.Salt, opts.Now = saltine.SaltMessages, now
	signer, err := saltine.NewTimestampSigner(cookieKey, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// cookie32, cookie31 and cookie14 sign a JSON text in the three forms.
func cookie32(t testing.TB, text string) string {
	t.Helper()
	token, err := newSigner(t, saltine.Options{}).AppendSignPayload(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(token)
}

func cookie31(t testing.TB, text string) string {
	t.Helper()
	return newSigner(t, saltine.Options{}).Sign(text)
}

func cookie14(t testing.TB, key saltine.Key, text string) string {
	t.Helper()
	mac, err := saltine.SaltedHMAC("django.contrib.messages", []byte(text), key, saltine.SHA1)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(mac) + "$" + text
}

// kinds are the error kinds of this package with the names that tests give
// them.
var kinds = []struct {
	name string
	err  error
}{
	{"bad signature", saltine.ErrBadSignature},
	{"malformed", saltine.ErrMalformed},
	{"too large", saltine.ErrTooLarge},
	{"invalid key", saltine.ErrInvalidKey},
	{"invalid option", saltine.ErrInvalidOption},
	{"unsupported", saltine.ErrUnsupported},
}

// kind names the one kind of err, and fails the test if there are more or
// less.
func kind(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return "none"
	}
	found := ""
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			if found != "" {
				t.Errorf("error is both %s and %s: %v", found, k.name, err)
			}
			found = k.name
		}
	}
	if found == "" || errors.Is(err, saltine.ErrSignatureExpired) {
		t.Errorf("error is of no kind of this package: %v", err)
	}
	return found
}
