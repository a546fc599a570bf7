package engines_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-52756201/saltine/interop/stores/engines"
)

// orphanEnv makes the test binary a program that starts all engines, says "ready", and ends as the variable says.
const orphanEnv = "SALTINE_ENGINES_END"

func TestMain(m *testing.M) {
	if end := os.Getenv(orphanEnv); end != "" {
		startAndEnd(end)
	}
	os.Exit(m.Run())
}

func startAndEnd(end string) {
	fmt.Println("starting")
	var waiting sync.WaitGroup
	for _, e := range all {
		waiting.Go(func() {
			if _, err := e.start(context.Background()); err != nil {
				fmt.Println(err)
			}
		})
	}
	waiting.Wait()
	fmt.Println("ready")
	switch end {
	case "exit":
		os.Exit(1)
	case "panic":
		panic("as a test would")
	default:
		select {} // until it is killed
	}
}

// However the Go process ends, at whatever moment: no process and no folder is left.
func TestNothingIsLeft(t *testing.T) {
	for _, e := range all {
		s, err := e.start(t.Context())
		engines.Require(t, err)
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, end, after string
		delay            time.Duration
		signal           syscall.Signal
	}{
		{"os.Exit", "exit", "ready", 0, 0},
		{"panic", "panic", "ready", 0, 0},
		{"SIGTERM", "signal", "ready", 0, syscall.SIGTERM},
		{"SIGKILL", "signal", "ready", 0, syscall.SIGKILL},
		{"SIGKILL at once", "signal", "starting", 0, syscall.SIGKILL},
		{"SIGKILL after 100 ms", "signal", "starting", 100 * time.Millisecond, syscall.SIGKILL},
		{"SIGKILL after 400 ms", "signal", "starting", 400 * time.Millisecond, syscall.SIGKILL},
		{"SIGTERM after 700 ms", "signal", "starting", 700 * time.Millisecond, syscall.SIGTERM},
		{"SIGINT after 1000 ms", "signal", "starting", time.Second, syscall.SIGINT},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := newTempDir(t)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), orphanEnv+"="+tt.end, "TMPDIR="+folder)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if lines := bufio.NewScanner(out); !waitFor(lines, tt.after) {
				t.Errorf("the program did not say %q", tt.after)
			}
			<-time.After(tt.delay)
			if tt.signal != 0 {
				if err := cmd.Process.Signal(tt.signal); err != nil {
					t.Error(err)
				}
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the program ended well")
			}
			expectEmptySoon(t, folder)
		})
	}
}

func waitFor(lines *bufio.Scanner, line string) bool {
	for lines.Scan() {
		if lines.Text() == line {
			return true
		}
	}
	return false
}

// newTempDir is t.TempDir that other users can enter, with a name short enough for sockets.
func newTempDir(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "left") //nolint:usetesting // the servers run as other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o777); err != nil { //nolint:gosec // likewise
		t.Fatal(err)
	}
	return folder
}

// expectEmptySoon gives the supervisors the time that orderly shutdowns take.
func expectEmptySoon(t *testing.T, folder string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	begin := time.Now()
	for {
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		left := processesIn(t, folder)
		if len(files) == 0 && len(left) == 0 {
			t.Logf("nothing is left after %v", time.Since(begin).Round(time.Millisecond))
			return
		}
		if time.Since(begin) > 15*time.Second {
			t.Fatalf("still running: %s; %d folders are left", strings.Join(left, "; "), len(files))
		}
		<-tick.C
	}
}
