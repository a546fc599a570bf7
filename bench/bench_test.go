package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/bench"
)

func BenchmarkVerify(b *testing.B)    { benchmark(b, bench.Verify) }
func BenchmarkForged(b *testing.B)    { benchmark(b, bench.Forged) }
func BenchmarkDecodeRaw(b *testing.B) { benchmark(b, bench.DecodeRaw) }
func BenchmarkDecodeKey(b *testing.B) { benchmark(b, bench.DecodeKey) }
func BenchmarkDecodeMap(b *testing.B) { benchmark(b, bench.DecodeMap) }
func BenchmarkEncodeRaw(b *testing.B) { benchmark(b, bench.EncodeRaw) }
func BenchmarkEncodeMap(b *testing.B) { benchmark(b, bench.EncodeMap) }
func BenchmarkAppendMap(b *testing.B) { benchmark(b, bench.AppendMap) }

// benchmark measures an operation of every peer that offers it.
func benchmark(b *testing.B, op bench.Operation) {
	for _, p := range bench.Payloads() {
		b.Run(p.Name, func(b *testing.B) {
			for _, peer := range bench.Peers() {
				benchmarkPeer(b, op, p, peer)
			}
			benchmarkDjango(b, op, p)
		})
	}
}

func benchmarkPeer(b *testing.B, op bench.Operation, p bench.Payload, peer bench.Peer) {
	ops, err := peer.Open(p)
	if err != nil {
		b.Logf("%s refuses %s: %v", peer.Name, p.Name, err)
		return
	}
	if err := bench.Check(p, ops); err != nil {
		b.Fatalf("%s: %v", peer.Name, err)
	}
	if f := ops.Func(op); f != nil {
		b.Run(peer.Name, func(b *testing.B) { repeat(b, f) })
	}
}

// benchmarkDjango measures what Django has: whole objects.
func benchmarkDjango(b *testing.B, op bench.Operation, p bench.Payload) {
	if op != bench.DecodeMap && op != bench.EncodeMap {
		return
	}
	b.Run("django", func(b *testing.B) {
		django := startDjango(b)
		cookie, err := django.Dumps(p)
		if err != nil {
			b.Fatal(err)
		}
		var taken time.Duration
		if op == bench.DecodeMap {
			taken, err = django.TimeLoads(cookie, b.N)
		} else {
			taken, err = django.TimeDumps(p, b.N)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(taken.Nanoseconds())/float64(b.N), "ns/op")
	})
}

func BenchmarkMiddleware(b *testing.B) {
	for _, p := range bench.Payloads() {
		for _, m := range bench.Middlewares() {
			site, err := m.Open(p)
			if err != nil {
				b.Fatal(err)
			}
			if err := bench.CheckSite(site); err != nil {
				b.Fatalf("%s: %v", m.Name, err)
			}
			for _, use := range bench.Uses() {
				b.Run(fmt.Sprintf("%s/%s/%s", p.Name, m.Name, use), func(b *testing.B) {
					repeat(b, site.Requester(use))
				})
			}
		}
	}
}

// BenchmarkNewCookieStore makes a store of a keyring that is there already.
func BenchmarkNewCookieStore(b *testing.B) { repeat(b, bench.NewStore()) }

// BenchmarkReadChangeSave reads one key of a session, changes another and saves
// it, while what it does not touch grows.
func BenchmarkReadChangeSave(b *testing.B) {
	for _, size := range bench.GrowthSizes() {
		for _, g := range bench.Growers() {
			request, err := g.Request(size)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%dB/%s", size, g.Name), func(b *testing.B) { repeat(b, request) })
		}
	}
}

func repeat(b *testing.B, f func() error) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
}
