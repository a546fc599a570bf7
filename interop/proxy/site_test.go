// Package proxy_test holds saltine against what stands around it in service: an
// nginx that serves a real Django and a Go service as one site, with rolling
// deploys of the latter.
//
// The tests need nginx, and some a Python with Django: Debian's
// python3-django, or the interpreter that SALTINE_PYTHON names. Without them
// they are skipped, or fail if SALTINE_REQUIRE_LIVE=1. Everything is in
// temporary directories and speaks over Unix sockets: no port is opened.
package proxy_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/internal/testkit"
)

const howToGetNginx = "the tests of interop/proxy need nginx: apt-get install nginx-light"

// origin is what the certificate of net/http/httptest is good for.
const origin = "https://example.com"

// site is an nginx with nothing behind it yet.
type site struct {
	dir       string
	transport *http.Transport
	nginx     *program
}

// startSite starts nginx, until the test ends.
func startSite(t *testing.T) *site {
	t.Helper()
	nginx := lookFor(t, howToGetNginx, "nginx", "/usr/sbin/nginx")
	s := &site{dir: newDir(t)}
	roots := s.writeCertificate(t)
	config, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "nginx.conf", config)
	s.nginx = start(t, command{
		dir:   s.dir,
		args:  []string{nginx, "-p", s.dir, "-c", "nginx.conf"},
		ready: "getrlimit", // the last it says of itself before it serves
	})
	s.transport = &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(s.dir, "site.sock"))
		},
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: clients,
	}
	t.Cleanup(s.transport.CloseIdleConnections)
	return s
}

// newDir is t.TempDir with a name that is short enough for sockets.
func newDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "saltine") //nolint:usetesting // a socket's name has 107 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// writeCertificate writes what nginx serves, and returns who trusts it.
func (s *site) writeCertificate(t *testing.T) *x509.CertPool {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	server.Close()
	certificate := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	)
	s.write(t, "site.pem", text)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return roots
}

func (s *site) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil { //nolint:gosec // the names are constants
		t.Fatal(err)
	}
}

// startDjango starts djangosite.py behind the site.
func (s *site) startDjango(t *testing.T, key string) {
	t.Helper()
	python := testkit.Django(t)
	version := testkit.RunPython(t, python, "import django; print(django.get_version())", nil)
	t.Logf("Django %s", bytes.TrimSpace(version))
	script, err := filepath.Abs("djangosite.py")
	if err != nil {
		t.Fatal(err)
	}
	start(t, command{
		dir:   s.dir,
		env:   []string{"SALTINE_KEY=" + key},
		args:  []string{python, "-B", script, "django.sock"},
		ready: "ready",
	})
}

// visitor is a browser, as far as cookies go.
type visitor struct {
	client *http.Client
}

func (s *site) newVisitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{&http.Client{Transport: s.transport, Jar: jar, Timeout: 20 * time.Second}}
}

// answer is a response.
type answer struct {
	status    int
	body      string
	setCookie []string
}

// send makes a request: a POST if there is a body, even an empty one.
func (v *visitor) send(path string, body ...string) (answer, error) {
	method := http.MethodGet
	if len(body) > 0 {
		method = http.MethodPost
	}
	req, err := http.NewRequest(method, origin+path, strings.NewReader(strings.Join(body, "")))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // reading it tells more
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return answer{res.StatusCode, string(text), res.Header["Set-Cookie"]}, err
}

// home is what cookies are kept for.
var home = &url.URL{Scheme: "https", Host: "example.com", Path: "/"}

// cookie returns the value of the session's cookie, "" for none.
func (v *visitor) cookie() string {
	for _, c := range v.client.Jar.Cookies(home) {
		if c.Name == "sessionid" {
			return c.Value
		}
	}
	return ""
}

func (v *visitor) setCookie(value string) {
	v.client.Jar.SetCookies(home, []*http.Cookie{{Name: "sessionid", Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}})
}
