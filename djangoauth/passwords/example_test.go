package passwords_test

import (
	"errors"
	"fmt"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

// A login beside Django 5.2. The map stands for the columns username and
// password of auth_user.
func Example() {
	list, err := passwords.DjangoHashers("5.2")
	if err != nil {
		fmt.Println(err)
		return
	}
	hashers, err := passwords.New(&passwords.Options{Hashers: list})
	if err != nil {
		fmt.Println(err)
		return
	}
	table := map[string]string{
		"ada":   "pbkdf2_sha256$20000$Ay8luMfNd3tJ$K/3W1MjB6CEttX/4a9OziT3g4oaOqKfzhpDv7NOkWk4=", // of Django 1.8
		"robot": passwords.Unusable(),
	}
	login := func(user, password string) bool {
		encoded, ok := table[user]
		if !ok {
			hashers.Spend(password) // or the answer would come too soon
			return false
		}
		result, err := hashers.Check(password, encoded)
		if err != nil {
			fmt.Println("tell the operator:", err)
			return false
		}
		if result.Upgrade {
			renewed, err := hashers.Make(password)
			if err == nil && table[user] == encoded { // UPDATE … WHERE id = … AND password = encoded
				table[user] = renewed // and Account.Password, before djangoauth.Auth.Login
			}
		}
		return result.OK
	}
	fmt.Println(login("ada", "guess"))
	fmt.Println(login("ada", "correct horse battery staple"))
	fmt.Println(table["ada"][:22])
	fmt.Println(login("robot", ""), login("nobody", "guess"))
	// Output:
	// false
	// true
	// pbkdf2_sha256$1000000$
	// false false
}

func ExampleNew() {
	hashers, err := passwords.New(&passwords.Options{
		Hashers: []passwords.Hasher{
			passwords.Argon2{HashLength: 16}, // the first makes new hashes
			passwords.PBKDF2SHA256{},         // the others check old ones
		},
		Limits: passwords.Limits{MaxIterations: 2_000_000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	encoded, err := hashers.Make("secret")
	fmt.Println(encoded[:38], err)
	// Output:
	// argon2$argon2id$v=19$m=102400,t=2,p=8$ <nil>
}

// What is wrong with a stored hash is in the kind of the error.
func ExampleHashers_Check() {
	hashers, err := passwords.New(&passwords.Options{Hashers: []passwords.Hasher{passwords.PBKDF2SHA256{Iterations: 1000}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, encoded := range []string{
		"pbkdf2_sha256$1000$Ay8luMfNd3tJTHK1a8Cdra$OxX8pPpXecHrHBLypbwhpiFxOo46ExI19V1mt4PwS1c=",
		"pbkdf2_sha256$1000$Ay8luMfNd3tJTHK1a8Cdra$OxX8pPpXecHrHBLy",
		"pbkdf2_sha256$9999999999$Ay8luMfNd3tJTHK1a8Cdra$OxX8pPpXecHrHBLypbwhpiFxOo46ExI19V1mt4PwS1c=",
		"crypt$$abhfCpXqd4GrI",
	} {
		result, err := hashers.Check("correct horse battery staple", encoded)
		switch {
		case errors.Is(err, saltine.ErrMalformed):
			fmt.Println("broken")
		case errors.Is(err, saltine.ErrTooLarge):
			fmt.Println("too costly")
		case errors.Is(err, passwords.ErrNoHasher):
			fmt.Println("of no listed hasher")
		default:
			fmt.Printf("%+v\n", result)
		}
	}
	// Output:
	// {OK:true Upgrade:false}
	// broken
	// too costly
	// of no listed hasher
}

// The hashes in use, by hasher.
func ExampleHashers_Identify() {
	hashers, err := passwords.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", hashers.Identify("argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA"))
	fmt.Printf("%q\n", hashers.Identify("md5$salt$hash")) // not listed
	// Output:
	// "argon2"
	// ""
}
