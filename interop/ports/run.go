package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-52756201/saltine/vectors"
)

// score counts the tests of a kind.
type score struct {
	passed int
	of     int
}

// miss is a test that a port does not pass.
type miss struct {
	id    int
	kind  vectors.Kind
	way   string // one of refusesGood to hung
	flags []string
}

// report is what came of a port.
type report struct {
	score
	byKind map[vectors.Kind]score
	misses []miss // in the order of the file
}

// run asks a port every question that it claims to answer.
func run(ctx context.Context, p *port, a *adapter, file *vectors.File) (report, error) {
	defer a.close()
	r := report{byKind: map[vectors.Kind]score{}}
	for i := range file.Groups {
		g := &file.Groups[i]
		for j := range g.Tests {
			t := &g.Tests[j]
			if !p.claims(g, t) {
				continue
			}
			way, err := try(ctx, a, g, t)
			if err != nil {
				return report{}, fmt.Errorf("%s: %w", p.name, err)
			}
			r.add(g, t, way)
		}
	}
	if r.of == 0 {
		return report{}, fmt.Errorf("%s: no test was run", p.name)
	}
	if n := r.count(crashed); n == r.of {
		return report{}, fmt.Errorf("%s: the adapter answered nothing", p.name)
	}
	return r, nil
}

// try asks one question. Its error is the adapter's fault, not the port's.
func try(ctx context.Context, a *adapter, g *vectors.Group, t *vectors.Test) (string, error) {
	got, err := a.ask(ctx, newQuestion(g, t))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, errCrashed):
		return crashed, nil
	case errors.Is(err, errHung):
		return hung, nil
	case err != nil:
		return "", err
	}
	return judge(g, t, got), nil
}

func (r *report) add(g *vectors.Group, t *vectors.Test, way string) {
	s := r.byKind[g.Kind]
	r.of++
	s.of++
	if way == "" {
		r.passed++
		s.passed++
	} else {
		r.misses = append(r.misses, miss{t.ID, g.Kind, way, slices.Clone(t.Flags)})
	}
	r.byKind[g.Kind] = s
}

// count counts the misses of a way.
func (r *report) count(way string) int {
	n := 0
	for _, m := range r.misses {
		if m.way == way {
			n++
		}
	}
	return n
}
