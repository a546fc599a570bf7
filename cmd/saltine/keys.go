package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"runtime"
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
	for _, note := range keyNotes(source, text) {
		fmt.Fprintf(&a.err, "saltine: note: %s\n", note)
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

// warnOfWeak warns of every weak key, and of one that is there twice.
func (a *app) warnOfWeak(k keys) {
	seen := map[saltine.Key]int{}
	for i, key := range k.texts {
		if err := key.Check(); err != nil {
			fmt.Fprintf(&a.err, "saltine: warning: weak key, number %d of %d: %s\n", i+1, len(k.texts), strings.TrimPrefix(err.Error(), "saltine: invalid key: "))
		}
		if first, ok := seen[key]; ok {
			fmt.Fprintf(&a.err, "saltine: note: key %d is key %d once more: remove one of the two lines\n", i+1, first+1)
			continue
		}
		seen[key] = i
	}
}

// keyNotes tell what was done to the text of keys, or would surprise.
func keyNotes(source, text string) []string {
	var notes []string
	add := func(is bool, note string) {
		if is {
			notes = append(notes, note)
		}
	}
	add(strings.HasPrefix(text, "\uFEFF"), source+" begins with a byte order mark, which was left out; another program may take it for a part of the key: save the file as UTF-8 without BOM")
	add(strings.Contains(text, "\r\n"), source+" has line ends of Windows (CRLF), which were left out; another program may take the CR for a part of the key: convert the file with dos2unix")
	add(hasBlankLine(text), source+" has blank lines, which do not count")
	for number, line := range keyLines(text) {
		at := fmt.Sprintf("line %d of %s ", number, source)
		add(isQuoted(line), at+"has quotes around the key, and they count as a part of it: remove them unless Django's SECRET_KEY has them too")
		add(nameInFront.MatchString(line) && strings.Contains(line, "="), at+"looks like NAME=value, and all of it counts as the key: leave only the value, one key a line")
		add(strings.HasPrefix(line, "#"), at+"begins with # and counts as a key: there are no comments in a key file")
	}
	return notes
}

func hasBlankLine(text string) bool {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for _, line := range lines {
		if len(lines) > 1 && strings.TrimSpace(line) == "" {
			return true
		}
	}
	return false
}

func isQuoted(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) > 1 && strings.ContainsRune(`"'`, rune(line[0])) && line[len(line)-1] == line[0]
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
	text, err = a.readKeyFile(r.keyFile)
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err // the path may be a key, given where its file was asked for
	}
	if err != nil {
		return "", "", fmt.Errorf("cannot read the file of --key-file: %w", err)
	}
	return "the key file", text, nil
}

// maxKeyFile is how much of a key file is read, in bytes.
const maxKeyFile = 1 << 20

// readKeyFile reads a key file, and warns of one that others can read.
func (a *app) readKeyFile(name string) (string, error) {
	file, err := os.Open(name) //nolint:gosec // G304: the user names the file
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // read only: nothing can be lost
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		fmt.Fprintf(&a.err, "saltine: warning: others on this machine can read the key file (mode %04o): chmod 600 it\n", info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > maxKeyFile:
		return "", &saltine.SizeError{What: "key file", Size: len(data), Limit: maxKeyFile}
	case strings.HasPrefix(string(data), "\xff\xfe"), strings.HasPrefix(string(data), "\xfe\xff"):
		return "", errors.New("the key file is UTF-16, as PowerShell and Notepad write it: save it as UTF-8")
	}
	return string(data), nil
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
