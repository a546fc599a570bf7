package signedcookie_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/signedcookie"
)

//go:embed testdata/oracle.py
var oracle string

// ask has one Python process answer all requests.
func ask[T any](t *testing.T, call string, texts []string) []T {
	t.Helper()
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	if out, err := exec.Command(python, "-c", "import django").CombinedOutput(); err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatalf("no Python with Django: %v\n%s", err, out)
		}
		t.Skip("no Python with Django: apt-get install python3-django, or set SALTINE_PYTHON to one that has it")
	}
	var input, stderr bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, text := range texts {
		if err := encoder.Encode(map[string]string{"call": call, "text": text}); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(python, "-c", oracle)
	command.Stdin, command.Stderr = &input, &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	decoder := json.NewDecoder(bytes.NewReader(output))
	answers := make([]T, len(texts))
	for i := range answers {
		if err := decoder.Decode(&answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// alphabet is what quoting may trip over.
var alphabet = strings.Split(`a|Z|7|"|"|\|\|\|0|1|2|3|4|7|8|,|;|;|=|=| | |:|/|(|é|ÿ|Ā|😀`+"|\n|\t|\r|\x00|\x1f|\x7f|\u0085|\u00a0|\u2003", "|")

// generate makes texts, those that are quoted already among them.
func generate(n int) []string {
	rng := rand.New(rand.NewPCG(6, 1994))
	texts := make([]string, n)
	for i := range texts {
		var b strings.Builder
		for range rng.IntN(12) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		texts[i] = b.String()
		if rng.IntN(2) == 0 {
			texts[i] = `"` + texts[i] + `"`
		}
	}
	return texts
}

// characters are all up to and beyond what is escaped, each alone.
func characters() []string {
	var list []string
	for r := range rune(0x180) {
		list = append(list, string(r))
	}
	return list
}

func TestQuoteLikePython(t *testing.T) {
	texts := slices.Concat(characters(), generate(5000))
	for i, want := range ask[string](t, "quote", texts) {
		if diff := cmp.Diff(want, signedcookie.Quote(texts[i])); diff != "" {
			t.Errorf("Quote(%q) (-Python +Go):\n%s", texts[i], diff)
		}
	}
}

// What is quoted is what Django reads.
func TestDjangoReadsQuoted(t *testing.T) {
	values := slices.Concat(characters(), generate(5000))
	headers := make([]string, len(values))
	for i, value := range values {
		headers[i] = "a=1; name=" + signedcookie.Quote(value) + "; b=2"
	}
	for i, cookies := range ask[map[string]string](t, "parse", headers) {
		if diff := cmp.Diff(map[string]string{"a": "1", "name": values[i], "b": "2"}, cookies); diff != "" {
			t.Errorf("Quote(%q) (-want +Django):\n%s", values[i], diff)
		}
	}
}
