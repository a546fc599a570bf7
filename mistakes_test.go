package saltine_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// An object read into what cannot take it is an error, never a panic.
func TestUnfitTargets(t *testing.T) {
	signer := newTimestampSigner(t, nil)
	token, err := signer.SignObject(map[string]any{"a": 1})
	if err != nil {
		t.Fatal(err)
	}
	var (
		object map[string]any
		value  any
	)
	for _, target := range []any{
		nil, object, value, 1, "text",
		struct{ A int }{},
		(*any)(nil), (*map[string]any)(nil), (*struct{ A int })(nil),
		new(int), new(string), new([]any), new(chan int), new(func()), make(chan int),
	} {
		if err := signer.UnsignObject(token, target, saltine.NoMaxAge); kind(t, err) != "wrong type" {
			t.Errorf("into a %T: %v", target, err)
		}
	}
}

// Seconds where a duration belongs are nanoseconds.
func TestDurationsWithoutUnit(t *testing.T) {
	if _, err := saltine.NewCookieStore(testKey, &saltine.StoreOptions{CookieAge: 1209600}); kind(t, err) != "invalid option" {
		t.Errorf("CookieAge without a unit: %v", err)
	}
	signer := newTimestampSigner(t, &saltine.Options{Now: at(start.Add(time.Second))})
	token := newTimestampSigner(t, &saltine.Options{Now: at(start)}).Sign("value")
	if _, err := signer.Unsign(token, 3600); kind(t, err) != "expired" {
		t.Errorf("a maximum age without a unit: %v", err)
	}
}

// Two copies of a session share their values until one of them changes. go vet
// reports copies of whatever has a field with Lock and Unlock.
func TestVetReportsCopiedSessions(t *testing.T) {
	session := reflect.TypeFor[saltine.Session]()
	for field := range session.Fields() {
		if reflect.PointerTo(field.Type).Implements(reflect.TypeFor[sync.Locker]()) {
			return
		}
	}
	t.Error("no field of Session is a sync.Locker")
}
