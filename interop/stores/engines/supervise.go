package engines

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

//go:embed supervise.sh
var superviseScript string

// process is a program under its supervisor.
type process struct {
	pid    int
	stdin  io.Closer     // closing it ends the program
	ended  chan struct{} // closed when the program has ended
	status string        // its exit status; to be read after ended
	gone   chan struct{} // closed when the supervisor has ended, too
	err    error         // of the supervisor; to be read after gone
}

// supervise starts argv as owner, in the folder, which stays for as long as the supervisor runs.
func supervise(owner *owner, folder *folder, signal string, argv []string) (*process, error) {
	path := folder.path
	cmd := exec.Command("sh", append([]string{"-c", superviseScript, "sh", signal, path}, argv...)...) //nolint:gosec // the commands are constants
	cmd.Env = []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + path, "TMPDIR=" + path, "LC_ALL=C", "TZ=UTC"}
	cmd.ExtraFiles = []*os.File{folder.hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner.credential}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{stdin: stdin, ended: make(chan struct{}), gone: make(chan struct{})}
	started := make(chan int, 1)
	go p.follow(cmd, stdout, started)
	if p.pid = <-started; p.pid == 0 {
		return nil, errors.Join(fmt.Errorf("%s did not start", argv[0]), p.end())
	}
	return p, nil
}

// follow reads what the supervisor says until it ends.
func (p *process) follow(cmd *exec.Cmd, stdout io.Reader, started chan<- int) {
	defer close(p.gone)
	lines := bufio.NewScanner(stdout)
	pid := 0
	if lines.Scan() {
		pid, _ = strconv.Atoi(strings.TrimPrefix(lines.Text(), "pid ")) // 0 says that it is none
	}
	started <- pid
	if lines.Scan() {
		p.status = strings.TrimPrefix(lines.Text(), "ended ")
	}
	close(p.ended)
	p.err = cmd.Wait()
}

// end stops the program and its supervisor, and waits for both. It may be called again.
func (p *process) end() error {
	p.stdin.Close() //nolint:errcheck // if the supervisor is gone, that is the error to report
	<-p.gone
	return p.err
}

// owner is the user whom a program runs as.
type owner struct {
	credential *syscall.Credential // nil: the user of this process
}

// findOwner returns the user of a Debian package for root, whom some programs refuse, and anybody else's self.
func findOwner(name string) (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{}, nil
	}
	found, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &owner{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// descendants returns the processes below pid, itself included.
func descendants(pid int) []int {
	all := []int{pid}
	below := children()
	for i := 0; i < len(all); i++ {
		all = append(all, below[all[i]]...)
	}
	return all
}

// children returns the processes of the machine by their parent.
func children() map[int][]int {
	below := map[int][]int{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is good
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		if _, parent := stat(pid); parent != 0 {
			below[parent] = append(below[parent], pid)
		}
	}
	return below
}

// stat returns the state letter and the parent of a process, and an empty state if there is no such process.
func stat(pid int) (state string, parent int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	// The name of the program is in parentheses, and may hold blanks and parentheses of its own.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 2 {
		return "", 0
	}
	parent, err = strconv.Atoi(fields[1])
	if err != nil {
		return "", 0
	}
	return fields[0], parent
}

// running reports whether a process still does anything: one that waits to be reaped does not.
func running(pid int) bool {
	state, _ := stat(pid)
	return state != "" && state != "Z" && state != "X"
}
