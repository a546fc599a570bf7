package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

//go:embed node
var nodeFiles embed.FS

//go:embed python/itsdangerous_adapter.py
var pythonAdapter string

// serveVariable names the port whose adapter this program is, when it starts itself
// again.
const serveVariable = "SALTINE_PORTS_SERVE"

// adapters prepares what the ports need, once for all of them.
type adapters struct {
	folder    string // where npm installs; the caller removes it
	npmTried  bool
	npmFailed error
}

// absentError tells why a port cannot be run here.
type absentError struct{ why string }

func (e *absentError) Error() string { return e.why }

// of returns the adapter of a port. Its error is an *absentError where the port
// cannot be had on this machine or from this network.
func (a *adapters) of(ctx context.Context, p *port) (*adapter, error) {
	found := &adapter{timeout: mostTime}
	switch p.source {
	case inProcess:
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		found.command, found.env = limited(self), []string{serveVariable + "=" + p.name}
	case npm:
		if err := a.installed(ctx); err != nil {
			return nil, err
		}
		found.command, found.folder = []string{"node", "--max-old-space-size=512", p.script}, a.folder
	case debian:
		python, err := debianPython(ctx, p)
		if err != nil {
			return nil, err
		}
		found.command = limited(python, "-c", pythonAdapter)
	}
	return found, nil
}

// debianPython returns a Python that has the module of a port, in its version.
func debianPython(ctx context.Context, p *port) (string, error) {
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	script := "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
	out, err := exec.CommandContext(ctx, python, "-c", script, p.name).Output() //nolint:gosec // G204: the user names it
	version := strings.TrimSpace(string(out))
	switch {
	case err != nil:
		return "", &absentError{python + " has no " + p.name + ": apt-get install python3-" + p.name}
	case version != p.version:
		return "", &absentError{fmt.Sprintf("%s has %s %s, and the table is of %s", python, p.name, version, p.version)}
	}
	return python, nil
}

// installed has npm install the ports of the folder node, the first time it is called.
func (a *adapters) installed(ctx context.Context) error {
	if !a.npmTried {
		a.npmTried = true
		a.npmFailed = a.install(ctx)
	}
	return a.npmFailed
}

func (a *adapters) install(ctx context.Context) error {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return &absentError{"there is no " + program}
		}
	}
	if err := writeNodeFiles(a.folder); err != nil {
		return err
	}
	limit, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	cmd := exec.CommandContext(limit, "npm", "ci",
		"--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-timeout=8000")
	cmd.Dir = a.folder
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(limit.Err(), context.DeadlineExceeded):
		return &absentError{"npm did not end in time"}
	case isUnreachable(out):
		return &absentError{"npm is unreachable: " + string(unreachable.Find(out))}
	}
	return fmt.Errorf("npm ci: %w\n%s", err, out)
}

// unreachable finds what npm says of a registry that it cannot reach, or that does
// not hand out the package.
var unreachable = regexp.MustCompile(
	`\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|E40[134]|E429|E5\d\d|ERR_SOCKET_TIMEOUT)\b`)

func isUnreachable(out []byte) bool { return unreachable.Match(bytes.ToUpper(out)) }

func writeNodeFiles(folder string) error {
	files, err := fs.Sub(nodeFiles, "node")
	if err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name), text, 0o600)
	})
}
