// Package coldstart is what the programs below it share: they start, answer one request
// and end.
package coldstart

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// Answer has the handler answer one request, whose cookie is the argument of the
// program, and prints the body, which must be "hello".
func Answer(handler http.Handler) error {
	if len(os.Args) != 2 {
		return errors.New("usage: PROGRAM COOKIE")
	}
	r, err := http.NewRequest(http.MethodGet, "/", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", os.Args[1])
	w := answer{header: http.Header{}}
	handler.ServeHTTP(&w, r)
	if w.body.String() != "hello\n" {
		return fmt.Errorf("the answer is %q", w.body.String())
	}
	fmt.Print(w.body.String())
	return nil
}

type answer struct {
	header http.Header
	body   strings.Builder
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *answer) WriteHeader(int) {}
