package main

import (
	"fmt"
	"math"

	"github.com/seed-52756201/saltine/bench"
)

// scaleFigures measures how time grows: 1 is linear, 2 is quadratic. The exponent is that
// between the two greatest sizes, where fixed costs matter least.
func scaleFigures(m *measurer) ([]figure, error) {
	var figures []figure
	for _, s := range bench.Scales() {
		f, err := measureScale(m, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

func measureScale(m *measurer, s bench.Scale) (figure, error) {
	last := len(s.Sizes) - 1
	small, large := s.Sizes[last-1], s.Sizes[last]
	times, err := m.scale(s, []int{small, large})
	if err != nil {
		return figure{}, err
	}
	ratio, spread := times.ratio(sizeName(large), sizeName(small))
	grown := math.Log(float64(large) / float64(small))
	return figure{
		name:   fmt.Sprintf("%s, %d to %d: exponent of time", s.Name, small, large),
		value:  math.Log(ratio) / grown,
		spread: spread / ratio / grown,
		target: target{1.3, atMost},
		again:  func(m *measurer) (figure, error) { return measureScale(m, s) },
	}, nil
}

func (m *measurer) scale(s bench.Scale, sizes []int) (rounds, error) {
	var subjects []subject
	for _, size := range sizes {
		work, err := s.Work(size)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, inProcess(sizeName(size), work))
	}
	return m.measure(subjects)
}

func sizeName(size int) string { return fmt.Sprint(size) }

// scaleTable holds the times by size.
func scaleTable(m *measurer) (table, error) {
	t := table{title: "Growth: microseconds by size", header: []string{"", "size: microseconds"}}
	for _, s := range bench.Scales() {
		times, err := m.scale(s, s.Sizes)
		if err != nil {
			return t, fmt.Errorf("%s: %w", s.Name, err)
		}
		cell := ""
		for i, size := range s.Sizes {
			if i > 0 {
				cell += ", "
			}
			median, _ := middle(times[sizeName(size)])
			cell += fmt.Sprintf("%d: %s", size, number(median/1000))
		}
		t.rows = append(t.rows, []string{s.Name, cell})
	}
	return t, nil
}
