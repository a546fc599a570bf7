// Command lambda is a shopping cart on AWS Lambda. It keeps its session in a cookie: it
// needs no database, and at start it derives its keys and nothing else.
//
// Its environment:
//
//	EVENT_SOURCE  rest, http, url or alb: who calls the function
//	SECRET_KEY   one key a line: the first signs, the others only verify
//
// To build it:
//
//	GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap .
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/examples/lambda/shop"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	handler, err := setUp(log)
	if err != nil {
		log.Error("cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}

// setUp runs once for an instance of the function, which serves many events.
func setUp(log *slog.Logger) (handler any, err error) {
	keys, err := saltine.ParseKeyring(os.Getenv("SECRET_KEY"), nil)
	if err != nil {
		return nil, fmt.Errorf("SECRET_KEY, one key a line, of which the first signs: %w", err)
	}
	if err := keys.Check(); err != nil {
		log.Warn("a key in SECRET_KEY is weak", "error", err)
	}
	store, err := saltine.NewCookieStore(keys, nil)
	if err != nil {
		return nil, err
	}
	s, err := shop.New(store, log)
	if err != nil {
		return nil, err
	}
	return s.Handler(os.Getenv("EVENT_SOURCE"))
}
