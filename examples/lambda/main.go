// Command lambda is a shopping cart on AWS Lambda that keeps its session in a
// cookie: there is no database, and nothing to warm up but one HMAC key.
//
// Its environment:
//
//	EVENT_SOURCE          rest, http, url or alb: who calls the function
//	SECRET_KEY            the key that signs
//	SECRET_KEY_FALLBACKS  keys that only verify, one a line
//
// To build it:
//
//	GOOS=linux GOARCH=arm64 go build -tags lambda.norpc -o bootstrap .
package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

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
	key := saltine.Key(os.Getenv("SECRET_KEY"))
	store, err := saltine.NewCookieStore(key, &saltine.StoreOptions{
		Options: saltine.Options{Fallbacks: fallbacks(os.Getenv("SECRET_KEY_FALLBACKS"))},
	})
	if err != nil {
		return nil, fmt.Errorf("SECRET_KEY or SECRET_KEY_FALLBACKS: %w", err)
	}
	if err := key.Check(); err != nil {
		log.Warn("SECRET_KEY is weak", "error", err)
	}
	s, err := shop.New(store, log)
	if err != nil {
		return nil, err
	}
	return s.Handler(os.Getenv("EVENT_SOURCE"))
}

func fallbacks(lines string) []saltine.Key {
	var keys []saltine.Key
	for line := range strings.Lines(lines) {
		keys = append(keys, saltine.Key(strings.TrimSuffix(line, "\n")))
	}
	return keys
}
