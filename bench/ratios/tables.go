package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/bench"
)

// table is a Markdown table under a heading.
type table struct {
	title  string
	header []string
	rows   [][]string
}

func (t table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", t.title)
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.header)
	fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(t.header)))
	for _, row := range t.rows {
		line(row)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// tables measures what has no target: every peer, middleware, and sessions that
// grow.
func tables(m *measurer) ([]table, error) {
	var all []table
	for _, part := range []func(*measurer) (table, error){peerTable, middlewareTable, growthTable, scaleTable} {
		t, err := part(m)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// peerTable holds the times of whole sessions, and the bytes of cookies.
func peerTable(m *measurer) (table, error) {
	t := table{
		title:  "Peers: nanoseconds from cookie to map, from map to cookie, and bytes of the cookie",
		header: []string{"peer"},
	}
	payloads := []string{"auth", "medium", "large"}
	cells := map[string][]string{}
	for _, op := range []bench.Operation{bench.DecodeMap, bench.EncodeMap} {
		for _, payload := range payloads {
			t.header = append(t.header, fmt.Sprintf("%s %s", op, payload))
			times, err := m.allPeers(op, bench.PayloadNamed(payload))
			if err != nil {
				return t, err
			}
			for name, ns := range times {
				median, _ := middle(ns)
				cells[name] = append(cells[name], fmt.Sprintf("%.0f", median))
			}
		}
	}
	for _, payload := range payloads {
		t.header = append(t.header, "bytes "+payload)
	}
	for _, name := range m.peerNames() {
		sizes, err := m.cookieSizes(name, payloads)
		if err != nil {
			return t, err
		}
		t.rows = append(t.rows, append(append([]string{name}, cells[name]...), sizes...))
	}
	return t, nil
}

// peerNames are the peers, and Django if it is there.
func (m *measurer) peerNames() []string {
	var names []string
	for _, peer := range bench.Peers() {
		names = append(names, peer.Name)
	}
	if m.django != nil {
		names = append(names, inDjango)
	}
	return names
}

func (m *measurer) allPeers(op bench.Operation, p bench.Payload) (rounds, error) {
	var subjects []subject
	for _, name := range m.peerNames() {
		s, err := m.subject(name, op, p)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, s)
	}
	return m.measure(subjects)
}

func (m *measurer) cookieSizes(name string, payloads []string) ([]string, error) {
	var sizes []string
	for _, payload := range payloads {
		cookie, err := m.cookie(name, bench.PayloadNamed(payload))
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, strconv.Itoa(len(cookie)))
	}
	return sizes, nil
}

func (m *measurer) cookie(name string, p bench.Payload) (string, error) {
	if name == inDjango {
		return m.django.Dumps(p)
	}
	ops, err := openPeer(name, p)
	if err != nil {
		return "", err
	}
	return ops.Cookie, nil
}

// middlewareTable holds the times of requests by what they do with a session.
func middlewareTable(m *measurer) (table, error) {
	t := table{title: "Middleware: nanoseconds (bytes, allocations) of a request with a session", header: []string{"middleware"}}
	cells := map[string][]string{}
	for _, payload := range []string{"auth", "large"} {
		for _, use := range bench.Uses() {
			t.header = append(t.header, fmt.Sprintf("%s %s", payload, use))
			column, err := m.middlewareColumn(bench.PayloadNamed(payload), use)
			if err != nil {
				return t, err
			}
			for name, cell := range column {
				cells[name] = append(cells[name], cell)
			}
		}
	}
	for _, mw := range bench.Middlewares() {
		t.rows = append(t.rows, append([]string{mw.Name}, cells[mw.Name]...))
	}
	return t, nil
}

func (m *measurer) middlewareColumn(p bench.Payload, use bench.Use) (map[string]string, error) {
	works := map[string]func() error{}
	for _, mw := range bench.Middlewares() {
		site, err := mw.Open(p)
		if err == nil {
			err = bench.CheckSite(site)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", mw.Name, err)
		}
		works[mw.Name] = site.Requester(use)
	}
	return m.cells(works)
}

// cells measures time and allocations of works side by side.
func (m *measurer) cells(works map[string]func() error) (map[string]string, error) {
	var subjects []subject
	for name, work := range works {
		subjects = append(subjects, inProcess(name, work))
	}
	times, err := m.measure(subjects)
	if err != nil {
		return nil, err
	}
	cells := map[string]string{}
	for name, work := range works {
		a, err := countAllocations(work)
		if err != nil {
			return nil, err
		}
		median, _ := middle(times[name])
		cells[name] = fmt.Sprintf("%.0f (%.0f B, %.0f)", median, a.bytes, a.count)
	}
	return cells, nil
}

// growthTable holds the times of a request that reads one key of a session,
// changes another and saves it, while what it does not touch grows.
func growthTable(m *measurer) (table, error) {
	t := table{
		title:  "Read one key, change another, save: nanoseconds (bytes, allocations) by the bytes of untouched values",
		header: []string{"session of"},
	}
	cells := map[string][]string{}
	for _, size := range bench.GrowthSizes() {
		t.header = append(t.header, fmt.Sprintf("%d B", size))
		works := map[string]func() error{}
		for _, g := range bench.Growers() {
			work, err := g.Request(size)
			if err != nil {
				return t, err
			}
			works[g.Name] = work
		}
		column, err := m.cells(works)
		if err != nil {
			return t, err
		}
		for name, cell := range column {
			cells[name] = append(cells[name], cell)
		}
	}
	for _, g := range bench.Growers() {
		t.rows = append(t.rows, append([]string{g.Name}, cells[g.Name]...))
	}
	return t, nil
}
