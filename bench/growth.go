package bench

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gorilla/securecookie"

	"github.com/seed-52756201/saltine"
)

// GrowthSizes are the bytes of JSON that a session holds besides the two values
// which a request uses.
func GrowthSizes() []int { return []int{100, 300, 1000, 3000} }

// Grower keeps sessions that grow.
type Grower struct {
	Name string
	// Request returns one request's work on a session of so many bytes: it
	// reads one key, changes another, and saves.
	Request func(untouched int) (func() error, error)
}

// Growers returns saltine, without compression first: with it time also grows
// by what compression costs.
func Growers() []Grower {
	return []Grower{
		{"saltine-uncompressed", saltineGrower(saltine.CompressionNone)},
		{"saltine", saltineGrower(saltine.CompressionBest)},
		{"gorilla-json", growGorilla},
	}
}

const (
	growthRead    = "user"
	growthText    = "4711"
	growthChanged = "seen"
)

// growingSession returns a session's JSON with untouched records in the middle.
func growingSession(untouched int) []byte {
	var records bytes.Buffer
	for i := 0; records.Len() < untouched; i++ {
		fmt.Fprintf(&records, `,{"id":%d,"sku":"A%05d","qty":%d,"gift":%t}`, 1000+i, i*37, i%5, i%3 == 0)
	}
	return fmt.Appendf(nil, `{%q:%q,"records":[%s],%q:0}`, growthRead, growthText, records.Bytes()[1:], growthChanged)
}

func saltineGrower(compression saltine.Compression) func(int) (func() error, error) {
	return func(untouched int) (func() error, error) { return growSaltine(untouched, compression) }
}

func growSaltine(untouched int, compression saltine.Compression) (func() error, error) {
	store, err := saltine.NewCookieStore(keyring(), &saltine.StoreOptions{Compression: compression})
	if err != nil {
		return nil, err
	}
	signer, err := saltine.NewTimestampSigner(keyring(), &saltine.Options{Salt: salt, Compression: compression})
	if err != nil {
		return nil, err
	}
	token, err := signer.AppendSignPayload(nil, growingSession(untouched))
	if err != nil {
		return nil, err
	}
	cookie := string(token)
	user := saltine.Field[string](growthRead)
	seen := saltine.Field[int](growthChanged)
	count := 0
	return func() error {
		s, err := store.Load(cookie)
		if err != nil {
			return err
		}
		text, err := user.Get(s)
		if err != nil {
			return err
		}
		if text != growthText {
			return fmt.Errorf("got %q, want %q", text, growthText)
		}
		count = (count + 1) % 10 // a number of one digit, so that sizes stay
		seen.Set(s, count)
		_, err = store.Save(s)
		return err
	}, nil
}

func growGorilla(untouched int) (func() error, error) {
	var session map[string]any
	if err := json.Unmarshal(growingSession(untouched), &session); err != nil {
		return nil, err
	}
	codec := newGorilla(securecookie.JSONEncoder{})
	cookie, err := codec.Encode(cookieName, session)
	if err != nil {
		return nil, err
	}
	count := 0
	return func() error {
		var session map[string]any
		if err := codec.Decode(cookieName, cookie, &session); err != nil {
			return err
		}
		text, err := textIn(session[growthRead])
		if err != nil {
			return err
		}
		if text != growthText {
			return fmt.Errorf("got %q, want %q", text, growthText)
		}
		count = (count + 1) % 10
		session[growthChanged] = count
		_, err = codec.Encode(cookieName, session)
		return err
	}, nil
}
