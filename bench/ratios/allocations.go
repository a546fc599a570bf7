package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/seed-52756201/saltine/bench"
)

// allocationFigures counts what operations allocate. Counts do not vary, so
// they have no spread.
func allocationFigures(*measurer) ([]figure, error) {
	var figures []figure
	for _, b := range []struct {
		op       bench.Operation
		payloads []string
	}{
		{bench.Verify, []string{"auth", "large"}},
		{bench.Forged, []string{"auth"}},
		{bench.DecodeRaw, []string{"auth", "medium", "large", "rand"}},
		{bench.EncodeRaw, []string{"auth", "medium", "large", "rand"}},
	} {
		for _, payload := range b.payloads {
			a, err := allocationsOf(ours, b.op, payload)
			if err != nil {
				return nil, err
			}
			name := fmt.Sprintf("%s %s: bytes allocated", b.op, payload)
			figures = append(figures, figure{name: name, value: a.bytes, unit: " B", target: target{0, atMost}})
		}
	}
	for _, payload := range []string{"tiny", "auth", "medium", "large"} {
		f, err := allocationRatio(bench.DecodeMap, payload, gorilla)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	for _, payload := range []string{"auth", "medium", "large"} {
		for _, c := range []struct {
			op     bench.Operation
			target target
		}{
			{bench.AppendMap, target{0.001, atMost}},
			{bench.EncodeMap, target{}}, // the cookie itself is most of it
		} {
			f, err := byteRatio(c.op, payload, port, c.target)
			if err != nil {
				return nil, err
			}
			figures = append(figures, f)
		}
	}
	fields, err := bench.Fields()
	if err != nil {
		return nil, err
	}
	for _, typ := range []string{"int", "int64", "bool"} {
		a, err := countAllocations(fields[typ])
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{name: fmt.Sprintf("Field[%s].Get: allocations", typ), value: a.count, target: target{0, atMost}})
	}
	store, err := countAllocations(bench.NewStore())
	if err != nil {
		return nil, err
	}
	return append(figures, figure{name: "NewCookieStore: allocations", value: store.count, target: target{11, atMost}}), nil
}

// allocationRatio compares the number of allocations.
func allocationRatio(op bench.Operation, payload, other string) (figure, error) {
	a, err := allocationsOf(ours, op, payload)
	if err != nil {
		return figure{}, err
	}
	b, err := allocationsOf(other, op, payload)
	return figure{
		name:   fmt.Sprintf("%s %s: allocations over %s's (%.0f / %.0f)", op, payload, other, a.count, b.count),
		value:  a.count / b.count,
		unit:   "x",
		target: target{0.5, atMost},
	}, err
}

// byteRatio compares the bytes allocated for a cookie.
func byteRatio(op bench.Operation, payload, other string, t target) (figure, error) {
	a, err := allocationsOf(ours, op, payload)
	if err != nil {
		return figure{}, err
	}
	b, err := allocationsOf(other, bench.EncodeMap, payload)
	return figure{
		name:   fmt.Sprintf("%s %s: bytes allocated over %s's (%.0f / %.0f)", op, payload, other, a.bytes, b.bytes),
		value:  a.bytes / b.bytes,
		unit:   "x",
		target: t,
	}, err
}

// allocated is what one run allocates.
type allocated struct{ count, bytes float64 }

func allocationsOf(peer string, op bench.Operation, payload string) (allocated, error) {
	ops, err := openPeer(peer, bench.PayloadNamed(payload))
	if err != nil {
		return allocated{}, err
	}
	return countAllocations(ops.Func(op))
}

// countAllocations keeps the collector off, which would take pooled state away,
// and rounds down, as package testing does: the little that the runtime
// allocates for itself meanwhile is no part of it.
func countAllocations(f func() error) (allocated, error) {
	const runs = 200
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := repeat(f, 3); err != nil {
		return allocated{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := repeat(f, runs)
	runtime.ReadMemStats(&after)
	return allocated{
		count: float64((after.Mallocs - before.Mallocs) / runs),
		bytes: float64((after.TotalAlloc - before.TotalAlloc) / runs),
	}, err
}
