package filestore_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// smallDisk names a folder in which the test, run again, mounts a disk.
const smallDisk = "SALTINE_SMALL_DISK"

// A disk that is full: what cannot be written is an error of the engine, leaves no file behind, and leaves the session as it was.
func TestFullDisk(t *testing.T) {
	if folder := os.Getenv(smallDisk); folder != "" {
		fillDisk(t, folder)
		return
	}
	binary, err := os.Executable()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{ // where the test is root, and what it mounts is its own
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	said, err := cmd.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("this system lets nobody mount: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	if bytes.Contains(said, []byte("--- SKIP")) {
		t.Skipf("%s", said)
	}
}

// fillDisk saves sessions on a disk until nothing more goes there.
func fillDisk(t *testing.T, folder string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("this system lets nobody mount: %v", err)
	}
	t.Cleanup(func() { check(t, syscall.Unmount(folder, 0)) })
	b := newBackend(t, folder, nil)
	store, err := saltine.NewServerStore(b, nil)
	check(t, err)
	s := store.Open(t.Context(), "")
	s.Set("a", 1)
	check(t, s.Save())
	ballast := filepath.Join(folder, "ballast")
	check(t, os.WriteFile(ballast, make([]byte, 112<<10), 0o600)) //nolint:gosec // in the folder of the test
	before := len(names(t, folder))

	random := make([]byte, 20<<10)
	rand.Read(random) // never fails
	large := hex.EncodeToString(random)
	for name, s := range map[string]*saltine.Session{"a session that is there": store.Open(t.Context(), s.Key()), "a new one": store.Open(t.Context(), "")} {
		s.Set("large", large)
		if err := s.Save(); !errors.Is(err, saltine.ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s, on a full disk: %v", name, err)
		}
	}
	if after := names(t, folder); len(after) != before {
		t.Errorf("files are left: %q", after)
	}
	if got := store.Open(t.Context(), s.Key()).Get("a"); got != int64(1) {
		t.Errorf("a is %v", got)
	}
	check(t, os.Remove(ballast)) //nolint:gosec // likewise
	again := store.Open(t.Context(), s.Key())
	again.Set("large", large)
	check(t, again.Save())
	if r, err := b.Load(t.Context(), s.Key()); err != nil || r.Age < time.Hour {
		t.Errorf("when there is room: %v", err)
	}
}
