// Package engines starts the real servers that Django keeps sessions in: PostgreSQL, MariaDB, Redis and memcached, as Debian
// packages them.
//
// Each call starts a server of its own. The server keeps everything in a temporary folder, listens on a Unix socket in that folder
// and on no port, and runs as the user of its Debian package when the caller is root. The services and the data that Debian itself
// sets up under /var/lib are not touched.
//
// A server ends with Stop. It also ends, and its folder goes, when the Go process ends in any other way, SIGKILL included: a
// supervisor beside the server and a keeper of the folder notice.
//
//	server, err := engines.PostgreSQL(ctx)
//	if err != nil {
//		return err
//	}
//	defer server.Stop()
//	db, err := sql.Open("pgx", server.DSN)
//
// Tests that share one server use Share.
package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startTimeout is when a server that does not answer is given up, unless the context ends earlier.
const startTimeout = 60 * time.Second

// MissingError says that a program is not installed.
type MissingError struct {
	Program string // the name of the program
	Package string // the Debian package that has it
}

// Error names the package to install.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s is missing: apt-get install %s", e.Program, e.Package)
}

// engine is what the servers differ in.
type engine struct {
	name    string
	pkg     string // Debian package
	user    string // user of that package
	signal  string // ends the server, and lets it clean up
	program string // pattern of the server's path; of several files that match, the last counts

	socket  string                               // name of the socket in the folder
	dsn     string                               // DSN; {socket} and {folder} stand for the paths
	prepare func(folder string) []string         // the command that makes the data, its path as seen from the server's; nil: no data
	serve   func(folder string) []string         // the arguments of the server
	ping    func(context.Context, *Server) error // says whether the server answers, and completes its first start
}

// Server is a running server. Its methods are safe for concurrent use.
type Server struct {
	// Name is the name of the engine, as its makers write it.
	Name string
	// Socket is the path of the Unix socket. Restart does not change it.
	Socket string
	// DSN is what the Go driver takes. PostgreSQL: a DSN for pgx. MariaDB: a DSN for go-sql-driver/mysql without parameters, which
	// can be appended after a "?". Redis: a URL for redis.ParseURL. memcached: the address for memcache.New, which is the socket's path.
	DSN string

	engine  *engine
	program string // the path of the server
	owner   *owner
	folder  *folder

	mu      sync.Mutex
	process *process // nil: stopped
	killed  bool     // by Kill, and not started again since
}

// start finds an engine, makes its data and starts its server.
func start(ctx context.Context, e *engine) (*Server, error) {
	s, err := newServer(e)
	if err != nil {
		return nil, fmt.Errorf("engines: %s: %w", e.name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	err = s.prepare(ctx)
	if err == nil {
		err = s.launch(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("engines: %s: %w", e.name, err), s.Stop(), s.folder.remove())
	}
	return s, nil
}

func newServer(e *engine) (*Server, error) {
	program, err := find(e)
	if err != nil {
		return nil, err
	}
	o, err := findOwner(e.user)
	if err != nil {
		return nil, err
	}
	folder, err := o.newFolder()
	if err != nil {
		return nil, err
	}
	s := &Server{Name: e.name, Socket: filepath.Join(folder.path, e.socket), engine: e, program: program, owner: o, folder: folder}
	s.DSN = strings.NewReplacer("{socket}", s.Socket, "{folder}", folder.path).Replace(e.dsn)
	return s, nil
}

// find returns the path of an engine's server.
func find(e *engine) (string, error) {
	files, err := filepath.Glob(e.program)
	if err != nil {
		return "", err
	}
	for _, file := range slices.Backward(files) {
		if found, err := exec.LookPath(file); err == nil {
			return found, nil
		}
	}
	return "", &MissingError{Program: filepath.Base(e.program), Package: e.pkg}
}

// prepare makes the data of a new server.
func (s *Server) prepare(ctx context.Context) error {
	if s.engine.prepare == nil {
		return nil
	}
	argv := s.engine.prepare(s.folder.path)
	argv[0] = filepath.Join(filepath.Dir(s.program), argv[0])
	if _, err := exec.LookPath(argv[0]); err != nil {
		return &MissingError{Program: filepath.Base(argv[0]), Package: s.engine.pkg}
	}
	p, err := supervise(s.owner, s.folder, s.engine.signal, argv)
	if err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.end())
	}
	if p.status != "0" {
		return errors.Join(fmt.Errorf("%s ended with status %s:\n%s", argv[0], p.status, s.log()), p.end())
	}
	return p.end()
}

// launch starts the server on its data, and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	p, err := supervise(s.owner, s.folder, s.engine.signal, append([]string{s.program}, s.engine.serve(s.folder.path)...))
	if err != nil {
		return err
	}
	s.process, s.killed = p, false
	return s.wait(ctx)
}

// wait returns when the server answers.
func (s *Server) wait(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.engine.ping(ctx, s)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.ended:
			return fmt.Errorf("ended with status %s:\n%s", s.process.status, s.log())
		case <-ctx.Done():
			return fmt.Errorf("does not answer: %w (%w):\n%s", err, ctx.Err(), s.log())
		case <-tick.C:
		}
	}
}

// log returns the end of what the programs printed.
func (s *Server) log() string {
	const limit = 4000
	text, err := os.ReadFile(filepath.Join(s.folder.path, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-limit):])
}

// Stop ends the server and removes its folder. It returns when both are gone. Further calls do nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	if s.killed {
		// One more start and a clean end give back the shared memory that a killed server leaves in the system.
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		if err := s.restart(ctx); err != nil {
			return errors.Join(err, s.process.end(), s.folder.remove())
		}
	}
	err := errors.Join(s.process.end(), s.folder.remove())
	s.process = nil
	return err
}

// Restart stops the server as an orderly shutdown does, unless Kill did, and starts it again on the same data and the same socket.
// PostgreSQL and MariaDB keep their data, Redis and memcached begin empty. Open connections break.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return fmt.Errorf("engines: %s: Restart after Stop", s.Name)
	}
	return s.restart(ctx)
}

func (s *Server) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := errors.Join(s.process.end(), s.launch(ctx)); err != nil {
		return fmt.Errorf("engines: %s: %w", s.Name, err)
	}
	return nil
}

// Kill ends all processes of the server with SIGKILL, as a machine that fails would, and returns when none is left. The data stay;
// Restart starts the server on them again. Kill does nothing after Stop or after another Kill.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil || s.killed {
		return nil
	}
	all := descendants(s.process.pid)
	for _, pid := range all {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("engines: %s: %w", s.Name, err)
		}
	}
	<-s.process.ended
	s.killed = true
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, pid := range all {
		for running(pid) {
			<-tick.C
		}
	}
	return nil
}
