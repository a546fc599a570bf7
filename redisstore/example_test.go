package redisstore_test

import (
	"context"
	"fmt"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/redisstore"
)

func Example() {
	server, err := miniredis.Run() // your Redis, in an example
	if err != nil {
		panic(err)
	}
	defer server.Close()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})

	backend, err := redisstore.New(client, nil)
	if err != nil {
		panic(err)
	}
	store, err := saltine.NewServerStore(backend, nil)
	if err != nil {
		panic(err)
	}
	s := store.Open(context.Background(), "")
	s.Set("user", "ann")
	if err := s.Save(); err != nil {
		panic(err)
	}
	fmt.Println(store.Open(context.Background(), s.Key()).Get("user"))
	// Output: ann
}

// django-redis with its JSON serializer, its zlib compressor and a KEY_PREFIX.
func ExampleOptions() {
	server, err := miniredis.Run()
	if err != nil {
		panic(err)
	}
	defer server.Close()
	backend, err := redisstore.New(redis.NewClient(&redis.Options{Addr: server.Addr()}), &redisstore.Options{
		KeyPrefix:  "shop",
		Serializer: redisstore.JSON(),
		Compressor: redisstore.Zlib(),
	})
	if err != nil {
		panic(err)
	}
	store, err := saltine.NewServerStore(backend, &saltine.ServerStoreOptions{NewKey: func() string { return "examplekey" }})
	if err != nil {
		panic(err)
	}
	s := store.Open(context.Background(), "")
	s.Set("n", 1)
	if err := s.Save(); err != nil {
		panic(err)
	}
	fmt.Println(server.Keys())
	fmt.Println(server.Get("shop:1:django.contrib.sessions.cacheexamplekey"))
	// Output:
	// [shop:1:django.contrib.sessions.cacheexamplekey]
	// {"n":1} <nil>
}
