package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/contenders"
)

// work writes sessions in a process of its own, and prints how many requests it made in a second.
func work(engine, address string, slice time.Duration, out io.Writer) error {
	s, stop, err := contenders.Attach(engine, address)
	if err != nil {
		return err
	}
	rate, err := hammer(context.Background(), s, 10*slice)
	fmt.Fprintln(out, rate)
	return errors.Join(err, stop())
}

// hammer reads and saves sessions with four goroutines for a time, and returns how many requests there were in a second.
func hammer(ctx context.Context, s *contenders.Store, during time.Duration) (rate float64, err error) {
	const goroutines = 4
	var done sync.WaitGroup
	requests, errs := make([]int, goroutines), make([]error, goroutines)
	began := time.Now()
	for g := range goroutines {
		done.Go(func() {
			token, err := s.New(ctx)
			for err == nil && time.Since(began) < during {
				_, err = operations[1].run(ctx, s, token)
				requests[g]++
			}
			errs[g] = err
		})
	}
	done.Wait()
	total := 0
	for _, n := range requests {
		total += n
	}
	return float64(total) / time.Since(began).Seconds(), errors.Join(errs...)
}

// processes compares one process with two at the same time, and returns a line of the table.
func (m *measurement) processes(ctx context.Context, s *contenders.Store) (line string, err error) {
	var rates [2]float64
	for i := range rates {
		if rates[i], err = m.together(ctx, s, i+1); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("| %s | %.0f | %.0f | %.2fx |\n", s.Engine, rates[0], rates[1], rates[1]/rates[0]), nil
}

// together runs n processes at the same time, and returns the sum of their rates.
func (m *measurement) together(ctx context.Context, s *contenders.Store, n int) (sum float64, err error) {
	binary, err := os.Executable()
	if err != nil {
		return 0, err
	}
	rates, errs := make([]float64, n), make([]error, n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			cmd := exec.CommandContext(ctx, binary, "-worker", s.Engine, "-address", s.Address, "-slice", m.slice.String()) //nolint:gosec // this program
			cmd.Stderr = os.Stderr
			text, err := cmd.Output()
			if err == nil {
				rates[i], err = strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
			}
			errs[i] = err
		})
	}
	done.Wait()
	for _, rate := range rates {
		sum += rate
	}
	return sum, errors.Join(errs...)
}
