package checks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// ranElsewhere are the commands of sh blocks that this test does not run, and what does.
var ranElsewhere = map[string]string{
	"go generate ./cmd/saltine":                                "the tests of cmd/saltine and interop/browser: a page that is served, until somebody stops it",
	"go run ./cmd/saltine inspect --web":                       "the same",
	"go run ./cmd/saltine/inspector -o inspector.html":         "the same",
	"zcat -f access.log* | saltine rotate --key-file keys.txt": "the tests of cmd/saltine: it needs somebody's logs",
	"go run ./cmd/saltine demo":                                ".ci/run, by itself",
	"go test ./...":                                            ".ci/run, by itself",
	"CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags=-buildid= ./cmd/saltine":   ".ci/reproducible, twice",
	"(umask 077; go run ./cmd/saltine keygen > secret.key) && go run ./examples/tutorial": "the tests of both, one by one: a server, until somebody stops it",
	"cd examples/wasm/run && go test -v ./...":                                            ".ci/run, as a nested module",
	"cd bench && go run ./ratios -quick":                                                  "nobody: it takes minutes, and bench has tests",
}

// onceIsEnough skips a test that runs other programs, where a system, toolchain or setting
// is tested that concerns this program alone.
func onceIsEnough(t *testing.T) {
	t.Helper()
	if runtime.GOARCH == "386" || os.Getenv("GODEBUG") != "" || os.Getenv("GOTOOLCHAIN") != "" {
		t.Skip("the programs that run are not this one")
	}
}

// Every sh block runs, here or elsewhere.
func TestDocsShell(t *testing.T) {
	inTree, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	onceIsEnough(t)
	blocks := blocksOf(t, "sh")
	if len(blocks) < 5 {
		t.Errorf("only %d blocks", len(blocks))
	}
	for _, b := range blocks {
		if command := firstCommand(b.Text); ranElsewhere[command] != "" {
			continue
		}
		t.Run(fmt.Sprintf("%s:%d", b.Page, b.Line), func(t *testing.T) {
			dir := inTree
			if strings.Contains(b.Text, "../saltine") {
				dir = besideCheckout(t, inTree)
				if strings.Contains(b.Text, "go mod init") {
					dir = filepath.Join(filepath.Dir(dir), "new")
				}
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", b.Text)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOWORK=", "GOFLAGS=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// firstCommand returns the first line of a block, without its comment.
func firstCommand(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	line, _, _ = strings.Cut(line, "  #")
	return strings.TrimSpace(line)
}

// besideCheckout returns a module of somebody who uses saltine, in a folder beside it. The
// folder "new" beside both is empty.
func besideCheckout(t *testing.T, checkout string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(checkout, filepath.Join(dir, "saltine")); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join(root, "examples", "visits", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	shop := filepath.Join(dir, "shop")
	for _, folder := range []string{shop, filepath.Join(dir, "new")} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"main.go": string(program), "go.mod": "module example.com/shop\n\ngo 1.26.0\n"} {
		if err := os.WriteFile(filepath.Join(shop, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return shop
}

// Every Python block compiles.
func TestDocsPython(t *testing.T) {
	python := testkit.Python(t)
	blocks := blocksOf(t, "python")
	if len(blocks) < 5 {
		t.Errorf("only %d blocks", len(blocks))
	}
	texts, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	const script = `
import json, sys
for b in json.load(sys.stdin):
    try:
        compile(b["Text"], "%s:%d" % (b["Page"], b["Line"]), "exec")
    except SyntaxError as err:
        print(err)
`
	if out := testkit.RunPython(t, python, script, bytes.NewReader(texts)); len(out) > 0 {
		t.Errorf("%s", out)
	}
}

// The commands of console blocks write what stands there. Those of a page run in one
// shell, one after the other.
func TestDocsConsole(t *testing.T) {
	for _, program := range []string{"bash", "openssl", "python3"} {
		if _, err := exec.LookPath(program); err != nil {
			testkit.Missing(t, "no "+program+" to run the pages' commands with")
		}
	}
	onceIsEnough(t)
	bin := t.TempDir()
	testkit.Go(t, root, "build", "-o", bin, "./cmd/saltine")
	ran := 0
	for _, p := range pages(t) {
		commands := consoleCommands(t, p)
		if len(commands) == 0 {
			continue
		}
		ran += len(commands)
		dir := t.TempDir()
		writeNamedFiles(t, p, dir)
		for i, got := range runConsole(t, commands, dir, bin) {
			if diff := cmp.Diff(commands[i].output, got); diff != "" {
				t.Errorf("%s: $ %s (-page +now)\n%s", p.name, commands[i].line, diff)
			}
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands ran", ran)
	}
}

// consoleCommand is a command, and what it writes.
type consoleCommand struct{ line, output string }

// consoleCommands returns the commands of a page's console blocks.
func consoleCommands(t *testing.T, p page) []consoleCommand {
	t.Helper()
	var commands []consoleCommand
	for _, b := range p.blocks {
		if b.Lang != "console" {
			continue
		}
		first := len(commands)
		for line := range strings.Lines(b.Text) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				commands = append(commands, consoleCommand{line: strings.TrimSuffix(command, "\n")})
			} else if len(commands) > first {
				commands[len(commands)-1].output += line
			} else {
				t.Errorf("%s:%d: the block does not begin with a command", p.name, b.Line)
			}
		}
	}
	return commands
}

// runConsole runs commands in one shell, and returns what each writes.
func runConsole(t *testing.T, commands []consoleCommand, dir, bin string) []string {
	t.Helper()
	const mark = "--- the next command of the page ---\n"
	var script strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&script, "%s\nprintf %%s '%s'\n", c.line, mark)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", "exec 2>&1\n"+script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C.UTF-8")
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	outputs := strings.Split(string(out), mark)
	if len(outputs) != len(commands)+1 {
		t.Fatalf("%d of %d commands ran:\n%s", len(outputs)-1, len(commands), out)
	}
	return outputs[:len(commands)]
}

// writeNamedFiles writes the blocks that a page says are files: "This is `token.py`:".
func writeNamedFiles(t *testing.T, p page, dir string) {
	t.Helper()
	named := regexp.MustCompile("This is `([a-z.]+)`:$")
	for _, b := range p.blocks {
		if match := named.FindStringSubmatch(b.Before); match != nil {
			if err := os.WriteFile(filepath.Join(dir, match[1]), []byte(b.Text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A command with another output is found.
func TestDocsConsoleFindsFaults(t *testing.T) {
	p := parsePage(t, "docs/x.md", "This is `a.txt`:\n```text\nx\n```\nThen:\n```console\n$ n=1\n$ cat a.txt; echo $n; echo e >&2\nx\n1\n```\n")
	commands := consoleCommands(t, p)
	dir := t.TempDir()
	writeNamedFiles(t, p, dir)
	got := runConsole(t, commands, dir, dir)
	if diff := cmp.Diff([]string{"", "x\n1\ne\n"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[1] == commands[1].output {
		t.Error("what goes to standard error is not compared")
	}
}
