package main

import (
	"fmt"
	"math"
	"slices"
)

// figure is one measured number and, mostly, what it must reach.
type figure struct {
	name   string
	value  float64
	spread float64
	unit   string
	target target
	again  func(*measurer) (figure, error) // nil if it does not vary
}

// settle measures a figure again that missed its target, in four times the rounds: noise
// must not count as a miss.
func (f figure) settle(m *measurer) (figure, error) {
	if f.verdict() != missed || f.again == nil {
		return f, nil
	}
	longer := *m
	longer.rounds *= 4
	return f.again(&longer)
}

// target is what a figure must reach. The zero target is none.
type target struct {
	bound    float64
	relation relation
}

type relation int

const (
	noTarget relation = iota
	atMost
	atLeast
)

// verdict compares a figure with its target.
func (f figure) verdict() string {
	gap := 0.0
	switch f.target.relation {
	case noTarget:
		return ""
	case atMost:
		gap = f.value - f.target.bound
	case atLeast:
		gap = f.target.bound - f.value
	}
	switch {
	case gap <= 0:
		return "ok"
	case gap <= f.spread:
		return "ok within its spread"
	default:
		return missed
	}
}

const missed = "MISSED"

func countMissed(figures []figure) int {
	n := 0
	for _, f := range figures {
		if f.verdict() == missed {
			n++
		}
	}
	return n
}

func (f figure) String() string {
	return fmt.Sprintf("%-66s %9s  %-11s %-8s %s", f.name, f.measured(), f.wanted(), f.spreadText(), f.verdict())
}

func (f figure) measured() string { return number(f.value) + f.unit }

func (f figure) wanted() string {
	switch f.target.relation {
	case atMost:
		return "<= " + number(f.target.bound) + f.unit
	case atLeast:
		return ">= " + number(f.target.bound) + f.unit
	default:
		return "-"
	}
}

func (f figure) spreadText() string {
	if f.spread == 0 {
		return ""
	}
	return "±" + number(f.spread)
}

// number prints three significant digits, and large numbers whole.
func number(v float64) string {
	if v == math.Trunc(v) || math.Abs(v) >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// middle returns the median of the rounds, and their spread: half the distance
// between the quartiles, within which half of the rounds lie.
func middle(rounds []float64) (median, spread float64) {
	sorted := slices.Sorted(slices.Values(rounds))
	return quantile(sorted, 0.5), (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2
}

// quantile interpolates between neighbours.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
