package main

import (
	"fmt"
	"time"

	"github.com/seed-52756201/saltine/bench"
)

// The sides of comparisons that are no peers.
const (
	bareHMAC   = "a pooled HMAC"
	bareVerify = "bare HMAC, text and clock"
	bareEncode = "its own bare parts"
	bareDecode = "bare HMAC, base64 and inflate"
	inDjango   = "Django"
)

// The peers that are compared.
const (
	ours             = "saltine"
	oursUncompressed = "saltine-uncompressed"
	gorilla          = "gorilla-json"
	jwt              = "golang-jwt"
	port             = "port"
	pooled           = "pooled-std"
)

// comparison is a row of the table of what saltine must reach: an operation of
// one side against another, with a target for each payload, or with none.
type comparison struct {
	op       bench.Operation
	one      string
	other    string
	relation relation // atLeast: other/one; else one/other
	bounds   []bound
}

type bound struct {
	payload string
	value   float64
}

var comparisons = []comparison{
	{bench.Verify, ours, bareHMAC, atMost, []bound{{"auth", 1.65}, {"large", 1.3}}},
	{bench.Verify, bareVerify, bareHMAC, noTarget, []bound{{"auth", 0}, {"large", 0}}},
	{bench.DecodeRaw, ours, pooled, atMost, []bound{{"auth", 0.55}, {"medium", 0.55}, {"large", 0.55}, {"rand", 0.55}}},
	{bench.DecodeRaw, ours, bareDecode, atMost, []bound{{"auth", 1.15}, {"large", 1.06}}},
	{bench.DecodeKey, ours, gorilla, atLeast, []bound{{"auth", 1.9}, {"medium", 4.2}, {"large", 5.5}}},
	{bench.DecodeKey, ours, bareDecode, atMost, []bound{{"large", 1.65}}},
	{bench.DecodeMap, ours, gorilla, atLeast, []bound{{"tiny", 2.8}, {"auth", 1.7}, {"medium", 2}, {"large", 2.5}}},
	{bench.DecodeMap, ours, port, atLeast, []bound{{"auth", 6}, {"medium", 3.2}, {"large", 2.8}}},
	{bench.EncodeMap, ours, port, atLeast, []bound{{"auth", 15}, {"medium", 10}, {"large", 4.5}}},
	{bench.EncodeMap, ours, pooled, atLeast, []bound{{"auth", 3}, {"medium", 2.5}, {"large", 2.3}}},
	{bench.EncodeRaw, ours, bareEncode, atMost, []bound{{"auth", 1.06}, {"medium", 1.06}, {"large", 1.06}, {"rand", 1.06}}},
	{bench.DecodeMap, ours, inDjango, atLeast, []bound{{"auth", 5}}},
	{bench.EncodeMap, ours, inDjango, atLeast, []bound{{"auth", 3}}},
	{bench.EncodeMap, oursUncompressed, gorilla, atLeast, []bound{{"auth", 3.2}}},
	{bench.Forged, ours, gorilla, atLeast, []bound{{"auth", 3.5}}},
	{bench.Forged, ours, jwt, atLeast, []bound{{"auth", 12}}},
}

// timeFigures measures all comparisons. Those of one operation on one payload
// share their rounds.
func timeFigures(m *measurer) ([]figure, error) {
	type group struct {
		op      bench.Operation
		payload string
	}
	measured := map[group]rounds{}
	var figures []figure
	for _, c := range comparisons {
		for _, b := range c.bounds {
			if c.other == inDjango && m.django == nil {
				continue
			}
			g := group{c.op, b.payload}
			if measured[g] == nil {
				subjects, err := m.subjects(g.op, bench.PayloadNamed(g.payload))
				if err != nil {
					return nil, err
				}
				if measured[g], err = m.measure(subjects); err != nil {
					return nil, err
				}
			}
			f := c.figure(b, measured[g])
			f.again = func(m *measurer) (figure, error) { return c.measure(m, b) }
			figures = append(figures, f)
		}
	}
	return figures, nil
}

