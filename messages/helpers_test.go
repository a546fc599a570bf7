package messages_test

import (
	"crypto"
	_ "crypto/sha1" // of cookies before Django 3.1
	"encoding/hex"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/testkit"
	"github.com/seed-52756201/saltine/messages"
)

// testKey is long enough, and public.
const testKey saltine.Key = "a key for tests only, fifty bytes or more, not a secret"

var testKeys = keyring(testKey, nil)

func keyring(key saltine.Key, opts *saltine.KeyringOptions) saltine.Keyring {
	keys, err := saltine.NewKeyring(key, opts)
	if err != nil {
		panic(err)
	}
	return keys
}

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
	codec, err := messages.New(testKeys, &o)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func newSigner(t testing.TB, opts saltine.Options) *saltine.TimestampSigner {
	t.Helper()
	opts.Salt, opts.Now = "django.contrib.messages", now
	signer, err := saltine.NewTimestampSigner(keyring(cookieKey, nil), &opts)
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
	mac, err := keyring(key, nil).SaltedHMAC("django.contrib.messages", []byte(text), crypto.SHA1)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(mac) + "$" + text
}

// kinds are the error kinds of this package with the names that tests give them.
var kinds = []testkit.Kind{
	{Name: "bad signature", Err: saltine.ErrBadSignature},
	{Name: "expired", Err: saltine.ErrSignatureExpired, In: saltine.ErrBadSignature},
	{Name: "malformed", Err: saltine.ErrMalformed},
	{Name: "too large", Err: saltine.ErrTooLarge},
	{Name: "invalid key", Err: saltine.ErrInvalidKey},
	{Name: "invalid option", Err: saltine.ErrInvalidOption},
	{Name: "unsupported", Err: saltine.ErrUnsupported},
}

// kind names the one kind of err. No cookie of messages ever expires.
func kind(t testing.TB, err error) string {
	t.Helper()
	k := testkit.KindOf(t, err, kinds)
	if k == "expired" {
		t.Errorf("expired: %v", err)
	}
	return k
}

func newSession(t testing.TB) *saltine.Session {
	t.Helper()
	store, err := saltine.NewCookieStore(testKeys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return store.New()
}
