package cachedstore_test

import (
	"context"
	"fmt"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/memorystore"
)

// In place of the two memories stand a table, of sqlstore, and Redis or memcached.
func Example() {
	rows, err := memorystore.New(nil)
	if err != nil {
		panic(err)
	}
	cache, err := memorystore.New(nil)
	if err != nil {
		panic(err)
	}
	backend, err := cachedstore.New(rows, cache, &cachedstore.Options{
		OnCacheError: func(_ context.Context, err error) { fmt.Println(err) },
	})
	if err != nil {
		panic(err)
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	s := store.Open(ctx, "")
	s.Set("user", "ann")
	if err := s.Save(); err != nil {
		panic(err)
	}
	fmt.Println(store.Open(ctx, s.Key()).Get("user"))
	fmt.Println(rows.Len(), cache.Len())
	// Output:
	// ann
	// 1 1
}