// measure measures one figure alone.
func (c comparison) measure(m *measurer, b bound) (figure, error) {
	var subjects []subject
	for _, name := range []string{c.one, c.other} {
		s, err := m.subject(name, c.op, bench.PayloadNamed(b.payload))
		if err != nil {
			return figure{}, err
		}
		subjects = append(subjects, s)
	}
	r, err := m.measure(subjects)
	return c.figure(b, r), err
}

func (c comparison) figure(b bound, r rounds) figure {
	f := figure{unit: "x", target: target{b.value, c.relation}}
	if c.relation == atLeast {
		f.name = fmt.Sprintf("%s %s: %s faster than %s", c.op, b.payload, c.one, c.other)
		f.value, f.spread = r.ratio(c.other, c.one)
	} else {
		f.name = fmt.Sprintf("%s %s: %s over %s", c.op, b.payload, c.one, c.other)
		f.value, f.spread = r.ratio(c.one, c.other)
	}
	return f
}

// subjects returns every side that is compared in an operation on a payload,
// each once, and checked.
func (m *measurer) subjects(op bench.Operation, p bench.Payload) ([]subject, error) {
	var subjects []subject
	seen := map[string]bool{}
	for _, c := range comparisons {
		for _, name := range []string{c.one, c.other} {
			if c.op != op || !c.covers(p.Name) || seen[name] || name == inDjango && m.django == nil {
				continue
			}
			seen[name] = true
			s, err := m.subject(name, op, p)
			if err != nil {
				return nil, fmt.Errorf("%s, %s %s: %w", name, op, p.Name, err)
			}
			subjects = append(subjects, s)
		}
	}
	return subjects, nil
}

func (c comparison) covers(payload string) bool {
	for _, b := range c.bounds {
		if b.payload == payload {
			return true
		}
	}
	return false
}

// subject returns one side of a comparison.
func (m *measurer) subject(name string, op bench.Operation, p bench.Payload) (subject, error) {
	if name == inDjango {
		return m.djangoSubject(op, p)
	}
	ops, err := openPeer(peerFor(name), p)
	if err != nil {
		return subject{}, err
	}
	switch name {
	case bareHMAC:
		return inProcess(name, bench.OpenParts(p, ops).HMAC), nil
	case bareVerify:
		return inProcess(name, bench.OpenParts(p, ops).Verify), nil
	case bareDecode:
		return inProcess(name, bench.OpenParts(p, ops).Decode), nil
	case bareEncode:
		return inProcess(name, bench.OpenParts(p, ops).Encode), nil
	default:
		return inProcess(name, ops.Func(op)), nil
	}
}

// peerFor returns the peer that a side belongs to: parts are ours.
func peerFor(name string) string {
	switch name {
	case bareHMAC, bareVerify, bareDecode, bareEncode:
		return ours
	default:
		return name
	}
}

// openPeer opens the peer of that name and checks it.
func openPeer(name string, p bench.Payload) (*bench.Ops, error) {
	for _, peer := range bench.Peers() {
		if peer.Name != name {
			continue
		}
		ops, err := peer.Open(p)
		if err != nil {
			return nil, fmt.Errorf("%s refuses %s: %w", name, p.Name, err)
		}
		return ops, bench.Check(p, ops)
	}
	return nil, fmt.Errorf("no peer is called %s", name)
}

// djangoSubject is timed by Django's own process.
func (m *measurer) djangoSubject(op bench.Operation, p bench.Payload) (subject, error) {
	cookie, err := m.django.Dumps(p)
	if err != nil {
		return subject{}, err
	}
	return subject{inDjango, func(count int) (time.Duration, error) {
		if op == bench.EncodeMap {
			return m.django.TimeDumps(p, count)
		}
		return m.django.TimeLoads(cookie, count)
	}}, nil
}
