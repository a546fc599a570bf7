// Command stores measures what sessions cost on each engine, beside github.com/alexedwards/scs on the same server:
//
//	go run ./stores
//	go run ./stores -write ../../bench/RESULTS-stores.md
//
// A round gives every store of an engine a slice of time in turn; the ratio is taken within the round, and the median of all rounds counts.
// It counts what a request sends, too: statements, and how often it waits for the server. At last two processes write at the same time.
// A store that needs more than one statement to read, or two to write, is an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/contenders"
)

func main() {
	m := &measurement{out: os.Stdout}
	flag.IntVar(&m.rounds, "rounds", 40, "rounds")
	flag.DurationVar(&m.slice, "slice", 50*time.Millisecond, "how long a store runs in a round, for each operation")
	chosen := flag.String("engines", strings.Join(contenders.Engines, ","), "the engines to run on, with commas between them")
	write := flag.String("write", "", "the file to write into as well, such as ../../bench/RESULTS-stores.md")
	worker := flag.String("worker", "", "internal: the engine of a second process")
	address := flag.String("address", "", "internal: its address")
	flag.Parse()
	err := m.main(*worker, *address, *write, strings.Split(*chosen, ","))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measurement is how it is measured.
type measurement struct {
	rounds int
	slice  time.Duration
	out    io.Writer
}

func (m *measurement) main(worker, address, write string, chosen []string) error {
	if worker != "" {
		return work(worker, address, m.slice, os.Stdout)
	}
	var text strings.Builder
	if write != "" {
		m.out = io.MultiWriter(os.Stdout, &text)
	}
	err := m.run(context.Background(), chosen)
	if write != "" && err == nil {
		err = os.WriteFile(write, []byte(text.String()), 0o644) //nolint:gosec // for everybody to read
	}
	return err
}

// load returns what else the machine does.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "an unknown load"
	}
	return "a load of " + strings.Join(strings.Fields(string(text))[:3], ", ")
}

