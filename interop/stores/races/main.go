// Command races signs sessions out while other requests save them, and prints how many come back:
//
//	go run ./races
//
// Each race is one session, one request that has read it and saves it, and one that deletes it, both at the same time. A session that is
// there after both is revived: who signed out is signed in again. It runs this project's stores and those of github.com/alexedwards/scs on
// the same engines, which it starts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/contenders"
)

func main() {
	n := flag.Int("n", 10000, "races on each store")
	chosen := flag.String("engines", strings.Join(contenders.Engines, ","), "the engines to run on, with commas between them")
	flag.Parse()
	if err := run(context.Background(), strings.Split(*chosen, ","), *n, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// workers is how many races go on at a time.
const workers = 4

// run prints the table. A session of this project that is revived is an error.
func run(ctx context.Context, names []string, n int, out io.Writer) error {
	fmt.Fprintf(out, "| engine | store | races | save refused | revived | time |\n|---|---|---|---|---|---|\n")
	revived := 0
	for _, name := range names {
		stores, stop, err := contenders.Open(ctx, name)
		if err != nil {
			return err
		}
		for _, s := range stores {
			began := time.Now()
			r, err := raceAll(ctx, s, n)
			if err != nil {
				return errors.Join(fmt.Errorf("%s: %w", s, err), stop())
			}
			fmt.Fprintf(out, "| %s | %s | %d | %d | %d | %.1f s |\n", s.Engine, s.Name, n, r.refused.Load(), r.revived.Load(), time.Since(began).Seconds())
			if !strings.HasPrefix(s.Name, "scs ") {
				revived += int(r.revived.Load())
			}
		}
		if err := stop(); err != nil {
			return err
		}
	}
	if revived > 0 {
		return fmt.Errorf("%d sessions came back", revived)
	}
	return nil
}

// outcome counts what came of races.
type outcome struct{ refused, revived atomic.Int64 }

func raceAll(ctx context.Context, s *contenders.Store, n int) (*outcome, error) {
	r := &outcome{}
	errs := make([]error, workers)
	var done sync.WaitGroup
	for w := range workers {
		done.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				errs[w] = r.race(ctx, s, i%2 == 0)
			}
		})
	}
	done.Wait()
	return r, errors.Join(errs...)
}

// race is one race. Who begins alternates.
func (r *outcome) race(ctx context.Context, s *contenders.Store, saveFirst bool) error {
	token, err := s.New(ctx)
	if err != nil {
		return err
	}
	save, err := s.Load(ctx, token)
	if err != nil {
		return err
	}
	remove := func() error { return s.Delete(ctx, token) }
	first, second := save, remove
	if !saveFirst {
		first, second = remove, save
	}
	ended := make(chan error, 1)
	go func() { ended <- first() }()
	err = errors.Join(second(), <-ended)
	if errors.Is(err, contenders.ErrGone) {
		r.refused.Add(1)
		err = nil
	}
	if err != nil {
		return err
	}
	found, err := s.Exists(ctx, token)
	if found {
		r.revived.Add(1)
		err = errors.Join(err, s.Delete(ctx, token))
	}
	return err
}
