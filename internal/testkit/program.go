package testkit

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Missing ends a test whose program is not there: it is skipped, or fails where
// SALTINE_REQUIRE_LIVE is 1. why says which program, and how to get it.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Python returns the path of a python3. Without one the test is [Missing].
func Python(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		Missing(t, "no python3 to compare with")
	}
	return path
}

// Django returns the path of a Python that has Django: SALTINE_PYTHON, or that of
// Debian. Without one the test is [Missing].
func Django(t testing.TB) string {
	t.Helper()
	path := os.Getenv("SALTINE_PYTHON")
	if path == "" {
		path = "/usr/bin/python3"
	}
	if out, err := exec.CommandContext(t.Context(), path, "-c", "import django").CombinedOutput(); err != nil {
		Missing(t, "no Python with Django: apt-get install python3-django, or set SALTINE_PYTHON to one that has it ("+
			err.Error()+string(out)+")")
	}
	return path
}

// RunPython has a Python run script on what in gives, and returns what it writes. It
// fails the test if Python does.
func RunPython(t testing.TB, python, script string, in io.Reader) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, "-c", script)
	cmd.Stdin = in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, stderr(err))
	}
	return out
}

// PythonLines has a Python run script on lines, and returns the lines of its answer,
// of which there are as many.
func PythonLines(t testing.TB, python, script string, lines []string) []string {
	t.Helper()
	out := RunPython(t, python, script, strings.NewReader(strings.Join(lines, "\n")+"\n"))
	var answers []string
	for line := range bytes.Lines(out) {
		answers = append(answers, strings.TrimSuffix(string(line), "\n"))
	}
	if len(answers) != len(lines) {
		t.Fatalf("python answered %d of %d lines", len(answers), len(lines))
	}
	return answers
}

// Go runs the go command in a folder, for the system that the test runs on, and
// returns what it writes. It fails the test if the command does.
func Go(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr(err))
	}
	return string(out)
}

// Again runs the test t, and no other, in a new process with more environment
// variables. It returns what the process printed, and its error.
func Again(t *testing.T, env ...string) (string, error) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// stderr returns what a program that failed wrote there.
func stderr(err error) []byte {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.Stderr
	}
	return nil
}