func (m *measurement) run(ctx context.Context, chosen []string) error {
	fmt.Fprintf(m.out, "# What sessions cost on a server\n\nWritten by `go run ./stores` of interop/stores. Only ratios of one run can be compared.\n\n")
	fmt.Fprintf(m.out, "- %s, %s/%s, %d cores, %s\n", time.Now().UTC().Format("2 January 2006"), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Fprintf(m.out, "- %d rounds of %v, one request at a time; servers on this machine, by Unix sockets, without fsync\n", m.rounds, m.slice)
	fmt.Fprintf(m.out, "- at the beginning %s\n\n", load())
	fmt.Fprintf(m.out, "Medians in microseconds; after each in brackets the ratio of this project's store to it, within rounds.\n\n")
	fmt.Fprintf(m.out, "| engine | store | read | read and save | create | cycle | statements, waits: read | save | create | cycle |\n|---|---|---|---|---|---|---|---|---|---|\n")
	var pairs []string
	var errs []error
	for _, engine := range chosen {
		stores, stop, err := contenders.Open(ctx, engine)
		if err != nil {
			return err
		}
		errs = append(errs, m.engine(ctx, stores))
		for _, s := range stores {
			if s.Address == "" {
				continue
			}
			line, err := m.processes(ctx, s)
			errs = append(errs, err)
			pairs = append(pairs, line)
		}
		errs = append(errs, stop())
	}
	fmt.Fprintf(m.out, "\nProcesses of four goroutines each that read and save, requests a second in all:\n\n| engine | one process | two processes |  |\n|---|---|---|---|\n%s", strings.Join(pairs, ""))
	fmt.Fprintf(m.out, "\nAt the end %s.\n", load())
	return errors.Join(errs...)
}

// operation is what is measured. It gets a cookie, and returns that of the next.
type operation struct {
	name string
	run  func(ctx context.Context, s *contenders.Store, token string) (string, error)
	most int64 // statements and waits
}

var operations = []operation{
	{"read", func(ctx context.Context, s *contenders.Store, token string) (string, error) {
		return token, s.Read(ctx, token)
	}, 1},
	{"read and save", func(ctx context.Context, s *contenders.Store, token string) (string, error) {
		save, err := s.Load(ctx, token)
		if err != nil {
			return "", err
		}
		return token, save()
	}, 2},
	{"create", func(ctx context.Context, s *contenders.Store, _ string) (string, error) { return s.New(ctx) }, 1},
	{"cycle", func(ctx context.Context, s *contenders.Store, token string) (string, error) {
		return s.Cycle(ctx, token)
	}, 3},
}

// ours reports whether a store is this project's.
func ours(s *contenders.Store) bool { return !strings.HasPrefix(s.Name, "scs ") }

// engine measures the stores of an engine against each other.
func (m *measurement) engine(ctx context.Context, stores []*contenders.Store) error {
	times := make([][][]float64, len(stores)) // by store, operation and round
	tokens := make([]string, len(stores))
	for i, s := range stores {
		times[i] = make([][]float64, len(operations))
		var err error
		if tokens[i], err = s.New(ctx); err != nil {
			return err
		}
	}
	for round := range m.rounds {
		for o := range operations {
			for i := range stores {
				i = (i + round) % len(stores) // who is first changes
				took, token, err := m.slices(ctx, stores[i], &operations[o], tokens[i])
				if err != nil {
					return fmt.Errorf("%s: %s: %w", stores[i], operations[o].name, err)
				}
				times[i][o], tokens[i] = append(times[i][o], took), token
			}
		}
	}
	var errs []error
	for i, s := range stores {
		cells := []string{s.Engine, s.Name}
		for o := range operations {
			cells = append(cells, cell(stores, times, i, o))
		}
		counts, err := countAll(ctx, s, tokens[i])
		errs = append(errs, err)
		fmt.Fprintf(m.out, "| %s |\n", strings.Join(append(cells, counts...), " | "))
	}
	return errors.Join(errs...)
}

// slices runs an operation for a slice of time, and returns the microseconds that one took.
func (m *measurement) slices(ctx context.Context, s *contenders.Store, o *operation, token string) (took float64, next string, err error) {
	began, n := time.Now(), 0
	for n == 0 || time.Since(began) < m.slice {
		if token, err = o.run(ctx, s, token); err != nil {
			return 0, "", err
		}
		n++
	}
	return float64(time.Since(began).Microseconds()) / float64(n), token, nil
}

// cell is the median of a store, and for those of others the ratio.
func cell(stores []*contenders.Store, times [][][]float64, i, o int) string {
	text := fmt.Sprintf("%.0f", median(times[i][o]))
	mine := slices.IndexFunc(stores, ours)
	if ours(stores[i]) || mine < 0 {
		return text
	}
	var ratios []float64
	for round, theirs := range times[i][o] {
		ratios = append(ratios, times[mine][o][round]/theirs)
	}
	return fmt.Sprintf("%s (%.2fx)", text, median(ratios))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// countAll counts what each operation sends, when everything is warm.
func countAll(ctx context.Context, s *contenders.Store, token string) (cells []string, err error) {
	var errs []error
	for i := range operations {
		o := &operations[i]
		statements, trips := value(s.Statements), value(s.Trips)
		if token, err = o.run(ctx, s, token); err != nil {
			return nil, err
		}
		statements, trips = value(s.Statements)-statements, value(s.Trips)-trips
		if ours(s) && max(statements, trips) > o.most {
			errs = append(errs, fmt.Errorf("%s: %s takes %d statements and waits %d times, at most %d are allowed", s, o.name, statements, trips, o.most))
		}
		cells = append(cells, shown(s.Statements, statements)+", "+shown(s.Trips, trips))
	}
	return cells, errors.Join(errs...)
}

// value returns a count, or 0 where nothing is counted.
func value(counter *atomic.Int64) int64 {
	if counter == nil {
		return 0
	}
	return counter.Load()
}

// shown returns a number as it stands in the table.
func shown(counter *atomic.Int64, n int64) string {
	if counter == nil {
		return "–"
	}
	return strconv.FormatInt(n, 10)
}
