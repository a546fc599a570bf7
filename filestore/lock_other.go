//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filestore

// lockFolder does nothing: the system has no flock, and one process may use the folder.
func lockFolder(string) (unlock func(), err error) { return func() {}, nil }
