package carrier_test

import (
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/carrier"
)

// A session that cannot be read is not refreshed, however old its key: it could
// not be saved, and every page would fail.
func TestUnreadableIsNotRefreshed(t *testing.T) {
	old, err := saltine.NewTimestampSigner(oldKey, &saltine.Options{
		Salt: saltine.SaltSignedCookies,
		Now:  func() time.Time { return start },
	})
	if err != nil {
		t.Fatal(err)
	}
	value, err := old.SignObject([]int{1})
	if err != nil {
		t.Fatal(err)
	}
	store := newStore(t, testKey, saltine.StoreOptions{
		Options: saltine.Options{Fallbacks: []saltine.Key{oldKey}},
		Expiry:  saltine.ExpiryCookieAge, // which takes any JSON for a session
	})
	e := newCarrier(t, store, &carrier.Options{RenewAfter: 0.5}).Open([]string{carrier.DefaultName + "=" + value})
	read(e.Session())
	if got := commit(t, &e, 200); len(got.SetCookie) > 0 {
		t.Errorf("Set-Cookie is %q", got.SetCookie)
	}
}
