//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Another process that does not give the lock back holds nobody longer than his context,
// and what was not saved in time is not saved later.
func TestLockHeld(t *testing.T) {
	folder := t.TempDir()
	b := newBackend(t, folder, nil)
	check(t, b.Create(t.Context(), key, record(t, `{"a":1}`)))
	write(t, folder, "sessionidold", "junk", time.Now().Add(-15*24*time.Hour))
	before := names(t, folder)
	other, err := os.Open(folder)
	check(t, err)
	check(t, syscall.Flock(int(other.Fd()), syscall.LOCK_EX))
	freed := time.AfterFunc(time.Minute, func() { other.Close() }) //nolint:errcheck // so that a test that fails ends, too
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	for name, call := range map[string]func() error{
		"create": func() error { return b.Create(ctx, "another0", record(t, `{"a":2}`)) },
		"update": func() error { return b.Update(ctx, key, record(t, `{"a":2}`)) },
		"delete": func() error { return b.Delete(ctx, key) },
		"clear":  func() error { return b.ClearExpired(ctx) },
	} {
		all.Go(func() {
			if err := call(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
	if !freed.Stop() {
		t.Fatal("they waited for the lock")
	}
	check(t, other.Close())
	check(t, b.Delete(t.Context(), "another0")) // waits for those who gave up
	r, err := b.Load(t.Context(), key)
	if r.Get("a") != int64(1) || err != nil {
		t.Errorf("a is %v, %v", r.Get("a"), err)
	}
	if diff := cmp.Diff(before, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got)\n%s", diff)
	}
}
