package signedcookie_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/signedcookie"
)

const exampleKey saltine.Key = "an example key that is long enough, and public: never use it"

var exampleKeys = keyring(exampleKey, nil)

// fixedNow makes the output of the examples the same every time.
func fixedNow() time.Time { return time.Unix(1700000000, 0) }

func ExampleNew() {
	keys, err := saltine.NewKeyring(exampleKey, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	theme, err := signedcookie.New(keys, "theme", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	cookie := theme.Sign("dark")
	fmt.Println(cookie)
	fmt.Println(theme.Unsign(cookie, 30*24*time.Hour))
	// Output:
	// dark:1r31eq:0_0o1C0f67KgW_BUSl_eBKylNlSHZ-os0Y6694rpr-c
	// dark <nil>
}

// A value of letters and digits needs no more than http.Cookie.
func ExampleCookie_Sign() {
	theme, err := signedcookie.New(exampleKeys, "theme", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	http.SetCookie(w, &http.Cookie{
		Name:     "theme",
		Value:    theme.Sign("dark"),
		Path:     "/",
		MaxAge:   30 * 24 * 60 * 60,
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
	fmt.Println(w.Header().Get("Set-Cookie"))
	// Output:
	// theme=dark:1r31eq:0_0o1C0f67KgW_BUSl_eBKylNlSHZ-os0Y6694rpr-c; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax
}

func ExampleCookie_Unsign() {
	theme, err := signedcookie.New(exampleKeys, "theme", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, cookie := range []string{
		theme.Sign("dark"),
		"light:1r31eq:0_0o1C0f67KgW_BUSl_eBKylNlSHZ-os0Y6694rpr-c",
		"dark:1qN4CW:rnIsO1NZGYL0VRrVFaNng2YjW0Q9VSLZJhTlTGCNwqk",
	} {
		value, err := theme.Unsign(cookie, 30*24*time.Hour)
		switch {
		case errors.Is(err, saltine.ErrSignatureExpired):
			fmt.Println("too old")
		case errors.Is(err, saltine.ErrBadSignature):
			fmt.Println("not ours")
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(value)
		}
	}
	// Output:
	// dark
	// not ours
	// too old
}

// Which cookies still have the old salt.
func ExampleCookie_Verify() {
	theme, err := signedcookie.New(exampleKeys, "theme", &signedcookie.Options{AcceptV1: true, Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := theme.Verify("dark:1r31eq:DocQpBVLXqpV3OEk3uj5TYyCK7PcrjArIKlfk5Tp3-A", saltine.NoMaxAge)
	fmt.Println(v.V1, v.NeedsResign(), v.SignedAt.UTC(), err)
	// Output:
	// true true 2023-11-14 22:13:20 +0000 UTC <nil>
}

// Reading the cookies of a Django before 5.2.15 until there are none left.
func ExampleOptions() {
	old := 0
	theme, err := signedcookie.New(exampleKeys, "theme", &signedcookie.Options{
		Salt:     "settings",
		AcceptV1: true,
		Now:      fixedNow,
		OnVerify: func(v signedcookie.Verification) {
			if v.V1 {
				old++
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(theme.Unsign("dark:1r31eq:3WlFfKaApCqQ8Uww1yYwiUh6DPPIw2BFSu7YH3hm4lk", saltine.NoMaxAge))
	fmt.Println(old, "cookie with the old salt")
	// Output:
	// dark <nil>
	// 1 cookie with the old salt
}

// Setting a cookie again where an old key signed it.
func ExampleVerification_NeedsResign() {
	const lastYear saltine.Key = "the key of last year"
	old, err := signedcookie.New(keyring(lastYear, nil), "theme", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	keys, err := saltine.NewKeyring(exampleKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{lastYear}})
	if err != nil {
		fmt.Println(err)
		return
	}
	theme, err := signedcookie.New(keys, "theme", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, cookie := range []string{old.Sign("dark"), theme.Sign("dark")} {
		v, err := theme.Verify(cookie, saltine.NoMaxAge)
		fmt.Println(v.KeyIndex, v.NeedsResign(), err)
	}
	// Output:
	// 1 true <nil>
	// 0 false <nil>
}

// A value that no header can hold as it is.
func Example_quotes() {
	city, err := signedcookie.New(exampleKeys, "city", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	w.Header().Add("Set-Cookie", "city="+sessioncookie.Quote(city.Sign("Orléans, France"))+"; Path=/; Secure; HttpOnly; SameSite=Lax")
	fmt.Println(w.Header().Get("Set-Cookie"))
	// Output:
	// city="Orl\351ans\054 France:1r31eq:XVm6JK-RRsNE7cfhg3Ie9gE43eEpwi23ajItvAZmQA0"; Path=/; Secure; HttpOnly; SameSite=Lax
}

// A cookie of Django that net/http does not find.
func Example_escapes() {
	city, err := signedcookie.New(exampleKeys, "city", &signedcookie.Options{Now: fixedNow})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("Cookie", `theme=dark; city="Orl\351ans\054 France:1r31eq:XVm6JK-RRsNE7cfhg3Ie9gE43eEpwi23ajItvAZmQA0"`)

	_, err = r.Cookie("city")
	fmt.Println(err)
	if cookie, ok := sessioncookie.FindCookie(r.Header["Cookie"], "city"); ok {
		fmt.Println(city.Unsign(cookie, time.Hour))
	}
	// Output:
	// http: named cookie not present
	// Orléans, France <nil>
}
