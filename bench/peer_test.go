package bench_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/bench"
)

func TestPeersKeepTheSession(t *testing.T) {
	for _, peer := range bench.Peers() {
		for _, p := range bench.Payloads() {
			t.Run(peer.Name+"/"+p.Name, func(t *testing.T) {
				ops, err := peer.Open(p)
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				if err := bench.Check(p, ops); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// djangosPeers write what Django reads, and read what Django writes.
var djangosPeers = []bench.Peer{
	bench.Saltine(),
	bench.SaltineUncompressed(),
	bench.Port(),
	bench.PooledStd(),
	bench.PooledKlauspost(),
}

func TestDjangoReadsAndWritesTheSame(t *testing.T) {
	django := startDjango(t)
	for _, peer := range djangosPeers {
		for _, p := range bench.Payloads() {
			t.Run(peer.Name+"/"+p.Name, func(t *testing.T) {
				ops, err := peer.Open(p)
				if err != nil {
					t.Fatal(err)
				}
				read, err := django.Loads(ops.Cookie)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(p.JSON), read); diff != "" {
					t.Errorf("Django reads (-want +got):\n%s", diff)
				}
				cookie, err := django.Dumps(p)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ops.Read(cookie)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(p.Map, floats(got)); diff != "" {
					t.Errorf("the peer reads Django's cookie (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// floats makes the numbers of v what encoding/json makes of them.
func floats(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = floats(v[k])
		}
	}
	return v
}

func startDjango(tb testing.TB) *bench.Django {
	tb.Helper()
	django, err := bench.StartDjango()
	if err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	tb.Cleanup(func() {
		if err := django.Close(); err != nil {
			tb.Error(err)
		}
	})
	return django
}
