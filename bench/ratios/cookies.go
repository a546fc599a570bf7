package main

import (
	"fmt"

	"github.com/seed-52756201/saltine/bench"
)

// cookieFigures compares the bytes of cookies with those of Django, which
// compresses with C zlib at level 6. They do not vary.
func cookieFigures(m *measurer) ([]figure, error) {
	if m.django == nil {
		return nil, nil
	}
	var figures []figure
	for _, p := range bench.Payloads() {
		ops, err := openPeer(ours, p)
		if err != nil {
			return nil, err
		}
		cookie, err := m.django.Dumps(p)
		if err != nil {
			return nil, err
		}
		size, djangos := len(ops.Cookie), len(cookie)
		figures = append(figures, figure{
			name:   fmt.Sprintf("cookie %s: bytes more than Django's (%d / %d)", p.Name, size, djangos),
			value:  100 * float64(size-djangos) / float64(djangos),
			unit:   " %",
			target: target{1, atMost},
		})
	}
	return figures, nil
}
