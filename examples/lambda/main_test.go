package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

const (
	currentKey saltine.Key = "an example key, public and therefore worthless: 0123456789"
	oldKey     saltine.Key = "the key before that one, just as worthless: 0123456789abcd"
)

func keyring(t *testing.T, key saltine.Key) saltine.Keyring {
	t.Helper()
	keys, err := saltine.NewKeyring(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// runtimeAPI is the side of Lambda that a function asks for events. It has one.
type runtimeAPI struct {
	event    []byte
	taken    bool
	response chan []byte
	done     chan struct{}
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodGet && !a.taken: // the function asks again only after it has answered
		a.taken = true
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "11111111-2222-3333-4444-555555555555")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		w.Write(a.event) //nolint:errcheck // a lost event fails the test
	case r.Method == http.MethodGet:
		<-a.done
	default:
		body, _ := io.ReadAll(r.Body) // a lost response fails the test
		a.response <- body
		w.WriteHeader(http.StatusAccepted)
	}
}

// The program itself, as Lambda runs it: an event comes from the runtime API,
// with a cookie that the old key signed, and the response goes back there.
func TestProgram(t *testing.T) {
	old, err := saltine.NewCookieStore(keyring(t, oldKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	session := old.New()
	session.Set("cart", []string{"shoes"})
	token, err := old.Save(session)
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": "/cart", "cookies": []string{"sessionid=" + token},
		"requestContext": map[string]any{"http": map[string]any{"method": http.MethodGet, "path": "/cart"}},
	})
	if err != nil {
		t.Fatal(err)
	}

	api := &runtimeAPI{event: event, response: make(chan []byte, 1), done: make(chan struct{})}
	server := httptest.NewServer(api)
	defer server.Close()
	defer close(api.done)
	cmd := exec.CommandContext(t.Context(), build(t))
	cmd.Env = append(os.Environ(),
		"AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(server.URL, "http://"), "EVENT_SOURCE=http",
		"SECRET_KEY="+string(currentKey)+"\n"+string(oldKey)+"\n\n") // a line end too many adds no key
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()

	var body []byte
	select {
	case body = <-api.response:
	case err := <-exited:
		t.Fatalf("the program ended: %v\n%s", err, stderr.String())
	case <-time.After(time.Minute):
		t.Fatal("no response")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	<-exited //nolint:errcheck // it was killed
	checkResigned(t, body)
}

// checkResigned holds the response to the old session under the current key.
func checkResigned(t *testing.T, body []byte) {
	t.Helper()
	var response struct {
		StatusCode int      `json:"statusCode"`
		Cookies    []string `json:"cookies"`
		Body       string   `json:"body"`
	}
	if err := json.Unmarshal(body, &response); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if response.StatusCode != http.StatusOK || response.Body != "shoes\n" || len(response.Cookies) != 1 {
		t.Fatalf("got %s, want the cart and one cookie", body)
	}
	store, err := saltine.NewCookieStore(keyring(t, currentKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	pair, _, _ := strings.Cut(response.Cookies[0], ";")
	session, err := store.Load(strings.TrimPrefix(pair, "sessionid="))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"shoes"}, session.Get("cart")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadEnvironment(t *testing.T) {
	program := build(t)
	tests := []struct {
		name, reason string
		env          []string
		want         string
	}{
		{"no key", "an empty key signs for everybody", []string{"EVENT_SOURCE=http", "SECRET_KEY="}, "the text has no keys"},
		{"blank lines", "they add no key, and so there is none", []string{"EVENT_SOURCE=http", "SECRET_KEY=\n\r\n \n"}, "the text has no keys"},
		{
			"blank behind a fallback", "it would make another key",
			[]string{"EVENT_SOURCE=http", "SECRET_KEY=" + string(currentKey) + "\n" + string(oldKey) + " \n"},
			"line 2 has white space",
		},
		{"no source", "the program cannot know who calls it", []string{"SECRET_KEY=" + string(currentKey), "EVENT_SOURCE="}, "no event source"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), program)
			cmd.Env = append(os.Environ(), test.env...)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%s: got %v and %q, want a failure that says %q", test.reason, err, out, test.want)
			}
			if strings.Contains(string(out), string(currentKey)) || strings.Contains(string(out), string(oldKey)) {
				t.Errorf("the log shows the key: %q", out)
			}
		})
	}
}
