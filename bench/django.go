package bench

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

//go:embed django_timing.py
var djangoScript string

// Django is a real Django, which times itself in its own process: no exchange
// with it is inside a measured time. It is not safe for concurrent use.
type Django struct {
	Version string // of Django
	Python  string // its version
	cmd     *exec.Cmd
	in      io.WriteCloser
	send    *json.Encoder
	receive *json.Decoder
}

// StartDjango starts the Python that SALTINE_PYTHON names, or Debian's. The
// error tells that there is none, or none with Django.
func StartDjango() (*Django, error) {
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	d := &Django{cmd: exec.Command(python, "-B", "-c", djangoScript)} //nolint:gosec // the program is the caller's choice
	in, err := d.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	d.in, d.send, d.receive = in, json.NewEncoder(in), json.NewDecoder(out)
	reply, err := d.call(djangoRequest{Operation: "describe"})
	if err != nil {
		d.Close() //nolint:errcheck // the first error tells more
		return nil, fmt.Errorf("no Django: apt-get install python3-django, or set SALTINE_PYTHON: %w", err)
	}
	d.Version, d.Python = reply.Django, reply.Python
	return d, nil
}

// Close ends the process.
func (d *Django) Close() error {
	if err := d.in.Close(); err != nil {
		return err
	}
	return d.cmd.Wait()
}

type djangoRequest struct {
	Operation string  `json:"operation"`
	Key       string  `json:"key"`
	Salt      string  `json:"salt"`
	MaxAge    float64 `json:"max_age"`
	JSON      string  `json:"json"`
	Cookie    string  `json:"cookie"`
	Count     int     `json:"count"`
}

type djangoReply struct {
	Django  string  `json:"django"`
	Python  string  `json:"python"`
	Cookie  string  `json:"cookie"`
	JSON    string  `json:"json"`
	Seconds float64 `json:"seconds"`
}

func (d *Django) call(r djangoRequest) (reply djangoReply, err error) {
	r.Key, r.Salt, r.MaxAge = secret, salt, maxAge.Seconds()
	if err := d.send.Encode(r); err != nil {
		return reply, err
	}
	err = d.receive.Decode(&reply)
	return reply, err
}

// Dumps returns the cookie that signing.dumps(..., compress=True) makes.
func (d *Django) Dumps(p Payload) (string, error) {
	reply, err := d.call(djangoRequest{Operation: "dumps", JSON: string(p.JSON)})
	return reply.Cookie, err
}

// Loads returns the JSON of what signing.loads reads from a cookie.
func (d *Django) Loads(cookie string) (string, error) {
	reply, err := d.call(djangoRequest{Operation: "loads", Cookie: cookie})
	return reply.JSON, err
}

// TimeDumps returns how long signing.dumps of the payload takes, count times.
func (d *Django) TimeDumps(p Payload, count int) (time.Duration, error) {
	return d.time(djangoRequest{Operation: "time_dumps", JSON: string(p.JSON), Count: count})
}

// TimeLoads returns how long signing.loads of the cookie takes, count times.
func (d *Django) TimeLoads(cookie string, count int) (time.Duration, error) {
	return d.time(djangoRequest{Operation: "time_loads", Cookie: cookie, Count: count})
}

func (d *Django) time(r djangoRequest) (time.Duration, error) {
	reply, err := d.call(r)
	return time.Duration(reply.Seconds * float64(time.Second)), err
}
