package main

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/signedcookie"
	"github.com/seed-52756201/saltine/vectors"
	_ "github.com/seed-52756201/saltine/vectors/conformance" // for the hashes it links
)

// readSaltine is the adapter of saltine itself.
func readSaltine(q *question) (answer, error) {
	keys, err := q.keyring()
	if err != nil {
		return answer{}, err
	}
	switch q.Kind {
	case vectors.KindSession:
		return readSession(q, keys)
	case vectors.KindSessionData:
		return readSessionData(q, keys)
	case vectors.KindSignedCookie:
		return readSignedCookie(q, keys)
	case vectors.KindMessages:
		return readMessages(q, keys)
	case vectors.KindSigner:
		return readSigner(q, keys)
	case vectors.KindTimestampSigner, vectors.KindSigningDumps:
		return readTimestampSigner(q, keys)
	}
	return answer{}, fmt.Errorf("kind %q is unknown", q.Kind)
}

func (q *question) keyring() (saltine.Keyring, error) {
	keys, err := q.keyBytes()
	if err != nil {
		return saltine.Keyring{}, err
	}
	var opts saltine.KeyringOptions
	if opts.Algorithm, err = saltine.AlgorithmByName(q.Algorithm); err != nil {
		return saltine.Keyring{}, err
	}
	if q.LegacyAlgorithm != "" {
		legacy, err := saltine.AlgorithmByName(q.LegacyAlgorithm)
		if err != nil {
			return saltine.Keyring{}, err
		}
		opts.LegacyAlgorithms = []crypto.Hash{legacy}
	}
	for _, key := range keys[1:] {
		opts.Fallbacks = append(opts.Fallbacks, q.bareKey(key))
	}
	return saltine.NewKeyring(q.bareKey(keys[0]), &opts)
}

func (q *question) keyBytes() ([][]byte, error) {
	if len(q.Keys) == 0 {
		return nil, errors.New("a question without keys")
	}
	keys := make([][]byte, len(q.Keys))
	for i, text := range q.Keys {
		key, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

// bareKey cuts the prefix of the keys of cookies, which packages signedcookie and
// messages put there themselves.
func (q *question) bareKey(key []byte) saltine.Key {
	if q.Kind == vectors.KindSignedCookie || q.Kind == vectors.KindMessages {
		key = bytes.TrimPrefix(key, []byte("django.http.cookies"))
	}
	return saltine.Key(key)
}

// clock returns Now to the nanosecond, from which the float can be had back.
func (q *question) clock() time.Time { return (&vectors.Test{Now: q.Now}).Time() }

func (q *question) maxAge() time.Duration {
	if q.MaxAge == nil {
		return saltine.NoMaxAge
	}
	return time.Duration(*q.MaxAge * float64(time.Second))
}

func (q *question) options() *saltine.Options {
	return &saltine.Options{Salt: saltine.Salt(q.Salt), Separator: q.Sep, Now: q.clock}
}

func readSigner(q *question, keys saltine.Keyring) (answer, error) {
	if q.Cookie == nil && q.Sep == "" {
		return answer{}, errors.New("an empty separator stands for the default in saltine")
	}
	signer, err := saltine.NewSigner(keys, q.options())
	switch {
	case err != nil || q.Cookie == nil:
		return answer{}, err
	case q.Object:
		var v any
		err = signer.UnsignObject(*q.Cookie, &v)
		return jsonAnswer(v, err)
	}
	return textAnswer(signer.Unsign(*q.Cookie))
}

func readTimestampSigner(q *question, keys saltine.Keyring) (answer, error) {
	signer, err := saltine.NewTimestampSigner(keys, q.options())
	if err != nil {
		return answer{}, err
	}
	if q.Object {
		var v any
		err = signer.UnsignObject(*q.Cookie, &v, q.maxAge())
		return jsonAnswer(v, err)
	}
	return textAnswer(signer.Unsign(*q.Cookie, q.maxAge()))
}

func readSession(q *question, keys saltine.Keyring) (answer, error) {
	if utf8.RuneCountInString(*q.Cookie) < 8 {
		return answer{}, errors.New("so short a text is no cookie")
	}
	policy := saltine.ExpiryCookieAge
	if q.SessionExpiry {
		policy = saltine.ExpirySession
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{
		Salt: saltine.Salt(q.Salt), Now: q.clock, CookieAge: q.maxAge(), ExpiryPolicy: policy,
	})
	if err != nil {
		return answer{}, err
	}
	return sessionAnswer(store.Load(*q.Cookie))
}

func readSessionData(q *question, keys saltine.Keyring) (answer, error) {
	opts := q.options()
	if strings.HasPrefix(q.Format, "legacy: ") { // whose salt has no dot before the class
		class := strings.TrimPrefix(q.Salt, "django.contrib.sessions")
		opts.Salt = saltine.Salt("django.contrib.sessions." + class)
	}
	data, err := saltine.NewSessionData(keys, opts)
	if err != nil {
		return answer{}, err
	}
	return sessionAnswer(data.Decode(*q.Cookie))
}

func readSignedCookie(q *question, keys saltine.Keyring) (answer, error) {
	cookie, err := signedcookie.New(keys, q.CookieName, &signedcookie.Options{
		Salt: saltine.Salt(q.CookieSalt), AcceptV1: q.AcceptOldSalt, Now: q.clock,
	})
	if err != nil {
		return answer{}, err
	}
	return textAnswer(cookie.Unsign(*q.Cookie, q.maxAge()))
}

func readMessages(q *question, keys saltine.Keyring) (answer, error) {
	var major, minor int
	_, err := fmt.Sscanf(q.Source, "Django %d.%d", &major, &minor)
	isRelease := err == nil
	codec, err := messages.New(keys, &messages.Options{
		Salt:           saltine.Salt(q.Salt),
		MaxSize:        64 << 10,
		Now:            q.clock,
		AcceptDjango31: isRelease && (major == 3 && minor > 0 || major == 4 && minor == 0),
		AcceptDjango14: isRelease && major < 4,
	})
	if err != nil {
		return answer{}, err
	}
	list, _, err := codec.Decode(*q.Cookie)
	if err != nil {
		return answer{}, err
	}
	value := make([]any, len(list))
	for i, m := range list {
		value[i] = []any{int64(m.Level), m.Text, m.ExtraTags, m.Safe}
	}
	return jsonAnswer(value, nil)
}

func sessionAnswer(s *saltine.Session, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	values := map[string]any{}
	for name, value := range s.Items() {
		values[name] = value
	}
	if err := s.Err(); err != nil {
		return answer{}, err
	}
	return jsonAnswer(values, nil)
}

func jsonAnswer(v any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	text, err := saltine.JSONSerializer{}.Dumps(nil, v)
	value := string(text)
	return answer{JSON: &value}, err
}

func textAnswer(text string, err error) (answer, error) { return answer{Text: &text}, err }
