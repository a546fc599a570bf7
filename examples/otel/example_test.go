package otelsessions_test

import (
	"fmt"

	"go.opentelemetry.io/otel"

	"github.com/seed-52756201/saltine"
	otelsessions "github.com/seed-52756201/saltine/examples/otel"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// newInstrumented makes a middleware whose cookies are counted.
func newInstrumented(store saltine.Store, use func(*sessionhttp.Middleware)) error {
	opts := &sessionhttp.Options{}
	if err := otelsessions.Instrument(opts, otel.GetMeterProvider()); err != nil {
		return err
	}
	sessions, err := sessionhttp.New(store, opts)
	use(sessions)
	return err
}

func ExampleInstrument() {
	keys, err := saltine.NewKeyring("an example key of fifty bytes or more: never use this one", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = newInstrumented(store, func(m *sessionhttp.Middleware) { fmt.Println(m) })
	fmt.Println(err)
	// Output:
	// sessionhttp.Middleware
	// <nil>
}
