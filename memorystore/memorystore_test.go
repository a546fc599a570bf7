package memorystore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/backendtest"
	"github.com/seed-52756201/saltine/memorystore"
)

func newBackend(t testing.TB, opts *memorystore.Options) *memorystore.Backend {
	t.Helper()
	b, err := memorystore.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBackend(t *testing.T) {
	backendtest.Run(t, func() saltine.Backend { return newBackend(t, nil) })
}

func record(t testing.TB, text string, expires time.Time) saltine.Record {
	t.Helper()
	r := saltine.Record{Expires: expires}
	if err := r.ParseJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

// The memory is bounded: beyond, what would end first goes.
func TestBounded(t *testing.T) {
	now := time.Unix(1800000000, 0)
	b := newBackend(t, &memorystore.Options{MaxSessions: 100, MaxPayloadLen: 20, Now: func() time.Time { return now }})
	key := func(i int) string { return fmt.Sprintf("session%03d", i) }
	for i := range 500 {
		if err := b.Create(t.Context(), key(i), record(t, "{}", now.Add(time.Duration(1+(i*7)%500)*time.Minute))); err != nil {
			t.Fatal(err)
		}
		if got := b.Len(); got > 100 {
			t.Fatalf("%d sessions are kept", got)
		}
	}
	for i := range 500 {
		exists, err := b.Exists(t.Context(), key(i))
		if want := (i*7)%500 >= 400; exists != want || err != nil {
			t.Errorf("session %d is there: %t, %v, want %t", i, exists, err, want)
		}
	}
	now = now.Add(450*time.Minute + time.Second)
	if err := b.Create(t.Context(), "anotherone", record(t, "{}", now.Add(time.Hour))); err != nil || b.Len() != 51 {
		t.Errorf("%d sessions are kept, %v, want those that have not expired", b.Len(), err)
	}
	err := b.Update(t.Context(), "anotherone", record(t, `{"a":"`+strings.Repeat("x", 20)+`"}`, now.Add(time.Hour)))
	if size, ok := errors.AsType[*saltine.SizeError](err); !ok || size.Limit != 20 {
		t.Errorf("a large session: %v", err)
	}
	if r, err := b.Load(t.Context(), "anotherone"); err != nil || r.Age != time.Hour {
		t.Errorf("after it: %v, %v", r.Age, err)
	}
}

func TestOptions(t *testing.T) {
	for _, opts := range []memorystore.Options{{MaxSessions: -1}, {MaxPayloadLen: -1}} {
		if b, err := memorystore.New(&opts); b != nil || !errors.Is(err, saltine.ErrInvalidOption) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}

func TestRedacted(t *testing.T) {
	b := newBackend(t, nil)
	if err := b.Create(t.Context(), "canarykey", record(t, `{"canary":1}`, time.Now().Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewServerStore(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	type nest struct{ b, s any }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if text := fmt.Sprintf(verb+verb+verb+verb, b, nest{b, store}, store, &nest{b, store}); strings.Contains(text, "canary") {
			t.Errorf("%s shows %s", verb, text)
		}
	}
}

func Example() {
	backend, err := memorystore.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := store.Open(context.Background(), "")
	s.Set("user", "ann")
	if err := s.Save(); err != nil {
		fmt.Println(err)
		return
	}
	cookie := s.Key()
	fmt.Println(len(cookie), store.Open(context.Background(), cookie).Get("user"))
	// Output: 32 ann
}

// A store for few visitors: the third session takes the place of the first.
func ExampleOptions() {
	backend, err := memorystore.New(&memorystore.Options{MaxSessions: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var keys []string
	for range 3 {
		s := store.Open(context.Background(), "")
		s.Set("user", "ann")
		if err := s.Save(); err != nil {
			fmt.Println(err)
			return
		}
		keys = append(keys, s.Key())
	}
	for _, key := range keys {
		fmt.Println(store.Open(context.Background(), key).Has("user"))
	}
	// Output:
	// false
	// true
	// true
}
