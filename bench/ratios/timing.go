package main

import (
	"runtime"
	"time"

	"github.com/seed-52756201/saltine/bench"
)

// measurer times things side by side.
//
// A round gives every subject one short slice of time, one after the other, in
// an order that moves on by one from round to round; a ratio is taken within
// each round, and the median of the rounds is the figure. So a ratio compares
// slices that are milliseconds apart: a clock or a neighbour that slows the
// machine for seconds slows both sides, and one that strikes a single slice is
// one round of many. testing.Benchmark, which runs one side for a second and
// then the other, is less stable by an order of magnitude on a shared machine.
type measurer struct {
	rounds int
	slice  time.Duration
	django *bench.Django // nil if there is none
}

// subject is something that can be done count times.
type subject struct {
	name string
	time func(count int) (time.Duration, error)
}

// inProcess makes a subject of a function. Before the clock starts the garbage
// of the subject before is collected, and what that took from pools is made
// again.
func inProcess(name string, f func() error) subject {
	return subject{name, func(count int) (time.Duration, error) {
		runtime.GC()
		if err := repeat(f, 3+count/20); err != nil {
			return 0, err
		}
		start := time.Now()
		err := repeat(f, count)
		return time.Since(start), err
	}}
}

func repeat(f func() error, count int) error {
	for range count {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// rounds holds the nanoseconds of one run by subject and round.
type rounds map[string][]float64

// measure times subjects in turn, round after round.
func (m *measurer) measure(subjects []subject) (rounds, error) {
	counts := make([]int, len(subjects))
	for i, s := range subjects {
		var err error
		if counts[i], err = m.calibrate(s); err != nil {
			return nil, err
		}
	}
	result := rounds{}
	for round := range m.rounds {
		for turn := range subjects {
			i := (turn + round) % len(subjects)
			s := subjects[i]
			taken, err := s.time(counts[i])
			if err != nil {
				return nil, err
			}
			result[s.name] = append(result[s.name], float64(taken.Nanoseconds())/float64(counts[i]))
		}
	}
	return result, nil
}

// calibrate returns how often s fits into a slice. The count then stays, so
// that every round does the same work.
func (m *measurer) calibrate(s subject) (int, error) {
	for count := 1; ; count *= 4 {
		taken, err := s.time(count)
		if err != nil {
			return 0, err
		}
		if taken > m.slice/8 {
			return max(1, int(float64(count)*float64(m.slice)/float64(taken))), nil
		}
	}
}

// ratio returns the median of a's time over b's, round by round, and its
// spread.
func (r rounds) ratio(a, b string) (median, spread float64) {
	ratios := make([]float64, len(r[a]))
	for i := range ratios {
		ratios[i] = r[a][i] / r[b][i]
	}
	return middle(ratios)
}
