package main

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"github.com/seed-52756201/saltine"
)

var errNoKey = errors.New("there is no key: set SALTINE_KEY, or use --key-file FILE, with one key a line")

// keys are the keys that a command works with.
type keys struct {
	saltine.Keyring
	texts []saltine.Key // the same, for what they are mixed up with; nothing prints them
}

// keys returns the keys that were asked for, and warns of weak ones.
func (a *app) keys(r *request) (keys, error) {
	source, text, err := a.readKeys(r)
	if err != nil {
		return keys{}, err
	}
	if err := checkLines(source, text, r.keepSpace); err != nil {
		return keys{}, err
	}
	ring, err := saltine.ParseKeyring(text, &saltine.KeyringOptions{
		Algorithm:        r.algorithm,
		LegacyAlgorithms: r.legacy,
		KeepSpace:        r.keepSpace,
	})
	if err != nil {
		return keys{}, err
	}
	k := keys{Keyring: ring, texts: splitKeys(text)}
	a.warnOfWeak(k)
	return k, nil
}

// warnOfWeak warns of every weak key.
func (a *app) warnOfWeak(k keys) {
	for i, key := range k.texts {
		if err := key.Check(); err != nil {
			fmt.Fprintf(&a.err, "saltine: warning: weak key, number %d of %d: %s\n", i+1, len(k.texts), strings.TrimPrefix(err.Error(), "saltine: invalid key: "))
		}
	}
}

// readKeys returns the text of the keys, and what it was read from.
func (a *app) readKeys(r *request) (source, text string, err error) {
	if r.keyFile == "" {
		text = a.getenv("SALTINE_KEY")
		if text == "" {
			return "", "", errNoKey
		}
		return "SALTINE_KEY", text, nil
	}
	data, err := os.ReadFile(r.keyFile)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the keys: %w", err)
	}
	return "the key file", string(data), nil
}

// checkLines refuses what saltine.ParseKeyring refuses, in the words of the
// command.
func checkLines(source, text string, keepSpace bool) error {
	n := 0
	for number, line := range keyLines(text) {
		n++
		if !keepSpace && strings.TrimSpace(line) != line {
			return fmt.Errorf("line %d of %s has white space at its start or end: remove it, or use --keep-space if it is a part of the key", number, source)
		}
	}
	if n == 0 {
		return fmt.Errorf("there is no key in %s", source)
	}
	return nil
}

// splitKeys returns the keys of saltine.ParseKeyring, in order.
func splitKeys(text string) []saltine.Key {
	var list []saltine.Key
	for _, line := range keyLines(text) {
		list = append(list, saltine.Key(line))
	}
	return list
}

// keyLines yields the lines that saltine.ParseKeyring takes for keys, with their
// numbers from 1.
func keyLines(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		lines := strings.Split(strings.TrimPrefix(text, "\uFEFF"), "\n")
		for i, line := range lines {
			line = strings.TrimSuffix(line, "\r")
			if strings.TrimSpace(line) != "" && !yield(i+1, line) {
				return
			}
		}
	}
}
