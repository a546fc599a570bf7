package testkit

import (
	"encoding/json"
	"os/exec"
	"testing"
)

// Process is a program that answers questions, a line of JSON for each.
type Process struct {
	questions *json.Encoder
	answers   *json.Decoder
}

// StartPython has a Python run script until the test ends.
func StartPython(t testing.TB, python, script string, args ...string) *Process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, append([]string{"-c", script}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()     //nolint:errcheck // the program is gone
		_ = cmd.Wait() // the context of the test has ended it
	})
	return &Process{json.NewEncoder(in), json.NewDecoder(out)}
}

// Ask sends a question, and reads the answer into a pointer. The error is that of a
// program that is gone; its standard error is in the test's log.
func (p *Process) Ask(question, answer any) error {
	if err := p.questions.Encode(question); err != nil {
		return err
	}
	return p.answers.Decode(answer)
}
