// Command firstuse makes one cookie in a fresh process, and prints what it
// cost: firstuse NAME JSON.
package main

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/seed-52756201/saltine"
)

const secret = "a key for benchmarks only, fifty bytes or more, no secret" //nolint:gosec // as it says

// makers make a cookie the way a program does that has done nothing before;
// compress/zlib alone is what a port without pools adds to that.
var makers = map[string]func(text []byte, session map[string]any) error{
	"saltine": func(_ []byte, session map[string]any) error {
		keys, err := saltine.NewKeyring(secret, nil)
		if err != nil {
			return err
		}
		signer, err := saltine.NewTimestampSigner(keys, &saltine.Options{Compression: saltine.CompressionBest})
		if err != nil {
			return err
		}
		_, err = signer.SignObject(session)
		return err
	},
	"compress/zlib": func(text []byte, _ map[string]any) error {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		if _, err := w.Write(text); err != nil {
			return err
		}
		return w.Close()
	},
	"gorilla-json": func(_ []byte, session map[string]any) error {
		_, err := securecookie.New([]byte(secret), nil).SetSerializer(securecookie.JSONEncoder{}).Encode("sessionid", session)
		return err
	},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "firstuse:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 || makers[args[0]] == nil {
		return errors.New("usage: firstuse NAME JSON")
	}
	text := []byte(args[1])
	var session map[string]any
	if err := json.Unmarshal(text, &session); err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := makers[args[0]](text, session)
	taken := time.Since(start)
	runtime.ReadMemStats(&after)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"Nanoseconds": taken.Nanoseconds(),
		"Bytes":       after.TotalAlloc - before.TotalAlloc,
	})
}
