// Command inspector writes the page of saltine inspect --web: the command itself, compiled
// for WebAssembly, in one HTML file that needs nothing else.
//
//	go run ./cmd/saltine/inspector -o inspector.html
//
// go generate ./cmd/saltine writes it where the next go build embeds it. The same sources
// and the same Go give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/template"

	"github.com/seed-52756201/saltine/internal/paste"
)

const command = "github.com/seed-52756201/saltine/cmd/saltine"

//go:embed page/page.html
var layout string

//go:embed page/page.css
var style string

//go:embed page/page.js
var script string

func main() {
	log.SetFlags(0)
	output := flag.String("o", "inspector.html", "write the page to `FILE`")
	flag.Parse()
	page, err := build()
	if err == nil {
		err = os.WriteFile(*output, page, 0o644) //nolint:gosec // everybody may read it
	}
	if err != nil {
		log.Fatal("inspector: ", err)
	}
	log.Printf("%s: %d bytes, sha256 %x", *output, len(page), sha256.Sum256(page))
}

// contents are what the layout is filled with.
type contents struct {
	Policy  string // Content-Security-Policy
	Style   string
	Runtime string // Go's own JavaScript around a program
	Script  string
	Library string // the program: base64 of gzip of WebAssembly
	Go      string // the version
	// Algorithms are Django's, the default first.
	Algorithms []string
}

func build() ([]byte, error) {
	library, err := compile()
	if err != nil {
		return nil, err
	}
	goRuntime, err := readRuntime()
	if err != nil {
		return nil, err
	}
	return fill(contents{
		Policy:     policy(style, goRuntime, script),
		Style:      style,
		Runtime:    goRuntime,
		Script:     script,
		Library:    library,
		Go:         runtime.Version(),
		Algorithms: paste.AlgorithmNames(),
	})
}

// compile compiles the command for a browser.
func compile() (string, error) {
	dir, err := os.MkdirTemp("", "saltine-inspector")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system clears what is left
	file := filepath.Join(dir, "saltine.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", file, command) //nolint:gosec // the file is in a folder of our own
	// What a person has set for other builds changes nothing here. go run and go generate
	// have set GOROOT and the like: the Go is the one that built this program.
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=", "GOWASM=", "GOEXPERIMENT=", "GOFIPS140=off", "GOWORK=off")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go build for js/wasm: %w", err)
	}
	code, err := os.ReadFile(file) //nolint:gosec // just written
	if err != nil {
		return "", err
	}
	return pack(code)
}

// pack compresses a program and makes it text.
func pack(code []byte) (string, error) {
	var zipped bytes.Buffer
	zip, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := zip.Write(code); err != nil {
		return "", err
	}
	if err := zip.Close(); err != nil {
		return "", err
	}
	log.Printf("the program: %d bytes, %d with gzip", len(code), zipped.Len())
	return base64.StdEncoding.EncodeToString(zipped.Bytes()), nil
}

// readRuntime reads wasm_exec.js of the Go that compiles.
func readRuntime() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	return string(text), err
}

// policy forbids everything but the texts of this very page, and WebAssembly.
// data: is for the icon in the page itself.
func policy(style string, scripts ...string) string {
	sources := make([]string, len(scripts))
	for i, text := range scripts {
		sources[i] = source(text)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + strings.Join(sources, " ") + " 'wasm-unsafe-eval'",
		"style-src " + source(style),
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
}

// source allows one text, by its hash.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var errUnsafe = errors.New("a script or style would end its element too early")

// fill makes the page.
func fill(c contents) ([]byte, error) {
	for _, text := range []string{c.Style, c.Runtime, c.Script} {
		if lower := strings.ToLower(text); strings.Contains(lower, "</s") || strings.Contains(lower, "<!--") || strings.Contains(text, "\r") {
			return nil, errUnsafe
		}
	}
	t, err := template.New("page").Parse(layout)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = t.Execute(&page, c)
	return page.Bytes(), err
}
