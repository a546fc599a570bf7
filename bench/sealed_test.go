package bench_test

import (
	"testing"

	"github.com/seed-52756201/saltine/bench"
)

// BenchmarkSealed measures sessions that their holders cannot read: one value read, a
// map written, and one value set and the session saved.
func BenchmarkSealed(b *testing.B) {
	for _, name := range []string{"auth", "large"} {
		p := bench.PayloadNamed(name)
		for _, peer := range bench.SealedPeers() {
			ops, err := peer.Open(p)
			if err != nil {
				b.Fatal(err)
			}
			if err := bench.Check(p, ops); err != nil {
				b.Fatalf("%s: %v", peer.Name, err)
			}
			for _, op := range []bench.Operation{bench.DecodeKey, bench.DecodeMap, bench.EncodeMap, bench.AppendMap} {
				f := ops.Func(op)
				if f == nil {
					continue
				}
				b.Run(name+"/"+string(op)+"/"+peer.Name, func(b *testing.B) {
					sealedRepeat(b, f)
					b.ReportMetric(float64(len(ops.Cookie)), "cookie-B")
				})
			}
		}
	}
}

// From the size of a login on, sealed cookies are shorter than those of the peers,
// though padded. A smaller session is not: it is made as long as its neighbours.
func TestSealedCookiesAreShorter(t *testing.T) {
	for _, p := range bench.Payloads() {
		var ours int
		for _, peer := range bench.SealedPeers() {
			ops, err := peer.Open(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := bench.Check(p, ops); err != nil {
				t.Fatalf("%s: %v", peer.Name, err)
			}
			t.Logf("%s: %s has %d bytes", p.Name, peer.Name, len(ops.Cookie))
			switch {
			case ours == 0:
				ours = len(ops.Cookie)
			case p.Name == "tiny": // 9 bytes, padded to 64
			case ours >= len(ops.Cookie):
				t.Errorf("%s: %d bytes, %s has %d", p.Name, ours, peer.Name, len(ops.Cookie))
			}
		}
	}
}

func sealedRepeat(b *testing.B, f func() error) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
}
