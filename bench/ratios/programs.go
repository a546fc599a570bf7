package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

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
		span := figure{name: "first encode in a fresh process: " + name, unit: " µs"}
		span.value, span.spread = middle(micros[name])
		memory := figure{name: "first encode in a fresh process: " + name, unit: " KiB"}
		memory.value, memory.spread = middle(kibs[name])
		figures = append(figures, span, memory)
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

// smallFigures measures a program that keeps scalars in sessions and has no net/http.
func smallFigures(*measurer) ([]figure, error) {
	dir, err := os.MkdirTemp("", "saltine-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	linux, err := builtSize(dir, "scalars", "GOOS=linux")
	if err != nil {
		return nil, err
	}
	wasm, err := builtSize(dir, "scalars", "GOOS=js", "GOARCH=wasm")
	if err != nil {
		return nil, err
	}
	packed, err := gzipSize(filepath.Join(dir, "scalars"))
	if err != nil {
		return nil, err
	}
	return []figure{
		{name: "store, Get and Set of scalars: linux", value: float64(linux) / 1024, unit: " KiB", target: target{2916, atMost}},
		{name: "store, Get and Set of scalars: wasm for js", value: float64(wasm) / 1024, unit: " KiB", target: target{4754, atMost}},
		{name: "store, Get and Set of scalars: wasm for js, gzip", value: float64(packed) / 1024, unit: " KiB"},
	}, nil
}

func gzipSize(file string) (int, error) {
	text, err := os.ReadFile(file) //nolint:gosec // built here
	if err != nil {
		return 0, err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	_, err = w.Write(text)
	return packed.Len(), errors.Join(err, w.Close())
}

// coldStartFigures compares whole processes: one that answers hello, and one that verifies
// and reads a session first.
func coldStartFigures(m *measurer) ([]figure, error) {
	dir, err := os.MkdirTemp("", "saltine-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	programs := map[string]string{}
	for _, name := range []string{"hello", "session"} {
		if programs[name], err = build(dir, "coldstart/"+name); err != nil {
			return nil, err
		}
	}
	key, cookie, err := bench.LoginCookie()
	if err != nil {
		return nil, err
	}
	var more []float64
	for range 4 * m.rounds {
		var taken [2]time.Duration
		for i, name := range []string{"hello", "session"} {
			cmd := exec.Command(programs[name], cookie) //nolint:gosec // built here
			cmd.Env = append(os.Environ(), "SECRET_KEY="+key)
			start := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("%s: %w: %s", name, err, out)
			}
			taken[i] = time.Since(start)
		}
		more = append(more, (taken[1]-taken[0]).Seconds()*1000)
	}
	f := figure{name: "process with a verified session over one that says hello", unit: " ms", target: target{0.5, atMost}}
	f.again = func(m *measurer) (figure, error) {
		figures, err := coldStartFigures(m)
		if err != nil {
			return figure{}, err
		}
		return figures[0], nil
	}
	f.value, f.spread = middle(more)
	return []figure{f}, nil
}

func builtSize(dir, name string, env ...string) (int64, error) {
	program, err := build(dir, "size/"+name, env...)
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
func build(dir, name string, env ...string) (string, error) {
	program := filepath.Join(dir, filepath.Base(name))
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "github.com/seed-52756201/saltine/bench/"+name) //nolint:gosec // a package of ours
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", name, err, out)
	}
	return program, nil
}
