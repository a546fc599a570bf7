package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/bench"
)

func TestVerdict(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		figure figure
		want   string
	}{
		{"met at most", "equal is enough", figure{value: 1.5, target: target{1.5, atMost}}, "ok"},
		{"met at least", "equal is enough", figure{value: 3, target: target{3, atLeast}}, "ok"},
		{"missed at most", "more than the spread too slow", figure{value: 1.7, spread: 0.1, target: target{1.5, atMost}}, missed},
		{"missed at least", "more than the spread too slow", figure{value: 2.8, spread: 0.1, target: target{3, atLeast}}, missed},
		{"near at most", "noise may be all of it", figure{value: 1.55, spread: 0.1, target: target{1.5, atMost}}, "ok within its spread"},
		{"near at least", "noise may be all of it", figure{value: 2.95, spread: 0.1, target: target{3, atLeast}}, "ok within its spread"},
		{"no target", "there is nothing to miss", figure{value: 9}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.figure.verdict()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

func TestMiddle(t *testing.T) {
	tests := []struct {
		name           string
		reason         string
		rounds         []float64
		median, spread float64
	}{
		{"odd", "the rounds are not sorted", []float64{5, 1, 3, 2, 4}, 3, 1},
		{"even", "the middle is between two rounds", []float64{4, 1, 3, 2}, 2.5, 0.75},
		{"outlier", "one round that was struck does not count", []float64{1, 1, 1, 1, 100}, 1, 0},
		{"one", "one round has no spread", []float64{7}, 7, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			median, spread := middle(tt.rounds)
			if diff := cmp.Diff([]float64{tt.median, tt.spread}, []float64{median, spread}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.reason, diff)
			}
		})
	}
}

// Every comparison has its sides and its payloads: this measures nothing worth
// knowing, and judges no time.
func TestEveryFigureIsMeasured(t *testing.T) {
	m := &measurer{rounds: 1, slice: time.Microsecond}
	if django, err := bench.StartDjango(); err == nil {
		m.django = django
		defer django.Close() //nolint:errcheck // it has answered
	}
	for name, part := range map[string]func(*measurer) ([]figure, error){
		"times":       timeFigures,
		"pairs":       pairFigures,
		"middleware":  middlewareFigures,
		"growth":      scaleFigures,
		"requests":    loopbackFigures,
		"allocations": allocationFigures,
		"cookies":     cookieFigures,
		"memory":      memoryFigures,
		"cores":       coreFigures,
	} {
		t.Run(name, func(t *testing.T) {
			figures, err := part(m)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				if !(f.value < 1e9) { // NaN and infinities fail too
					t.Errorf("%s is %v", f.name, f.value)
				}
			}
		})
	}
	for name, part := range map[string]func(*measurer) (table, error){
		"peers":      peerTable,
		"middleware": middlewareTable,
		"growth":     growthTable,
		"scales":     scaleTable,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := part(m)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range got.rows {
				if len(row) != len(got.header) {
					t.Errorf("%d cells under %d headings: %v", len(row), len(got.header), row)
				}
			}
		})
	}
}
