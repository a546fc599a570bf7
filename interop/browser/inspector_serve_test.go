package browser_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// buildCommand makes saltine with the page in it, once, and leaves the tree as it is.
var buildCommand = sync.OnceValues(func() (string, error) {
	page, err := buildInspector()
	if err != nil {
		return "", err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	place := filepath.Join(root, "cmd", "saltine", "inspector", "page", "inspector.html")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {place: page}})
	if err != nil {
		return "", err
	}
	overlayFile, file := filepath.Join(scratch, "overlay.json"), filepath.Join(scratch, "saltine")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-C", "../..", "-overlay", overlayFile, "-o", file, "./cmd/saltine").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build ./cmd/saltine: %w\n%s", err, out)
	}
	return file, nil
})

// serveInspector runs saltine inspect --web until the test ends, and returns its URL.
func serveInspector(t *testing.T) string {
	t.Helper()
	chromium(t)
	file, err := buildCommand()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", untilEOF, "sh", file, "inspect", "--web")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() //nolint:errcheck // if it is gone, a test has failed already
		cmd.Wait() //nolint:errcheck // it ends by a signal
	})
	giveUp := time.AfterFunc(20*time.Second, func() { in.Close() }) //nolint:errcheck // likewise
	defer giveUp.Stop()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("saltine inspect --web printed no URL: %v", err)
	}
	return strings.TrimSpace(url)
}

// The served page is the file, with the same policy, and works as the file does.
func TestInspectorServed(t *testing.T) {
	url := serveInspector(t)
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("the URL is %s", url)
	}
	response, err := http.Get(url) //nolint:gosec // of our own program
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // nothing is lost
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	file, err := buildInspector()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, page) {
		t.Errorf("the served page has %d bytes, the file %d", len(body), len(page))
	}
	policy := response.Header.Get("Content-Security-Policy")
	inPage, ok := strings.CutSuffix(policy, "; frame-ancestors 'none'")
	if !ok || !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(string(page), `content="`+inPage+`"`) {
		t.Errorf("the header's policy is %q, which the page's is not", policy)
	}
	want := map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
	got := map[string]string{}
	for name := range want {
		got[name] = response.Header.Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the headers differ (-want +got):\n%s", diff)
	}

	b := openBrowser(t)
	seen := b.watch()
	b.openInspector(url)
	b.verify(inspectorValue, inspectorKey, inspectorNow)
	b.waitForText("banner", "Valid")
	if got := seen.outside(url); len(got) > 0 {
		t.Errorf("the page asks for %q", got)
	}
	if got := seen.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
	// The browser takes every name for this machine, as after a change of a name's address.
	if status := b.open(strings.Replace(url, "127.0.0.1", "rebound.test", 1)); status != http.StatusMisdirectedRequest {
		t.Errorf("another name gets status %d", status)
	}
}
