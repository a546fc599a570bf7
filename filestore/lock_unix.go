//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore

import (
	"errors"
	"os"
	"syscall"
)

// lockFolder waits until no other process has the lock of a folder.
func lockFolder(folder string) (unlock func(), err error) {
	file, err := os.Open(folder) //nolint:gosec // the folder of New
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		switch {
		case err == nil:
			return func() { file.Close() }, nil //nolint:errcheck // the lock goes with the file
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EINVAL):
			return func() { file.Close() }, nil //nolint:errcheck // a file system without locks
		default:
			file.Close() //nolint:errcheck // the first error tells more
			return nil, err
		}
	}
}
