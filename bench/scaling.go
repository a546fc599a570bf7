package bench

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// Scale is work whose time is to grow no faster than its size.
type Scale struct {
	Name  string
	Sizes []int
	// Work returns all of the work of one size.
	Work func(size int) (func() error, error)
}

// Scales returns what can grow: a session's values, its payload, members of Vary, fallback
// keys and cookies.
func Scales() []Scale {
	values := []int{100, 1000, 10000}
	return []Scale{
		{"Set every value", values, onValues(func(s *saltine.Session, names []string) error {
			for i, name := range names {
				s.Set(name, i+1)
			}
			return nil
		})},
		{"Get every value", values, onValues(func(s *saltine.Session, names []string) error {
			for _, name := range names {
				if s.Get(name) == nil {
					return errInvalid
				}
			}
			return nil
		})},
		{"Update all values", values, func(size int) (func() error, error) {
			object := map[string]any{}
			for i := range size {
				object[fmt.Sprintf("name%d", i)] = i
			}
			return onSession(size, func(s *saltine.Session, _ []string) error {
				s.Update(object)
				return nil
			})
		}},
		{"Delete every value, from the front", values, onValues(func(s *saltine.Session, names []string) error {
			for _, name := range names {
				if !s.Delete(name) {
					return errInvalid
				}
			}
			return nil
		})},
		{"Pop every value, from the front", values, onValues(func(s *saltine.Session, names []string) error {
			for _, name := range names {
				if _, ok := s.Pop(name); !ok {
					return errInvalid
				}
			}
			return nil
		})},
		{"Save many values", values, onValues(func(s *saltine.Session, _ []string) error { return s.Save() })},
		{"Load many values", values, onValues(func(s *saltine.Session, _ []string) error {
			s.Len()
			return s.Err()
		})},
		{"Load and save a payload", []int{100, 1000, 10000, 100000, 1000000}, payloadOf},
		{"Vary of many members", []int{10, 100, 1000, 10000}, varyOf},
		{"verify under the last fallback key", []int{1, 10}, fallbacksOf},
		{"find the cookie behind others", []int{10, 100, 3000}, func(size int) (func() error, error) {
			return CookieSearch(size - 1)["saltine"], nil
		}},
	}
}

// roomy is a store that takes sessions far beyond what a cookie can hold.
func roomy() (*saltine.CookieStore, error) {
	return saltine.NewCookieStore(keyring(), &saltine.StoreOptions{MaxTokenLen: 16 << 20, MaxPayloadLen: 16 << 20, Compression: saltine.CompressionNone})
}

func onValues(use func(*saltine.Session, []string) error) func(int) (func() error, error) {
	return func(size int) (func() error, error) { return onSession(size, use) }
}

// onSession gives use a session of so many values each time, opened and not read.
func onSession(size int, use func(*saltine.Session, []string) error) (func() error, error) {
	store, err := roomy()
	if err != nil {
		return nil, err
	}
	session := store.New()
	names := make([]string, size)
	for i := range names {
		names[i] = fmt.Sprintf("name%d", i)
		session.Set(names[i], i+1)
	}
	cookie, err := store.Save(session)
	if err != nil {
		return nil, err
	}
	return func() error { return use(store.Open(context.Background(), cookie), names) }, nil
}

// payloadOf is a session of one text.
func payloadOf(size int) (func() error, error) {
	store, err := roomy()
	if err != nil {
		return nil, err
	}
	session := store.New()
	session.Set("text", strings.Repeat("x", size))
	cookie, err := store.Save(session)
	if err != nil {
		return nil, err
	}
	return func() error {
		s := store.Open(context.Background(), cookie)
		s.Set("n", 1)
		return s.Save()
	}, nil
}

// varyOf is a response that a handler gave a Vary of many members, to which Cookie comes.
func varyOf(size int) (func() error, error) {
	site, err := openSaltineSite(PayloadNamed("auth"))
	if err != nil {
		return nil, err
	}
	members := make([]string, size)
	for i := range members {
		members[i] = fmt.Sprintf("X-Member-%d", i)
	}
	handler := site.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Vary"] = []string{strings.Join(members[:size/2], ", "), strings.Join(members[size/2:], ", ")}
		sessionhttp.FromContext(r.Context()).Get("user")
	}))
	request := http.Request{Method: http.MethodGet, Header: http.Header{"Cookie": {site.Cookie}}}
	w := response{header: http.Header{}}
	return func() error {
		r := request
		w.reset()
		handler.ServeHTTP(&w, &r)
		if w.err == nil && !strings.HasSuffix(w.header["Vary"][len(w.header["Vary"])-1], "Cookie") {
			return errNoCookie
		}
		return w.err
	}, nil
}

// fallbacksOf verifies a cookie of the last of so many old keys.
func fallbacksOf(size int) (func() error, error) {
	last := saltine.Key(fmt.Sprintf("%s of the last fallback", secret))
	var fallbacks []saltine.Key
	for i := range size - 1 {
		fallbacks = append(fallbacks, saltine.Key(fmt.Sprintf("%s of fallback %d", secret, i)))
	}
	keys, err := saltine.NewKeyring(secret, &saltine.KeyringOptions{Fallbacks: append(fallbacks, last)})
	if err != nil {
		return nil, err
	}
	old, err := saltine.NewKeyring(last, nil)
	if err != nil {
		return nil, err
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	oldStore, err := saltine.NewCookieStore(old, nil)
	if err != nil {
		return nil, err
	}
	session := oldStore.New()
	session.Set("user", "ann")
	cookie, err := oldStore.Save(session)
	if err != nil {
		return nil, err
	}
	return func() error {
		_, err := store.Verify(cookie)
		return err
	}, nil
}
