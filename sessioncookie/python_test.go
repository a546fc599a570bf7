package sessioncookie_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

//go:embed testdata/oracle.py
var oracle string

// ask has one Python process with Django answer a call for each text.
func ask[T any](t *testing.T, call string, texts []string) []T {
	t.Helper()
	requests := make([]string, len(texts))
	for i, text := range texts {
		request, err := json.Marshal(map[string]string{"call": call, "text": text})
		if err != nil {
			t.Fatal(err)
		}
		requests[i] = string(request)
	}
	answers := make([]T, len(texts))
	for i, answer := range testkit.PythonLines(t, testkit.Django(t), oracle, requests) {
		if err := json.Unmarshal([]byte(answer), &answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}
