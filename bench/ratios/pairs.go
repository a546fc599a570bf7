package main

import (
	"fmt"
	"os"

	"github.com/seed-52756201/saltine/bench"
)

// pair compares two works of one set that is measured together.
type pair struct {
	name       string
	one, other string
	works      map[string]func() error
	target     target // of one's time over the other's
}

// pairFigures measures what is no operation on a whole session.
func pairFigures(m *measurer) ([]figure, error) {
	pairs, err := pairs()
	if err != nil {
		return nil, err
	}
	var figures []figure
	for _, p := range pairs {
		f, err := p.measure(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

func (p pair) measure(m *measurer) (figure, error) {
	r, err := m.measure([]subject{inProcess(p.one, p.works[p.one]), inProcess(p.other, p.works[p.other])})
	if err != nil {
		return figure{}, err
	}
	f := figure{name: fmt.Sprintf("%s: %s over %s", p.name, p.one, p.other), unit: "x", target: p.target, again: p.measure}
	f.value, f.spread = r.ratio(p.one, p.other)
	return f, nil
}

func pairs() ([]pair, error) {
	var all []pair
	for _, payload := range []string{"medium", "large"} {
		works := bench.Checkers(bench.PayloadNamed(payload))
		all = append(all,
			pair{"check and index JSON " + payload, ours, "goccy/go-json", works, target{1.15, atMost}},
			pair{"check and index JSON " + payload, ours, "sonic", works, target{1, atMost}})
	}
	for _, payload := range []string{"auth", "medium"} {
		deflate, inflate, err := bench.Compressors(bench.PayloadNamed(payload))
		if err != nil {
			fmt.Fprintln(os.Stderr, "ratios: not compared with C libdeflate:", err)
			break
		}
		all = append(all,
			pair{"inflate " + payload, ours, "libdeflate", inflate, target{1, atMost}},
			pair{"deflate " + payload, ours, "libdeflate", deflate, target{1, atMost}})
	}
	fields, err := bench.Fields()
	if err != nil {
		return nil, err
	}
	for _, typ := range []string{"int", "int64", "bool"} {
		all = append(all, pair{"Field.Get", typ, "[]string", fields, target{0.15, atMost}})
	}
	return append(all,
		pair{"find the cookie in 1.1 kB", ours, "net/http", bench.CookieSearch(0), target{0.3, atMost}},
		pair{"find the cookie behind 2999 others", ours, "net/http", bench.CookieSearch(2999), target{0.05, atMost}}), nil
}
