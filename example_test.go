package saltine_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/seed-52756201/saltine"
)

// A visitor's session, from one request to the next.
func Example() {
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}

	// The first request brings no cookie, and gets one.
	session := store.Open(context.Background(), "")
	session.Set("user", "ann")
	cookie, err := store.Save(session)
	if err != nil {
		log.Fatal(err)
	}

	// The next request brings it back.
	session, err = store.Load(cookie)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.Get("user"))

	// Nobody else can make one.
	_, err = store.Load("x" + cookie)
	fmt.Println(errors.Is(err, saltine.ErrBadSignature))
	// Output:
	// ann
	// true
}

// Reading a cookie that Django made, and making one that Django reads.
func ExampleCookieStore() {
	// Now holds the clock still, for this example only.
	store, err := saltine.NewCookieStore(djangoKeys, &saltine.StoreOptions{
		Now: func() time.Time { return time.Unix(1700000060, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}

	// request.session["n"] = 1, a minute ago
	session, err := store.Load("eyJuIjoxfQ:1r31eq:W3Q8bozYtBHheHKKpXsXvA7tXnsNMJuX90kGZVxpRS0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.Get("n"), session.Verification().Age)

	session.Set("n", 2)
	cookie, err := store.Save(session)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cookie)
	// Output:
	// 1 1m0s
	// eyJuIjoyfQ:1r31fo:f7SbRWZLu-yKK2OhUWw0OIla1jwpfdSUl6QBZYKVVKI
}

// A handler that has to answer in any case opens the session instead of
// loading it.
func ExampleCookieStore_Open() {
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.Open(context.Background(), "what:somebody:made-up")
	fmt.Println(session.Get("user"), session.Modified())
	switch err := session.Err(); {
	case errors.Is(err, saltine.ErrMalformed):
		fmt.Println("alarm:", err) // we signed it, and cannot read it
	case errors.Is(err, saltine.ErrBadSignature):
		fmt.Println("a visitor without a session") // forged, expired or of an older key
	}
	// Output:
	// <nil> true
	// a visitor without a session
}

// What a store beside a Django project is told about that project.
func ExampleStoreOptions() {
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		CookieAge:            8 * time.Hour, // SESSION_COOKIE_AGE, seconds there
		ExpireAtBrowserClose: true,          // SESSION_EXPIRE_AT_BROWSER_CLOSE
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	fmt.Println(store.CookieAge(), session.ExpiresAtBrowserClose())
	// Output: 8h0m0s true
}

// The same session under each policy: one that says it ends after an hour of
// idleness, and one that says sixty days, beside a cookie age of two weeks.
func ExampleExpiryPolicy() {
	const hour, day = time.Hour, 24 * time.Hour
	signed := time.Unix(1700000000, 0)
	now := signed
	clock := func() time.Time { return now }

	outcome := func(policy saltine.ExpiryPolicy, idle, after time.Duration) string {
		store, err := saltine.NewCookieStore(exampleKeys,
			&saltine.StoreOptions{Now: clock, ExpiryPolicy: policy, CookieAge: 14 * day})
		if err != nil {
			log.Fatal(err)
		}
		now = signed
		session := store.New()
		session.SetExpiry(saltine.ExpireIdle(idle))
		cookie, err := store.Save(session)
		if err != nil {
			return "refused"
		}
		now = signed.Add(after)
		if _, err := store.Load(cookie); err != nil {
			return "expired"
		}
		return "good"
	}
	for _, p := range []struct {
		name   string
		policy saltine.ExpiryPolicy
	}{
		{"ExpiryEarliest", saltine.ExpiryEarliest},
		{"ExpiryCookieAge", saltine.ExpiryCookieAge},
		{"ExpirySession", saltine.ExpirySession},
	} {
		fmt.Printf("%-16s 1 hour, after 2: %-8s 60 days, after 30: %s\n", p.name,
			outcome(p.policy, hour, 2*hour), outcome(p.policy, 60*day, 30*day))
	}
	// Output:
	// ExpiryEarliest   1 hour, after 2: expired  60 days, after 30: refused
	// ExpiryCookieAge  1 hour, after 2: good     60 days, after 30: expired
	// ExpirySession    1 hour, after 2: expired  60 days, after 30: good
}

// A cookie that no browser would keep is refused on writing, with the names of
// the values that make it so large.
func ExampleSizeError() {
	store, err := saltine.NewCookieStore(exampleKeys, &saltine.StoreOptions{
		MaxTokenLen: 120, Compression: saltine.CompressionNone,
	})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("user", "ann")
	session.Set("history", []string{"/shoes", "/shoes/17", "/cart"})
	_, err = store.Save(session)
	fmt.Println(err)
	// Output: saltine: too large: token of 125 bytes, limit 120; largest values: "history" 41, "user" 13
}

// What takes the room in a session, before it is too large.
func ExampleValueSize() {
	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("user", "ann")
	session.Set("history", []string{"/shoes", "/shoes/17", "/cart"})
	for _, k := range session.Sizes() {
		fmt.Printf("%-8s %d bytes of JSON\n", k.Name, k.Size)
	}
	// Output:
	// history  41 bytes of JSON
	// user     13 bytes of JSON
}

// Moving a session from the table django_session into a cookie.
func ExampleSessionData() {
	data, err := saltine.NewSessionData(djangoKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	now := time.Unix(1700000060, 0)
	store, err := saltine.NewCookieStore(djangoKeys, &saltine.StoreOptions{Now: func() time.Time { return now }})
	if err != nil {
		log.Fatal(err)
	}
	// SELECT session_data, expire_date FROM django_session WHERE session_key = $1
	const sessionData = "eyJjYXJ0IjpbMTddfQ:1r31eq:g0Dx-dHHoMWSWentCbqU7uC4xxFTnqoalPrMHUZGhOM"
	expireDate := time.Date(2023, time.November, 28, 22, 13, 20, 0, time.UTC)
	if !expireDate.After(now) {
		return // as good as no row; Decode does not look at it
	}
	session, err := data.Decode(sessionData)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.Get("cart"))
	cookie, err := store.Save(session)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cookie)
	// Output:
	// [17]
	// eyJjYXJ0IjpbMTddfQ:1r31fo:qJ13mP-K56Ct8uohdFLHBudNGZjvy1Ej2xou7wL0Uyw
}

// Writing the column session_data, for a Django that keeps its sessions in the
// database.
func ExampleSessionData_Encode() {
	clock := func() time.Time { return time.Unix(1700000000, 0) }
	store, err := saltine.NewCookieStore(djangoKeys, &saltine.StoreOptions{Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	data, err := saltine.NewSessionData(djangoKeys, &saltine.Options{Now: clock})
	if err != nil {
		log.Fatal(err)
	}
	session := store.New()
	session.Set("cart", []int{17})
	text, err := data.Encode(session)
	if err != nil {
		log.Fatal(err)
	}
	expires, err := session.ExpiryDate()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	fmt.Println(expires.UTC())
	// Output:
	// eyJjYXJ0IjpbMTddfQ:1r31eq:g0Dx-dHHoMWSWentCbqU7uC4xxFTnqoalPrMHUZGhOM
	// 2023-11-28 22:13:20 +0000 UTC
}

// A row that Django 3.0 wrote: the older form is read where the keyring has SHA-1.
func ExampleSessionData_Decode() {
	const row = "MTkzMDRiOTkxZWJkYWY2ZTIzOTI3NThhN2MzZWNmZjc5MjBiNjE5ODp7ImNhcnQiOlsxN119"

	for _, legacy := range [][]crypto.Hash{nil, {crypto.SHA1}} { // import _ "crypto/sha1"
		keys, err := saltine.NewKeyring(djangoKey, &saltine.KeyringOptions{LegacyAlgorithms: legacy})
		if err != nil {
			log.Fatal(err)
		}
		data, err := saltine.NewSessionData(keys, nil)
		if err != nil {
			log.Fatal(err)
		}
		session, err := data.Decode(row)
		if err != nil {
			fmt.Println("refused:", errors.Is(err, saltine.ErrBadSignature))
			continue
		}
		v := session.Verification()
		fmt.Println(session.Get("cart"), v.Algorithm, v.NeedsResign())
	}
	// Output:
	// refused: true
	// [17] SHA-1 true
}

// What stands between request and response takes any store.
func ExampleStore() {
	visit := func(ctx context.Context, store saltine.Store, cookie string) (string, error) {
		session := store.Open(ctx, cookie)
		visits, _ := saltine.Field[int]("visits").Get(session)
		session.Set("visits", visits+1)
		if err := session.Save(); err != nil {
			return "", err
		}
		return session.Key(), nil // the cookie's value
	}

	store, err := saltine.NewCookieStore(exampleKeys, nil)
	if err != nil {
		log.Fatal(err)
	}
	cookie := ""
	for range 3 {
		if cookie, err = visit(context.Background(), store, cookie); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(store.Open(context.Background(), cookie).Get("visits"))
	// Output: 3
}
