package testkit

import (
	"errors"
	"testing"
)

// Kind is an error kind with the name that tests give it.
type Kind struct {
	Name string
	Err  error
	In   error // the kind that Err belongs to as well, nil for none
}

// KindOf returns the name of the one kind that err is of, or "none" for nil. It fails
// the test if err is of no kind, or of two that do not belong to each other.
func KindOf(t testing.TB, err error, kinds []Kind) string {
	t.Helper()
	if err == nil {
		return "none"
	}
	var found Kind
	for _, k := range kinds {
		switch {
		case !errors.Is(err, k.Err):
		case found.Name == "", found.Err == k.In:
			found = k
		case found.In != k.Err:
			t.Errorf("error is both %s and %s: %v", found.Name, k.Name, err)
		}
	}
	if found.Name == "" {
		t.Errorf("error is of no kind: %v", err)
	}
	return found.Name
}
