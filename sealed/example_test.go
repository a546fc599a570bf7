package sealed_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sealed"
)

var exampleKeys, _ = saltine.NewKeyring("a key for examples only, which is long enough to pass the check", nil)

// A store whose sessions their owners cannot read.
func Example() {
	box, err := sealed.New(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		Serializer:  box,
		Compression: saltine.CompressionNone,
	})
	if err != nil {
		log.Fatal(err)
	}
	s := store.New()
	s.Set("notes", "may be late with a payment")
	cookie, err := store.Save(s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(cookie), strings.Contains(cookie, "payment"))

	s, err = store.Load(cookie)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Get("notes"))
	// Output:
	// 191 false
	// may be late with a payment
}

// One value is sealed, and Django reads the rest of the session as before.
func ExampleField() {
	box, err := sealed.New(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	iban := sealed.Field[string]{Box: box, Name: "iban"}
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	s := store.New()
	s.Set("theme", "dark")
	iban.Set(s, "DE02 1203 0000 0000 2020 51")
	fmt.Println(s.Get("theme"), s.Get("iban") == "DE02 1203 0000 0000 2020 51")

	value, err := iban.Get(s)
	fmt.Println(value, err)
	// Output:
	// dark false
	// DE02 1203 0000 0000 2020 51 <nil>
}

// Moving over: sessions that were signed before are read until the end of May.
func ExampleOptions() {
	endOfMay := time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)
	box, err := sealed.New(exampleKeys, &sealed.Options{
		AcceptPlainUntil: endOfMay,
		Now:              func() time.Time { return endOfMay.Add(-time.Hour) },
		OnOpen: func(by sealed.Opened) {
			fmt.Println("plain:", by.Plain, "key:", by.KeyIndex)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	var session map[string]any
	fmt.Println(box.Loads([]byte(`{"n":1}`), &session), session)
	// Output:
	// plain: true key: 0
	// <nil> map[n:1]
}

// A Box prints as its name, whatever it holds.
func ExampleBox() {
	box, err := sealed.New(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v %+v\n", box, *box)
	// Output: sealed.Box([redacted]) sealed.Box([redacted])
}
