package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/seed-52756201/saltine"
)

var errNoKey = errors.New("there is no key: set SALTINE_KEY, or use --key-file FILE with one key a line")

// keys returns the keys, of which the first signs, and warns of weak ones.
func (a *app) keys(r *request) ([]saltine.Key, error) {
	keys, err := a.readKeys(r)
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		if err := key.Check(); err != nil {
			fmt.Fprintf(&a.err, "saltine: warning: weak key, number %d of %d: %s\n", i+1, len(keys), strings.TrimPrefix(err.Error(), "saltine: invalid key: "))
		}
	}
	return keys, nil
}

func (a *app) readKeys(r *request) ([]saltine.Key, error) {
	if r.keyFile == "" {
		key := a.getenv("SALTINE_KEY")
		if key == "" {
			return nil, errNoKey
		}
		return []saltine.Key{saltine.Key(key)}, nil
	}
	data, err := os.ReadFile(r.keyFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the keys: %w", err)
	}
	return splitKeys(string(data))
}

// splitKeys returns the lines of a key file. Spaces belong to a key; the line
// break, LF or CR LF, does not. An empty line is refused: were it skipped, a
// first key that came out empty would make a fallback sign.
func splitKeys(text string) ([]saltine.Key, error) {
	if text == "" {
		return nil, errors.New("the key file is empty")
	}
	var keys []saltine.Key
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			return nil, fmt.Errorf("line %d of the key file is empty", i+1)
		}
		keys = append(keys, saltine.Key(line))
	}
	return keys, nil
}
