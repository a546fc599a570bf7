// Package interop_test holds saltine against a real Django process: what one
// writes the other must read, and what one refuses the other must refuse.
//
// The tests need a Python with Django: Debian's python3-django, or the
// interpreter that SALTINE_PYTHON names. Without one they are skipped, or fail
// if SALTINE_REQUIRE_LIVE=1. They are random; SALTINE_SEED repeats a run.
package interop_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// replyTimeout is when a silent Django process is given up.
const replyTimeout = 60 * time.Second

const howToGetDjango = "the tests of interop/ need Django: apt-get install python3-django, or set SALTINE_PYTHON to a Python that has it"

// process is djangoserver.py.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
	mu     sync.Mutex // one request at a time

	Django string `json:"django"`
	Python string `json:"python"`
}

// django starts the process on first use; all tests share it.
var django = sync.OnceValues(startDjango)

// stop ends the process, if one was started.
var stop = func() {}

func TestMain(m *testing.M) {
	m.Run()
	stop()
}

func startDjango() (*process, error) {
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	p := &process{cmd: exec.Command(python, "-B", "djangoserver.py")}
	p.cmd.Stderr = &p.stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		p.in.Close() //nolint:errcheck // if it crashed, a test has failed already
		p.cmd.Wait() //nolint:errcheck // likewise
	}
	if err := p.call(request{Op: "hello"}, p); err != nil {
		return nil, err
	}
	return p, nil
}

// request is one line to the process.
type request struct {
	Op   string `json:"op"`
	Args args   `json:"args,omitempty"`
	Env  env    `json:"env"`
}

// args are the arguments of an operation. Bytes travel as base64.
type args map[string]any

// env is the Env of djangoserver.py; what is left out has its default there.
type env struct {
	Key       []byte  `json:"key,omitempty"`
	KeyType   string  `json:"key_type,omitempty"`
	Algorithm string  `json:"algorithm,omitempty"`
	Now       float64 `json:"now"`
}

// raised is an exception of Django's.
type raised struct {
	Class string `json:"class"`
	Kind  string `json:"kind"`
}

func (r *raised) Error() string { return "Django raised " + r.Class + " (" + r.Kind + ")" }

// call makes a request and reads its result. The error is a *raised, or says
// why there is no answer at all.
func (p *process) call(req request, result any) error {
	line, err := json.Marshal(req)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	giveUp := time.AfterFunc(replyTimeout, func() { p.cmd.Process.Kill() }) //nolint:errcheck // then it is gone already
	defer giveUp.Stop()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return p.lost(req.Op, err)
	}
	if line, err = p.out.ReadBytes('\n'); err != nil {
		return p.lost(req.Op, err)
	}
	reply := struct {
		OK    any     `json:"ok"`
		Error *raised `json:"error"`
	}{OK: result}
	if err := json.Unmarshal(line, &reply); err != nil {
		return fmt.Errorf("%s: %w", req.Op, err)
	}
	if reply.Error != nil {
		return reply.Error
	}
	return nil
}

// lost tells what became of a process that no longer answers.
func (p *process) lost(op string, err error) error {
	p.in.Close() //nolint:errcheck // the first error tells more
	return fmt.Errorf("%s: no answer: %w; the process: %v\n%s", op, err, p.cmd.Wait(), &p.stderr)
}

// needDjango returns the process, and skips the test where there is no Django.
func needDjango(t *testing.T) *process {
	t.Helper()
	p, err := django()
	switch {
	case err == nil:
	case os.Getenv("SALTINE_REQUIRE_LIVE") == "1" || !isMissing(err):
		t.Fatalf("%s\n%v", howToGetDjango, err)
	default:
		t.Skip(howToGetDjango)
	}
	t.Logf("Django %s, Python %s, SALTINE_SEED=%d", p.Django, p.Python, seed())
	return p
}

func isMissing(err error) bool {
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) ||
		strings.Contains(err.Error(), "No module named 'django'")
}

// ask makes a request that Django must answer.
func ask[T any](t *testing.T, e env, op string, a args) T {
	t.Helper()
	result, err := try[T](t, e, op, a)
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	return result
}

// try makes a request that may make Django raise an exception.
func try[T any](t *testing.T, e env, op string, a args) (result T, exception *raised) {
	t.Helper()
	p, err := django()
	if err != nil {
		t.Fatal(err)
	}
	err = p.call(request{op, a, e}, &result)
	if err != nil && !errors.As(err, &exception) {
		t.Fatal(err)
	}
	return result, exception
}

// seed is the same for a whole run, and another for the next.
var seed = sync.OnceValue(func() uint64 {
	given := os.Getenv("SALTINE_SEED")
	if given == "" {
		return uint64(rand.Uint32())
	}
	n, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		panic("SALTINE_SEED is not a number")
	}
	return n
})

// random returns the generator of the case with this number.
func random(number int) *rand.Rand {
	return rand.New(rand.NewPCG(seed(), uint64(number)))
}
