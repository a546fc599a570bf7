package browser_test

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// untilEOF runs a program until standard input ends, which it does with the
// test, even if that is killed. No program outlives two minutes.
const untilEOF = `
exec 3<&0
timeout -k 5 120 "$@" 3<&- &
program=$!
{ cat <&3; kill $program; } >/dev/null 2>&1 &
wait $program`

// startLimit is when a server that does not start is given up.
const startLimit = 45 * time.Second

// buildLogin compiles examples/login once; TestMain removes it.
var buildLogin = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "login")
	out, err := exec.Command("go", "build", "-C", "../..", "-o", file, "./examples/login").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build ./examples/login: %w\n%s", err, out)
	}
	return file, nil
})

// startLogin starts the example on a port of its own, until the test ends.
func startLogin(t *testing.T, args ...string) *program {
	t.Helper()
	chromium(t) // without a browser there is nothing to do
	file, err := buildLogin()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, "listening on ", append([]string{file, "-addr", "127.0.0.1:0"}, args...)...)
}

// program is a running server.
type program struct {
	url   string
	stop  func()
	lines strings.Builder // of its log; to be read after stop
}

// start runs a server until the test ends. In its log the URL stands behind mark.
func start(t *testing.T, mark string, args ...string) *program {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", untilEOF, "sh"}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{}
	ready, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		p.follow(stderr, mark, ready)
		cmd.Wait() //nolint:errcheck // it ends by a signal
	}()
	p.stop = sync.OnceFunc(func() {
		in.Close() //nolint:errcheck // if it is gone, a test has failed already
		<-ended
	})
	t.Cleanup(p.stop)
	giveUp := time.AfterFunc(startLimit, func() { in.Close() }) //nolint:errcheck // likewise
	defer giveUp.Stop()
	if p.url = <-ready; p.url == "" {
		p.stop()
		t.Fatalf("%q did not start:\n%s", args, &p.lines)
	}
	return p
}

// follow keeps the log, and tells the address that is in it.
func (p *program) follow(log io.Reader, mark string, ready chan<- string) {
	defer close(ready)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		p.lines.WriteString(lines.Text() + "\n")
		if _, url, ok := strings.Cut(lines.Text(), mark); ok {
			url, _, _ = strings.Cut(url, " ")
			ready <- url
		}
	}
}
