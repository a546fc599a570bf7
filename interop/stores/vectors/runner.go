package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// runner runs the parts of a file and counts what comes of them.
type runner struct {
	file   *storevectors.File
	places *places
	out    io.Writer

	passed, failed, leftOut int
	byRule                  map[string]int
}

// part runs a part, and prints a line of it.
func (r *runner) part(p *part) error {
	passed, leftOut := r.passed, r.leftOut
	if p.run != nil {
		if err := p.run(r); err != nil {
			return err
		}
	}
	fmt.Fprintf(r.out, "%-18s %5d read, %5d passed, %5d left out\n", p.name, p.cases(r.file), r.passed-passed, r.leftOut-leftOut)
	return nil
}

// result counts a case: difference is what is otherwise than in Django, and rule why it may be.
func (r *runner) result(name, difference, rule string) {
	switch {
	case difference == "":
		r.passed++
	case rule != "":
		r.passed++
		r.byRule[rule]++
	default:
		r.failed++
		fmt.Fprintf(r.out, "%s: %s\n", name, difference)
	}
}

func (r *runner) summary() error {
	for _, rule := range slices.Sorted(maps.Keys(r.byRule)) {
		fmt.Fprintf(r.out, "rule, %d times: %s\n", r.byRule[rule], rule)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, r.failed)
	if r.failed > 0 {
		return errors.New("cases come out otherwise than in Django, by no rule")
	}
	return nil
}

// clock is the stopped clock of most parts.
func (r *runner) clock() time.Time { return moment(r.file.Clock) }

// moment returns the time of Unix seconds, to the microsecond.
func moment(seconds float64) time.Time { return time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC() }

// newest returns the newest of some versions of Django: main comes after all numbers.
func newest(versions []string) string {
	if len(versions) == 0 {
		return ""
	}
	return slices.MaxFunc(versions, func(a, b string) int {
		return cmp.Or(cmp.Compare(versionNumber(a), versionNumber(b)), cmp.Compare(a, b))
	})
}

// versionNumber returns a number that grows with a version: 5.2.10 is 5002010.
func versionNumber(version string) (number int) {
	if strings.HasPrefix(version, "main") {
		return math.MaxInt
	}
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "deb"), "-")
	for i, digits := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(digits)
		if err != nil {
			return number
		}
		number += n * [...]int{1e6, 1e3, 1}[i]
	}
	return number
}

// group is where several outcomes of one case are told apart.
type group struct{ of, engine string }

// newestOutcomes returns, for each place of an engine, which of a case's outcomes is that of the newest Django there. Items of one name are
// one case; prefix "" is for places without one.
func newestOutcomes[T any](items []T, name func(*T) string, seenOn func(*T) []storevectors.Place, prefix string) map[group]*T {
	found, version := map[group]*T{}, map[group]string{}
	for i := range items {
		item := &items[i]
		for _, p := range seenOn(item) {
			g := group{name(item), p.Engine}
			if p.Prefix != prefix || version[g] != "" && newest([]string{version[g], p.Django}) == version[g] {
				continue
			}
			found[g], version[g] = item, p.Django
		}
	}
	return found
}

// sortedGroups returns the keys in an order that does not change.
func sortedGroups[T any](groups map[group]*T) []group {
	return slices.SortedFunc(maps.Keys(groups), func(a, b group) int {
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.engine, b.engine))
	})
}

// on calls f with the table of an engine, which is empty, or counts n cases as left out.
func (r *runner) on(engine string, n int, f func(*database) error) error {
	if !r.places.has(engine) {
		r.leftOut += n
		return nil
	}
	db, err := r.places.open(context.Background(), engine)
	if err != nil {
		return err
	}
	return f(db)
}

// said makes an error the difference of a case.
func said(err error) (difference, rule string, none error) { return err.Error(), "", nil }
