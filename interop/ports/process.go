package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// What an adapter may take.
const (
	mostTime   = 10 * time.Second // for one answer
	mostLine   = 32 << 20         // bytes of one answer
	mostMemory = 2 << 20          // KiB of address space, where the adapter is not Node
)

var (
	errCrashed = errors.New("the adapter ended")
	errHung    = errors.New("the adapter did not answer in time")
)

// adapter is a process that answers questions. It is started when first asked, and
// anew after it crashed or hung.
type adapter struct {
	command []string
	env     []string // added to that of this process
	folder  string
	timeout time.Duration
	running *process
}

// process is one life of an adapter.
type process struct {
	cmd    *exec.Cmd
	stop   context.CancelFunc
	stdin  io.WriteCloser
	stdout *bufio.Reader
}

// ask returns the answer to q. Its error is errCrashed or errHung where the port is
// to blame, and another one where the adapter does not keep to the protocol.
func (a *adapter) ask(ctx context.Context, q question) (answer, error) {
	if a.running == nil {
		if err := a.start(ctx); err != nil {
			return answer{}, err
		}
	}
	line, err := a.exchange(q)
	if err != nil {
		a.close()
		return answer{}, err
	}
	var got answer
	if err := json.Unmarshal(line, &got); err != nil {
		return answer{}, fmt.Errorf("test %d: the answer is not JSON: %w", q.ID, err)
	}
	if got.ID != q.ID || got.Result != "valid" && got.Result != "refused" {
		return answer{}, fmt.Errorf("test %d: the answer has id %d and result %q", q.ID, got.ID, got.Result)
	}
	return got, nil
}

func (a *adapter) start(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, a.command[0], a.command[1:]...) //nolint:gosec // G204: a port's adapter
	cmd.Env = append(os.Environ(), a.env...)
	cmd.Dir = a.folder
	cmd.WaitDelay = time.Second
	p := &process{cmd: cmd, stop: stop}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		stop()
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		stop()
		return err
	}
	if err := cmd.Start(); err != nil {
		stop()
		return err
	}
	p.stdin, p.stdout = stdin, bufio.NewReaderSize(io.LimitReader(stdout, 1<<30), 1<<16)
	a.running = p
	return nil
}

// exchange writes a question and reads a line.
func (a *adapter) exchange(q question) ([]byte, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	p := a.running
	hang := time.AfterFunc(a.timeout, p.stop)
	_, err = p.stdin.Write(append(text, '\n'))
	var line []byte
	if err == nil {
		line, err = readLine(p.stdout)
	}
	switch inTime := hang.Stop(); {
	case !inTime:
		return nil, errHung
	case err != nil:
		return nil, errCrashed
	}
	return line, nil
}

// readLine reads a line of limited length.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, isPrefix, err := r.ReadLine()
		line = append(line, part...)
		switch {
		case err != nil:
			return nil, err
		case len(line) > mostLine:
			return nil, bufio.ErrTooLong
		case !isPrefix:
			return line, nil
		}
	}
}

// close ends the process, if there is one.
func (a *adapter) close() {
	if a.running == nil {
		return
	}
	_ = a.running.stdin.Close()
	a.running.stop()
	_ = a.running.cmd.Wait() // it was told to end, and how it does says nothing
	a.running = nil
}

// limited runs a command with little memory.
func limited(command ...string) []string {
	script := fmt.Sprintf(`ulimit -v %d; exec "$@"`, mostMemory)
	return append([]string{"sh", "-c", script, "sh"}, command...)
}
