package service_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/engines"
)

// readyTimeout is when a program that does not get ready is given up.
const readyTimeout = 30 * time.Second

// process is a program that is started, killed and started again. It ends when its standard input does, and so with this process.
type process struct {
	name  string
	dir   string
	args  []string
	env   []string
	ready string // what it says when it is ready

	cmd   *exec.Cmd
	in    io.Closer
	ended chan struct{}
	mu    sync.Mutex
	log   strings.Builder // what it said last
}

// start starts the program and returns when it is ready.
func (p *process) start() error {
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Dir, p.cmd.Env = p.dir, append(os.Environ(), p.env...)
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.in, p.ended = in, make(chan struct{})
	ready := make(chan bool, 1)
	go p.follow(stderr, ready)
	select {
	case ok := <-ready:
		if ok {
			return nil
		}
	case <-time.After(readyTimeout):
	}
	return errors.Join(fmt.Errorf("%s did not start:\n%s", p.name, p.said()), p.stop())
}

// follow keeps what the program says, until it ends.
func (p *process) follow(stderr io.Reader, ready chan<- bool) {
	defer close(p.ended)
	defer p.cmd.Wait() //nolint:errcheck // it ends by a signal
	defer close(ready)
	found := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		p.mu.Lock()
		if p.log.Len() < 1<<20 {
			fmt.Fprintln(&p.log, lines.Text())
		}
		p.mu.Unlock()
		if !found && strings.Contains(lines.Text(), p.ready) {
			found = true
			ready <- true
		}
	}
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// kill ends the program by SIGKILL.
func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	return err
}

// stop ends the program by the end of its input.
func (p *process) stop() error {
	err := p.in.Close()
	select {
	case <-p.ended:
		return nil // a process that was killed has closed its input already
	case <-time.After(readyTimeout):
		return errors.Join(err, p.kill(), fmt.Errorf("%s did not end", p.name))
	}
}

// untilEOF runs a program that does not look at its input until that ends.
const untilEOF = `
exec 3<&0
"$@" 3<&- &
program=$!
{ cat <&3; kill $program; } >/dev/null 2>&1 &
wait $program`

// startNginx starts nginx in a directory that has its configuration.
func startNginx(t *testing.T, dir string) *process {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx, err = exec.LookPath("/usr/sbin/nginx")
	}
	if err != nil {
		engines.Require(t, &engines.MissingError{Program: "nginx", Package: "nginx-light"})
	}
	p := &process{name: "nginx", dir: dir, args: []string{"sh", "-c", untilEOF, "sh", nginx, "-p", dir, "-c", "nginx.conf"}, ready: "getrlimit"}
	start(t, p)
	return p
}

// start starts a process that ends with the test.
func start(t *testing.T, p *process) {
	t.Helper()
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	})
}
