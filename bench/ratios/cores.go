package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/bench"
)

// coreFigures compares the throughput of two goroutines on two cores, which
// share one signer, with that of one on one. No more can be asked for than the
// machine gives to a hash alone.
func coreFigures(m *measurer) ([]figure, error) {
	if runtime.NumCPU() < 2 {
		fmt.Fprintln(os.Stderr, "ratios: one core: scaling is not measured")
		return nil, nil
	}
	p := bench.PayloadNamed("auth")
	signer, err := newSigner()
	if err != nil {
		return nil, err
	}
	cookie, err := signer.AppendSignPayload(nil, p.JSON)
	if err != nil {
		return nil, err
	}
	token := string(cookie)

	verify := func() func() error {
		return func() error {
			_, err := signer.Verify(token, saltine.NoMaxAge)
			return err
		}
	}
	decode := func() func() error {
		room := make([]byte, 0, 2*len(p.JSON)) // each goroutine's own
		return func() error {
			_, err := signer.AppendUnsignPayload(room, token, saltine.NoMaxAge)
			return err
		}
	}
	machine, err := m.scaling("HMAC alone", bareHash, target{})
	if err != nil {
		return nil, err
	}
	wanted := target{1.85 / 2 * machine.value, atLeast} // of two cores that share nothing: 1.85
	figures := []figure{machine}
	for _, work := range []struct {
		op   bench.Operation
		make func() func() error
	}{{bench.Verify, verify}, {bench.DecodeRaw, decode}} {
		f, err := m.scaling(fmt.Sprintf("%s auth", work.op), work.make, wanted)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// scaling compares the work of two goroutines on two cores with that of one on
// one.
func (m *measurer) scaling(name string, work func() func() error, t target) (figure, error) {
	r, err := m.measure([]subject{onCores(1, work), onCores(2, work)})
	if err != nil {
		return figure{}, err
	}
	f := figure{name: name + ": two cores against one", unit: "x", target: t}
	f.again = func(m *measurer) (figure, error) { return m.scaling(name, work, t) }
	// A run on two cores is twice the work.
	f.value, f.spread = r.ratio(coreName(1), coreName(2))
	f.value, f.spread = 2*f.value, 2*f.spread
	return f, nil
}

// bareHash shares nothing between cores: what keeps it from scaling is the
// machine, whose cores may be two threads of one.
func bareHash() func() error {
	text := make([]byte, 256)
	mac := hmac.New(sha256.New, text)
	digest := make([]byte, 0, sha256.Size)
	return func() error {
		mac.Reset()
		mac.Write(text)
		mac.Sum(digest)
		return nil
	}
}

func coreName(cores int) string { return fmt.Sprintf("%d cores", cores) }

// onCores runs the work count times in each of that many goroutines, on as many
// cores.
func onCores(cores int, work func() func() error) subject {
	return subject{coreName(cores), func(count int) (time.Duration, error) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		runtime.GC()
		errs := make([]error, cores)
		var ready, done sync.WaitGroup
		begin := make(chan struct{})
		ready.Add(cores)
		for i := range cores {
			f := work()
			done.Go(func() {
				errs[i] = repeat(f, 3+count/20)
				ready.Done()
				<-begin
				if errs[i] == nil {
					errs[i] = repeat(f, count)
				}
			})
		}
		ready.Wait()
		start := time.Now()
		close(begin)
		done.Wait()
		taken := time.Since(start)
		for _, err := range errs {
			if err != nil {
				return 0, err
			}
		}
		return taken, nil
	}}
}
