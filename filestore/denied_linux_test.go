package filestore_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// nobody says that the test, run again, is not root.
const nobody = "SALTINE_NOT_ROOT"

// Files that may not be read go by their age, and files that cannot be read otherwise keep
// no others.
func TestClearDenied(t *testing.T) {
	if os.Getuid() != 0 || os.Getenv(nobody) != "" {
		clearDenied(t)
		return
	}
	binary, err := os.Executable()
	check(t, err)
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestClearDenied$")
	cmd.Env = append(os.Environ(), nobody+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{ // the owner of the same files, and no more than that
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}},
	}
	said, err := cmd.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("this system makes no user namespace: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func clearDenied(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	b := newBackend(t, folder, nil)
	old := time.Now().Add(-15 * 24 * time.Hour)
	write(t, folder, "sessionidold", "junk", old)
	for name, changed := range map[string]time.Time{"sessionidaold": old, "sessionidafresh": time.Now(), "sessionidzold": old} {
		write(t, folder, name, "junk", changed)
		check(t, os.Chmod(filepath.Join(folder, name), 0))
	}
	check(t, b.ClearExpired(t.Context()))
	if got := names(t, folder); len(got) != 1 || got[0] != "sessionidafresh" {
		t.Errorf("left are %q", got)
	}

	write(t, folder, "sessionidold", "junk", old)
	write(t, folder, "sessionidold2", "junk", old)
	check(t, os.Chmod(folder, 0o500)) //nolint:gosec // a folder
	err := b.ClearExpired(t.Context())
	check(t, os.Chmod(folder, 0o700)) //nolint:gosec // a folder
	joined, ok := err.(interface{ Unwrap() []error })
	if !errors.Is(err, fs.ErrPermission) || !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("of a folder that nobody may change: %v", err)
	}
}
