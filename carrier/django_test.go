package carrier_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// djangoParser answers each header, a JSON text a line, with the value of the
// cookie sid, or null.
const djangoParser = `
import json, sys
from django.http.cookie import parse_cookie
for line in sys.stdin:
    print(json.dumps(parse_cookie(json.loads(line)).get("sid")))
`

// TestFindCookieAgainstDjango gives the same headers to Django's own parser.
func TestFindCookieAgainstDjango(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	headers := make([]string, 5000)
	var in bytes.Buffer
	for i := range headers {
		headers[i] = randomHeader(rng)
		line, err := json.Marshal(headers[i])
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	answers := bufio.NewScanner(bytes.NewReader(runDjango(t, djangoParser, &in)))
	hits := 0
	for _, header := range headers {
		if !answers.Scan() {
			t.Fatal("Django answered fewer headers than it was given")
		}
		var value *string
		if err := json.Unmarshal(answers.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		want := found{OK: value != nil}
		if value != nil {
			want.Value = *value
			hits++
		}
		if got := find([]string{header}); got != want {
			t.Errorf("FindCookie(%q) = %+v, want %+v", header, got, want)
		}
	}
	t.Logf("%d headers, the cookie is in %d of them", len(headers), hits)
}

// pieces are what the headers of the live test are made of.
var pieces = []string{
	"sid=", "sid=", "; sid=", "; sid=\"", "\"; sid=1", "sid", "=", ";", "; ", `"`, `\`, `\054`, `\377`, `\8`, "v", "x=1", " ", "\t", "\x1c", "\u00a0", "é", "😀", "\x00", "\x7f", "%3A", ",", "\n", "$Path",
}

func randomHeader(rng *rand.Rand) string {
	var b strings.Builder
	for range rng.IntN(24) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// runDjango runs a script with a Python that has Django.
func runDjango(t *testing.T, script string, in *bytes.Buffer) []byte {
	t.Helper()
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import django").CombinedOutput(); err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatalf("no Django to compare with (apt-get install python3-django): %v\n%s", err, out)
		}
		t.Skip("no Django to compare with (apt-get install python3-django)")
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", script)
	cmd.Stdin = in
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return out
}
