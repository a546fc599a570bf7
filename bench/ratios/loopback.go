package main

import (
	"fmt"

	"github.com/seed-52756201/saltine/bench"
)

// The middlewares that are compared, by name.
const (
	bareSite    = "bare"
	gorillaSite = "gorilla-sessions"
	scsSite     = "scs"
)

// loopbackFigures compares the requests that servers answer each second on this machine's
// own network. The slices are longer than elsewhere: a server has many parts to warm up.
// What a handler without a session reaches over the peers is the most that any middleware
// could: the rest of a request costs the same everywhere.
func loopbackFigures(m *measurer) ([]figure, error) {
	var figures []figure
	for _, l := range []loopback{
		{bench.Untouched, ours, bareSite, target{0.95, atLeast}},
		{bench.Read, ours, bareSite, target{0.7, atLeast}},
		{bench.Read, ours, scsSite, target{1.9, atLeast}},
		{bench.Read, bareSite, scsSite, target{}},
		{bench.Read, ours, gorillaSite, target{1.9, atLeast}},
		{bench.Read, bareSite, gorillaSite, target{}},
		{bench.Set, ours, bareSite, target{0.55, atLeast}},
		{bench.Set, ours, scsSite, target{1.9, atLeast}},
		{bench.Set, bareSite, scsSite, target{}},
		{bench.Set, ours, gorillaSite, target{1.9, atLeast}},
		{bench.Set, bareSite, gorillaSite, target{}},
	} {
		f, err := l.measure(m)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// loopback compares two middlewares.
type loopback struct {
	use        bench.Use
	one, other string
	target     target
}

func (l loopback) measure(m *measurer) (figure, error) {
	var subjects []subject
	for _, mw := range bench.Middlewares() {
		if mw.Name != l.one && mw.Name != l.other {
			continue
		}
		site, err := mw.Open(bench.PayloadNamed("auth"))
		if err != nil {
			return figure{}, err
		}
		server, err := bench.OpenLoopback(site, l.use)
		if err != nil {
			return figure{}, err
		}
		defer server.Close() //nolint:errcheck // every answer is there
		if _, err := server.Ask(100); err != nil {
			return figure{}, fmt.Errorf("%s: %w", mw.Name, err)
		}
		subjects = append(subjects, subject{mw.Name, server.Ask})
	}
	r, err := (&measurer{rounds: m.rounds, slice: 4 * m.slice}).measure(subjects)
	if err != nil {
		return figure{}, err
	}
	f := figure{name: fmt.Sprintf("requests a second, %s: %s over %s", l.use, l.one, l.other), unit: "x", target: l.target, again: l.measure}
	f.value, f.spread = r.ratio(l.other, l.one) // times turn around
	return f, nil
}

// middlewareFigures counts the allocations of a request more than those of a bare handler.
func middlewareFigures(*measurer) ([]figure, error) {
	sites := map[string]*bench.Site{}
	for _, mw := range bench.Middlewares() {
		site, err := mw.Open(bench.PayloadNamed("auth"))
		if err != nil {
			return nil, err
		}
		sites[mw.Name] = site
	}
	var figures []figure
	for _, use := range []struct {
		bench.Use
		bound float64
	}{{bench.Untouched, 2}, {bench.Read, 5}, {bench.Set, 13}} {
		a, err := countAllocations(sites[ours].Requester(use.Use))
		if err != nil {
			return nil, err
		}
		bare, err := countAllocations(sites[bareSite].Requester(use.Use))
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			name:   fmt.Sprintf("middleware, %s: allocations over a bare handler", use.Use),
			value:  a.count - bare.count,
			target: target{use.bound, atMost},
		})
	}
	return figures, nil
}
