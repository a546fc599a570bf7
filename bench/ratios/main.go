// Command ratios measures the figures that saltine must reach, and prints one
// line for each: run it in the folder above, with
//
//	go run ./ratios           everything, some minutes
//	go run ./ratios -quick    the figures alone, under two minutes
//	go run ./ratios -check    exit with 1 if a figure misses its target
//	go run ./ratios -write    write RESULTS.md too
//
// Times depend on the machine and are not figures: only ratios of times taken
// in the same run are. A busy machine makes them uncertain, which the spread
// shows; a figure is missed only when it misses its target by more than that, and
// misses it again in four times the rounds.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/seed-52756201/saltine/bench"
)

func main() {
	quick := flag.Bool("quick", false, "fewer and shorter rounds, and no tables of peers")
	check := flag.Bool("check", false, "exit with 1 if a figure misses its target by more than its spread")
	write := flag.Bool("write", false, "write RESULTS.md")
	flag.Parse()

	missed, err := run(*quick, *write)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(2)
	}
	if missed > 0 && *check {
		os.Exit(1)
	}
}

// run measures everything and returns how many figures missed their targets.
func run(quick, write bool) (int, error) {
	m := &measurer{rounds: 40, slice: 25 * time.Millisecond}
	if quick {
		m = &measurer{rounds: 12, slice: 6 * time.Millisecond}
	}
	django, err := bench.StartDjango()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ratios: not compared with Django:", err)
	} else {
		m.django = django
		defer django.Close() //nolint:errcheck // all answers are there
	}

	r := report{}
	r.describe(m)
	for _, part := range []func(*measurer) ([]figure, error){
		timeFigures, pairFigures, allocationFigures, middlewareFigures, cookieFigures, memoryFigures, coreFigures,
		scaleFigures, loopbackFigures, firstUseFigures, coldStartFigures, binaryFigures, smallFigures,
	} {
		figures, err := part(m)
		if err != nil {
			return 0, err
		}
		for _, f := range figures {
			if f, err = f.settle(m); err != nil {
				return 0, err
			}
			fmt.Println(f)
			r.figures = append(r.figures, f)
		}
	}
	if !quick {
		if r.tables, err = tables(m); err != nil {
			return 0, err
		}
		for _, t := range r.tables {
			fmt.Printf("\n%s\n", t)
		}
	}
	missed := countMissed(r.figures)
	fmt.Printf("\n%d figures, %d missed\n", len(r.figures), missed)
	if write {
		return missed, os.WriteFile("RESULTS.md", []byte(r.markdown()), 0o644) //nolint:gosec // for everyone to read
	}
	return missed, nil
}
