//go:build !js

package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:generate go run ./inspector -o inspector/page/inspector.html

// pageFiles hold the page itself, inspector.html, if go generate has been run before the
// build. It is too large to be committed, and changes with every line of the library.
//
//go:embed inspector/page
var pageFiles embed.FS

var errNoPage = errors.New("this saltine was built without the page: run 'go generate ./cmd/saltine' in a checkout, and build or run it again")

func defineWeb(r *request, fs *flag.FlagSet) {
	fs.BoolVar(&r.web, "web", false, "serve the inspector's page on this machine, for a browser")
	fs.IntVar(&r.port, "port", 0, "`PORT` of that page (default: a free one)")
}

// web serves the page until it is interrupted. It begins when the URL is printed.
func (a *app) web(r *request, args []string) (int, error) {
	if len(args) > 0 {
		return 0, errors.New("--web takes no value: paste it into the page")
	}
	if r.port < 0 || r.port > 65535 {
		return 0, errors.New("--port is from 1 to 65535")
	}
	page, err := pageFiles.ReadFile("inspector/page/inspector.html")
	if err != nil {
		return 0, errNoPage
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(r.port))
	if err != nil {
		return 0, fmt.Errorf("cannot serve the page: %w", err)
	}
	address := listener.Addr().String()
	if r.json {
		err = a.writeJSON(map[string]string{"url": "http://" + address + "/"})
	} else {
		fmt.Fprintf(&a.out, "http://%s/\nOpen it in a browser of this machine. Ctrl-C ends it.\n", address)
	}
	a.after = func() error { return serve(listener, pageHandler(page, address)) }
	return exitOK, err
}

// serve serves until the program is interrupted.
func serve(listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		server.Close() //nolint:errcheck // the program ends
	}()
	err := server.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// pageHandler serves the page to browsers that asked for this very address. Others came
// by a name that somebody let point here.
func pageHandler(page []byte, address string) http.Handler {
	_, port, _ := strings.Cut(address, ":")
	hosts := []string{address, "localhost:" + port}
	if port == "80" { // which browsers leave out
		hosts = append(hosts, strings.TrimSuffix(address, ":80"), "localhost")
	}
	headers := map[string]string{
		"Content-Type":                 "text/html; charset=utf-8",
		"Content-Length":               strconv.Itoa(len(page)),
		"Content-Security-Policy":      pagePolicy(page) + "; frame-ancestors 'none'",
		"Cache-Control":                "no-store",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "this page has another address", http.StatusMisdirectedRequest)
			return
		case r.URL.Path != "/":
			http.NotFound(w, r)
			return
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this page can only be read", http.StatusMethodNotAllowed)
			return
		}
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if r.Method == http.MethodGet {
			w.Write(page) //nolint:errcheck // a browser that is gone misses nothing
		}
	})
}

// pagePolicy returns the Content-Security-Policy that stands in the page.
func pagePolicy(page []byte) string {
	_, rest, _ := strings.Cut(string(page), `http-equiv="Content-Security-Policy" content="`)
	policy, _, _ := strings.Cut(rest, `"`)
	return policy
}
