package main

import (
	"errors"
	"os"
	"strings"
)

// page shows the tables between two lines of its own.
const (
	page      = "../../docs/vectors.md"
	tableHead = "<!-- ports: written by interop/ports, go run . -write -->\n"
	tableFoot = "<!-- ports: end -->\n"
)

var errPage = errors.New(page + " has no place for the tables")

// splitPage returns what stands before, in and behind the tables.
func splitPage(text string) (before, tables, behind string, err error) {
	before, rest, ok := strings.Cut(text, tableHead)
	if !ok {
		return "", "", "", errPage
	}
	tables, behind, ok = strings.Cut(rest, tableFoot)
	if !ok {
		return "", "", "", errPage
	}
	return before, tables, behind, nil
}

func writePage(tables string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, _, behind, err := splitPage(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(before+tableHead+tables+tableFoot+behind), 0o600) //nolint:gosec // G703: it goes where it came from
}
