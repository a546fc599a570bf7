package interop_test

import (
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

// outcome is what became of a token: its value, or the kind of the error.
type outcome struct {
	Kind  string
	Value string
}

// kind names the outcome of a request.
func (r *raised) kind() string {
	if r == nil {
		return "valid"
	}
	return r.Kind
}

// kindOf gives an error of saltine the name that djangoserver.py has for it.
func kindOf(t *testing.T, err error) string {
	t.Helper()
	switch {
	case err == nil:
		return "valid"
	case errors.Is(err, saltine.ErrSignatureExpired):
		return "expired"
	case errors.Is(err, saltine.ErrBadSignature):
		return "bad_signature"
	case errors.Is(err, saltine.ErrMalformed):
		return "malformed"
	default:
		t.Fatalf("an error of no kind that reading has: %v", err)
		return ""
	}
}

// maxAges are those that tokens are read with, in seconds; nil is none.
var maxAges = []any{nil, nil, 1209600.0, 0.0, 0.5, -1.0, 3e8}

func duration(maxAge any) time.Duration {
	if maxAge == nil {
		return saltine.NoMaxAge
	}
	return time.Duration(maxAge.(float64) * float64(time.Second))
}

// readers read one token in every way, on both sides alike.
type readers struct {
	set    *setting
	plain  *saltine.Signer
	signer *saltine.TimestampSigner
	store  *saltine.CookieStore
}

func newReaders(t *testing.T, set *setting) *readers {
	t.Helper()
	opts := set.options(saltine.CompressionNone)
	opts.Salt = sessionSalt
	plain, err := saltine.NewSigner(set.keyring(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := saltine.NewTimestampSigner(set.keyring(t), &opts)
	if err != nil {
		t.Fatal(err)
	}
	return &readers{set, plain, signer, set.store(t, saltine.CompressionBest)}
}

// check compares the outcome of every reader, and returns the kind of the
// object's.
func (r *readers) check(t *testing.T, token string, maxAge any) string {
	t.Helper()
	a := args{"token": []byte(token), "salt": sessionSalt}

	value, err := r.plain.Unsign(token)
	r.compare(t, "Signer", outcome{kindOf(t, err), value}, r.django(t, "signer_unsign", a))

	a["max_age"] = maxAge
	value, err = r.signer.Unsign(token, duration(maxAge))
	r.compare(t, "TimestampSigner", outcome{kindOf(t, err), value}, r.django(t, "timestamp_unsign", a))

	got, want := r.object(t, token, maxAge), r.django(t, "signing_loads", a)
	if want.Kind == "valid" {
		want.Value = ask[string](t, r.set.env(), "json_in_go", args{"text": want.Value})
	}
	r.compare(t, "signing.loads", got, want)
	r.checkSession(t, token)
	if t.Failed() {
		t.Fatalf("token %q, max_age %v", token, maxAge)
	}
	return want.Kind
}

func (r *readers) compare(t *testing.T, reader string, got, want outcome) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-Django +Go):\n%s", reader, diff)
	}
}

func (r *readers) django(t *testing.T, op string, a args) outcome {
	t.Helper()
	value, exception := try[string](t, r.set.env(), op, a)
	return outcome{exception.kind(), value}
}

func (r *readers) object(t *testing.T, token string, maxAge any) outcome {
	t.Helper()
	var value any
	if err := r.signer.UnsignObject(token, &value, duration(maxAge)); err != nil {
		return outcome{Kind: kindOf(t, err)}
	}
	return outcome{"valid", dumped(t, value)}
}

// checkSession opens the token as a cookie. Django hides there what was wrong.
func (r *readers) checkSession(t *testing.T, cookie string) {
	t.Helper()
	session := r.store.Open(t.Context(), cookie)
	django := ask[loaded](t, r.set.env(), "session_load", args{"cookie": []byte(cookie)})
	if django.Data[0] == '{' {
		checkValues(t, r.set, django.Data, session)
	} else if session.Len() > 0 || !errors.Is(session.Err(), saltine.ErrMalformed) {
		t.Errorf("a session that is no object: %d values, Err: %v", session.Len(), session.Err())
	}
	flags := loaded{Accessed: session.Accessed(), Modified: session.Modified()}
	django.Data = ""
	if diff := cmp.Diff(django, flags); diff != "" {
		t.Errorf("session flags (-Django +Go):\n%s", diff)
	}
}

// oddSetting reads every signature that this Django reads, at a moment between
// two seconds.
func oddSetting(p *process) *setting {
	set := twoWay[0]
	set.now = set.now.Add(500 * time.Millisecond)
	if p.knowsSHA1() {
		set.legacy = []crypto.Hash{crypto.SHA1}
	}
	return &set
}

// Tokens that were changed on the way.
func TestMutatedTokens(t *testing.T) {
	p := needDjango(t)
	const tokens = 3000
	r := newReaders(t, oddSetting(p))
	kinds := map[string]int{}
	for number := range tokens {
		rng := random(number)
		token := mutate(rng, randomDjangoSession(t, r.set, number%200).Cookie)
		kinds[r.check(t, token, pick(rng, maxAges...))]++
	}
	t.Logf("%d mutated tokens: %v", tokens, kinds)
}

// Texts that the right key signed and that are odd inside.
func TestSignedOddities(t *testing.T) {
	p := needDjango(t)
	const tokens = 4000
	r := newReaders(t, oddSetting(p))
	stamp := strings.Split(r.signer.Sign(""), ":")[1]
	kinds := map[string]int{}
	for number := range tokens {
		rng := random(number)
		algorithm := pick(rng, "sha256", "sha256", "sha1")
		token := ask[string](t, r.set.env(), "signer_sign", args{
			"value":     []byte(craft(rng, stamp)),
			"salt":      sessionSalt,
			"algorithm": algorithm,
		})
		kinds[r.check(t, token, pick(rng, maxAges...))]++
	}
	t.Logf("%d signed oddities: %v", tokens, kinds)
}
