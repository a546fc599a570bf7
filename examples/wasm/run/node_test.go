package run_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// requireNode skips a test where there is no node.
func requireNode(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	switch {
	case err == nil:
	case os.Getenv("SALTINE_REQUIRE_LIVE") == "1":
		t.Fatal("this test needs node, 18 or later: apt-get install nodejs")
	default:
		t.Skip("this test needs node, 18 or later: apt-get install nodejs")
	}
}

// goRuntime returns the path of a file that Go ships for node.
func goRuntime(t *testing.T, name string) string {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", name)
}

// node runs a script to its end.
func node(t *testing.T, key saltine.Key, in []byte, args ...string) (output, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Env = append(os.Environ(), "SECRET_KEY="+string(key))
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &stdout, &stderr
	err := cmd.Run()
	return output{stdout.String(), stderr.String()}, err
}

func TestWorker(t *testing.T) {
	requireNode(t)
	file := build(t, "js")
	wasmExec := goRuntime(t, "wasm_exec.js")
	host(func(t *testing.T, key saltine.Key, requests []byte) (output, error) {
		return node(t, key, requests, "node.mjs", wasmExec, "../worker.mjs", file)
	}).check(t)
}

func TestNodeVectors(t *testing.T) {
	requireNode(t)
	out, err := node(t, "", nil, goRuntime(t, "wasm_exec_node.js"), buildTest(t, "js", module), "-test.run=^TestVectors$", "-test.v")
	checkVectors(t, out, err)
}

func TestNodeTiming(t *testing.T) {
	requireNode(t)
	program := []string{goRuntime(t, "wasm_exec_node.js"), buildTest(t, "js", "./timing")}
	checkTiming(t, func(args ...string) (output, error) {
		return node(t, "", nil, slices.Concat(program, args)...)
	})
}
