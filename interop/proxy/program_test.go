package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// untilEOF runs a program until standard input ends, which it does with the
// test, even if that is killed. No program outlives two minutes.
const untilEOF = `
exec 3<&0
timeout -k 5 120 "$@" 3<&- &
program=$!
{ cat <&3; kill $program; } >/dev/null 2>&1 &
wait $program`

// readyTimeout is when a program that does not get ready is given up.
const readyTimeout = 30 * time.Second

// command is a program to run in a directory.
type command struct {
	dir   string
	env   []string
	args  []string
	ready string // what is in its log when it is ready
}

// program is a running command.
type program struct {
	stop func() // as an init system does: by a signal, and until it has ended
	log  strings.Builder
}

// start runs a command until the test ends, or stop is called, and returns when
// it is ready.
func start(t *testing.T, c command) *program {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", untilEOF, "sh"}, c.args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
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
	ready, ended := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(ended)
		p.follow(stderr, c.ready, ready)
		cmd.Wait() //nolint:errcheck // it ends by a signal
	}()
	p.stop = sync.OnceFunc(func() {
		in.Close() //nolint:errcheck // if it is gone, a test has failed already
		<-ended
	})
	t.Cleanup(p.stop)
	giveUp := time.AfterFunc(readyTimeout, func() { in.Close() }) //nolint:errcheck // likewise
	defer giveUp.Stop()
	if !<-ready {
		p.stop()
		t.Fatalf("%s did not start:\n%s", c.args[0], &p.log)
	}
	return p
}

// follow keeps the log, and tells when the program is ready.
func (p *program) follow(log io.Reader, mark string, ready chan<- bool) {
	defer close(ready)
	found := false
	for lines := bufio.NewScanner(log); lines.Scan(); {
		fmt.Fprintln(&p.log, lines.Text())
		if !found && strings.Contains(lines.Text(), mark) {
			found = true
			ready <- true
		}
	}
}

// lookFor returns the first of the files that can be run, and skips the test
// where none can.
func lookFor(t *testing.T, help string, files ...string) string {
	t.Helper()
	for _, file := range files {
		if found, err := exec.LookPath(file); err == nil {
			return found
		}
	}
	testkit.Missing(t, help)
	return ""
}
