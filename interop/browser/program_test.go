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

// buildLogin compiles examples/login once; TestMain removes it.
var buildLogin = sync.OnceValues(func() (string, error) {
	file := filepath.Join(scratch, "login")
	out, err := exec.Command("go", "build", "-C", "../..", "-o", file, "./examples/login").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build ./examples/login: %w\n%s", err, out)
	}
	return file, nil
})

// login is a running examples/login.
type login struct {
	url   string
	stop  func()
	lines strings.Builder // of its log; to be read after stop
}

// startLogin starts the example on a port of its own, until the test ends.
func startLogin(t *testing.T, args ...string) *login {
	t.Helper()
	chromium(t) // without a browser there is nothing to do
	file, err := buildLogin()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{"-c", untilEOF, "sh", file, "-addr", "127.0.0.1:0"}, args...)...)
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
	l := &login{}
	ready, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		l.follow(stderr, ready)
		cmd.Wait() //nolint:errcheck // it ends by a signal
	}()
	l.stop = sync.OnceFunc(func() {
		in.Close() //nolint:errcheck // if it is gone, a test has failed already
		<-ended
	})
	t.Cleanup(l.stop)
	giveUp := time.AfterFunc(20*time.Second, func() { in.Close() }) //nolint:errcheck // likewise
	defer giveUp.Stop()
	if l.url = <-ready; l.url == "" {
		l.stop()
		t.Fatalf("examples/login did not start:\n%s", &l.lines)
	}
	return l
}

// follow keeps the log, and tells the address that is in it.
func (l *login) follow(log io.Reader, ready chan<- string) {
	defer close(ready)
	for lines := bufio.NewScanner(log); lines.Scan(); {
		l.lines.WriteString(lines.Text() + "\n")
		if _, url, ok := strings.Cut(lines.Text(), "listening on "); ok {
			ready <- url
		}
	}
}
