package main

import (
	"runtime"
	"runtime/debug"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/bench"
)

// memoryFigures measures what one codec keeps between requests on one
// processor: itself, and what it put into pools, its own and those of the
// package.
//
// A sync.Pool loses what it holds at the second collection after it was put
// there. So the first collection after use leaves exactly what lives and what
// pools hold, and the second what lives: their difference is the pools, without
// any garbage, and without a guess at what they hold.
func memoryFigures(m *measurer) ([]figure, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	payloads := bench.Payloads()
	var kept []float64
	for range max(m.rounds/4, 5) {
		bytes, err := keptMemory(payloads)
		if err != nil {
			return nil, err
		}
		kept = append(kept, bytes/1024)
	}
	f := figure{name: "memory kept by one idle pooled codec", unit: " KiB", target: target{64, atMost}}
	f.value, f.spread = middle(kept)
	return []figure{f}, nil
}

// keptMemory returns what a new codec keeps after it has written and read every
// payload.
func keptMemory(payloads []bench.Payload) (float64, error) {
	heapAfterGC() // empties the pools of what ran before,
	before := heapAfterGC()
	signer, err := newSigner()
	if err != nil {
		return 0, err
	}
	for _, p := range payloads {
		if err := useOnce(signer, p); err != nil {
			return 0, err
		}
	}
	withPools := heapAfterGC()
	runtime.KeepAlive(signer)
	return withPools - before, nil
}

const memoryKey = "a key for measuring memory only, fifty bytes or more"

func newSigner() (*saltine.TimestampSigner, error) {
	keys, err := saltine.NewKeyring(memoryKey, nil)
	if err != nil {
		return nil, err
	}
	return saltine.NewTimestampSigner(keys, &saltine.Options{Compression: saltine.CompressionBest})
}

func useOnce(signer *saltine.TimestampSigner, p bench.Payload) error {
	token, err := signer.AppendSignPayload(nil, p.JSON)
	if err != nil {
		return err
	}
	_, err = signer.AppendUnsignPayload(nil, string(token), saltine.NoMaxAge)
	return err
}

func heapAfterGC() float64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc)
}
