package engines

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// keeperScript makes a folder and removes it when standard input ends: when nobody holds
// the other end of that pipe any more, neither the Go process nor a supervisor.
const keeperScript = `trap '' PIPE # nobody may be left to read what follows
mkdir -m 700 -- "$1" && echo made
read -r _
rm -rf -- "$1"`

// folder is where an engine keeps everything. Nobody but its owner and root can reach
// what is in it.
type folder struct {
	path   string
	hold   *os.File // supervisors get it, too
	keeper *exec.Cmd
}

// newFolder starts the keeper of a new folder.
func (o *owner) newFolder() (*folder, error) {
	path := filepath.Join(os.TempDir(), "saltine"+rand.Text()[:10])
	if len(path) > maxFolder {
		return nil, fmt.Errorf("the name %s is too long for a socket in it: set TMPDIR", path)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()                                                                                //nolint:errcheck // the keeper has its own
	f := &folder{path: path, hold: write, keeper: exec.Command("sh", "-c", keeperScript, "sh", path)} //nolint:gosec // a constant
	f.keeper.Stdin = read
	f.keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: o.credential}
	stdout, err := f.keeper.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if err := f.keeper.Start(); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if _, err := fmt.Fscanln(stdout, new(string)); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot make the folder %s", path), f.remove())
	}
	return f, nil
}

// remove lets go of the folder, and waits until it is gone: all supervisors must have
// ended, or be about to. It may be called again.
func (f *folder) remove() error {
	if err := f.hold.Close(); err != nil {
		return nil // it was called before
	}
	return f.keeper.Wait()
}

// maxFolder leaves room for the longest name of a socket: a Unix socket's path has 107 bytes at most.
const maxFolder = 107 - len("/.s.PGSQL.5432")
