package bench_test

import (
	"testing"

	"github.com/seed-52756201/saltine/bench"
)

func TestMiddlewareKeepsTheSession(t *testing.T) {
	for _, m := range bench.Middlewares() {
		for _, p := range bench.Payloads() {
			t.Run(m.Name+"/"+p.Name, func(t *testing.T) {
				site, err := m.Open(p)
				if err != nil {
					t.Fatal(err)
				}
				if err := bench.CheckSite(site); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
