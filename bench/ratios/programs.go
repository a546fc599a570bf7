package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/seed-52756201/saltine/bench"
)

// firstUseFigures measures the first cookie that a process makes, in processes
// of their own: what a serverless function pays for at every cold start.
func firstUseFigures(m *measurer) ([]figure, error) {
	dir, err := os.MkdirTemp("", "saltine-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	program, err := build(dir, "firstuse")
	if err != nil {
		return nil, err
	}
	payload := bench.PayloadNamed("auth").JSON
	micros, kibs := map[string][]float64{}, map[string][]float64{}
	names := []string{"saltine", "compress/zlib", "gorilla-json"}
	for range max(m.rounds/2, 8) {
		for _, name := range names {
			var cost struct{ Nanoseconds, Bytes float64 }
			out, err := exec.Command(program, name, string(payload)).Output() //nolint:gosec // built here
			if err == nil {
				err = json.Unmarshal(out, &cost)
			}
			if err != nil {
				return nil, fmt.Errorf("firstuse %s: %w", name, err)
			}
			micros[name] = append(micros[name], cost.Nanoseconds/1000)
			kibs[name] = append(kibs[name], cost.Bytes/1024)
		}
	}
	var figures []figure
	for _, name := range names {
		time := figure{name: "first encode in a fresh process: " + name, unit: " µs"}
		time.value, time.spread = middle(micros[name])
		memory := figure{name: "first encode in a fresh process: " + name, unit: " KiB"}
		memory.value, memory.spread = middle(kibs[name])
		figures = append(figures, time, memory)
	}
	return figures, nil
}

// binaryFigures compares the sizes of stripped programs with that of a server
// that says hello.
func binaryFigures(*measurer) ([]figure, error) {
	dir, err := os.MkdirTemp("", "saltine-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	hello, err := builtSize(dir, "hello")
	if err != nil {
		return nil, err
	}
	var figures []figure
	for _, name := range []string{"saltine", "sessionhttp", "gorilla", "jwt"} {
		size, err := builtSize(dir, name)
		if err != nil {
			return nil, err
		}
		figures = append(figures, figure{
			name:  "binary over a net/http hello: " + name,
			value: float64(size-hello) / 1024,
			unit:  " KiB",
		})
	}
	return figures, nil
}

func builtSize(dir, name string) (int64, error) {
	program, err := build(dir, "size/"+name)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// build builds a program of this module, stripped, and returns its path.
func build(dir, name string) (string, error) {
	program := filepath.Join(dir, filepath.Base(name))
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "github.com/seed-52756201/saltine/bench/"+name) //nolint:gosec // a package of ours
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", name, err, out)
	}
	return program, nil
}
