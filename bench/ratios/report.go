package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// report is a run: where, with what, and what came out.
type report struct {
	header  []string
	figures []figure
	tables  []table
}

// describe notes and prints everything that times depend on.
func (r *report) describe(m *measurer) {
	r.header = append(r.header,
		time.Now().UTC().Format("2 January 2006"),
		fmt.Sprintf("%s, %d cores, %s/%s", cpuName(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH),
		fmt.Sprintf("%s, %d rounds of %v", runtime.Version(), m.rounds, m.slice))
	if m.django != nil {
		r.header = append(r.header, fmt.Sprintf("Django %s on Python %s", m.django.Version, m.django.Python))
	}
	if modules := peerVersions(); len(modules) > 0 {
		r.header = append(r.header, strings.Join(modules, ", "))
	}
	for _, line := range r.header {
		fmt.Println(line)
	}
	fmt.Println()
}

// cpuName asks Linux; elsewhere the architecture has to do.
func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

func peerVersions() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var modules []string
	for _, m := range info.Deps {
		if m.Replace == nil { // our own is
			modules = append(modules, m.Path+" "+m.Version)
		}
	}
	return modules
}

func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("# Results\n\nWritten by `go run ./ratios -write`. Only ratios of one run can be compared: see its documentation.\n\n")
	for _, line := range r.header {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	figures := table{
		title:  "Figures: medians of rounds, with half the distance between their quartiles",
		header: []string{"figure", "measured", "target", "spread", ""},
	}
	for _, f := range r.figures {
		figures.rows = append(figures.rows, []string{f.name, f.measured(), f.wanted(), f.spreadText(), f.verdict()})
	}
	for _, t := range append([]table{figures}, r.tables...) {
		fmt.Fprintf(&b, "\n%s\n", t)
	}
	return b.String()
}
