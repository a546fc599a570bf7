package revocation_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/revocation"
)

// Ann signs out everywhere. A copy of her cookie is refused from then on.
func ExampleNew() {
	now := time.Unix(1700000000, 0)
	clock := func() time.Time { return now }
	keys, err := saltine.NewKeyring("an example key of fifty bytes or more: never use this one", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, &saltine.StoreOptions{Now: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := map[string]time.Time{} // a column of the table of users
	list, err := revocation.New(&revocation.Options{
		Ended: func(_ context.Context, user string) (time.Time, error) { return ended[user], nil },
		Now:   clock,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	s := store.New()
	s.Set("_auth_user_id", "ann")
	cookie, err := store.Save(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	now = now.Add(time.Hour)
	for range 2 {
		s := store.Open(context.Background(), cookie)
		s.Guard(list.Check)
		fmt.Println(s.Get("_auth_user_id"), errors.Is(s.Err(), saltine.ErrRevoked))
		ended["ann"] = now
		list.Forget("ann")
	}
	// Output:
	// ann false
	// <nil> true
}
