package paste_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/paste"
)

// Signed values are found in lines of logs, with their names, and nothing else is.
func TestSigned(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		want       []string // names and values
		reason     string
	}{
		{"value", cookie, []string{"", cookie}, "alone on its line"},
		{"pair", "a=b; sessionid=" + cookie + "; c=d", []string{"sessionid", cookie}, "a header"},
		{"quoted", `12:30:11 "GET / HTTP/1.1" "sessionid=\"` + cookie + `\"" 0.1`, []string{"sessionid", cookie}, "a log with quotes"},
		{"two", "x=" + cookie + " y=" + cookie, []string{"x", cookie, "y", cookie}, "all of a line"},
		{"encoded", "?s=" + strings.ReplaceAll(cookie, ":", "%3A") + "&t=" + strings.ReplaceAll(cookie, ":", `\u003a`), []string{"s", cookie, "t", cookie}, "logs encode"},
		{"compressed", "sessionid=." + cookie, []string{"sessionid", "." + cookie}, "the dot belongs to it"},
		{"times", "2023-11-14T22:13:20Z host:8000 a:b:c", nil, "colons of other things"},
		{"cut", "sessionid=" + cookie[:50], nil, "a signature that is not whole"},
		{"joined", cookie + "x", nil, "a signature that is too long"},
		{"no body", cookie[10:], nil, "nothing is signed"},
	} {
		var got []string
		for _, c := range paste.Signed(tt.line) {
			got = append(got, c.Name, c.Value)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.name, tt.reason, diff)
		}
	}
}
