// Package filestore keeps sessions in files, one for each, as Django's backend file does.
// A Django beside it, of 1.11 to main, reads and writes the same files.
//
//	data, err := saltine.NewSessionData(keys, nil) // SECRET_KEY
//	…
//	backend, err := filestore.New("/var/lib/app/sessions", data, nil)
//	…
//	store, err := saltine.NewServerStore(backend, nil)
//
// A file is named by the cookie's name and the session key, and holds the text that the
// column session_data holds. When a session ends its values say, or the time at which the
// file changed and the cookie age. If the store ends a session before the date in its
// values, the file keeps that date under the name _saltine_expiry and ends by its time, in
// Django too. Files have the mode 0600. Give the folder to the
// program alone: the values are signed, and can be read by who can read the files.
//
// A folder that is gone is an error, and nobody is signed out. The empty mount point of a
// disk that is not mounted cannot be told from a folder without sessions: keep the folder
// below the mount point, not at it.
//
// A file is written beside and renamed, so nobody ever reads half of one. A new session
// appears whole, where the file system has hard links; without them, and while a Django
// makes one, a reader can see it empty for a moment.
//
// Saves and deletes of all processes that use this package exclude one another, where the
// system has flock: a session that was deleted does not come back. They wait until their
// context ends. A Django takes no lock. It can bring back a session that is deleted while
// it saves.
//
// Django: django.contrib.sessions.backends.file.
package filestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

// Options are the settings of a [Backend]. The zero value, and a nil *Options, is Django's
// defaults. It is copied.
type Options struct {
	// CookieName begins the name of each file: of letters, digits, dots, underscores
	// and hyphens. Empty means "sessionid". One folder can hold sessions of several
	// names, if none of them begins another: of "session" and "sessionid", the files of
	// the second are the first's too, which reads and clears them. That is so in Django.
	// Django: SESSION_COOKIE_NAME.
	CookieName string

	// CookieAge must be that of the store, and of Django: the end of a session follows
	// from the time of its file. 0 means two weeks.
	// Django: SESSION_COOKIE_AGE, in seconds.
	CookieAge time.Duration

	// Location is the time zone of an expiry without an offset. nil means UTC.
	Location *time.Location

	// Now is the clock, which must be that of the store. nil means time.Now. Files
	// get the time of this clock.
	Now func() time.Time
}

// Backend keeps sessions in files. It is safe for concurrent use.
type Backend struct {
	folder   string
	prefix   string
	data     *saltine.SessionData
	age      time.Duration
	location *time.Location
	now      func() time.Time
	turn     chan struct{} // holds one from the look for a file to its change
}

var _ saltine.Backend = (*Backend)(nil)

// nameChars are those of cookie names that are taken, keyChars those of session keys.
const (
	keyChars  = "abcdefghijklmnopqrstuvwxyz0123456789"
	nameChars = keyChars + "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-"
)

// The most characters of a cookie's name and of a key: with what a temporary file has
// besides, file systems take 255.
const (
	maxName = 64
	maxKey  = 128
)

// New returns a Backend for a folder, which must be there. The error is of kind
// [saltine.ErrInvalidOption].
//
// Django: SESSION_FILE_PATH.
func New(folder string, data *saltine.SessionData, opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	b := &Backend{folder: folder, prefix: o.CookieName, data: data, age: o.CookieAge, location: o.Location, now: o.Now, turn: make(chan struct{}, 1)}
	if b.prefix == "" {
		b.prefix = "sessionid"
	}
	if b.age == 0 {
		b.age = 1209600 * time.Second
	}
	if b.location == nil {
		b.location = time.UTC
	}
	if b.now == nil {
		b.now = time.Now
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, nil
}

// check refuses what New was given wrongly.
func (b *Backend) check() error {
	switch {
	case b.data == nil:
		return fmt.Errorf("%w: filestore: the SessionData is nil", saltine.ErrInvalidOption)
	case b.age < time.Second:
		return fmt.Errorf("%w: filestore: CookieAge is less than a second", saltine.ErrInvalidOption)
	case len(b.prefix) > maxName || strings.Trim(b.prefix, nameChars) != "":
		return fmt.Errorf("%w: filestore: CookieName cannot begin the name of a file", saltine.ErrInvalidOption)
	case b.folder == "":
		return fmt.Errorf("%w: filestore: no folder", saltine.ErrInvalidOption)
	}
	info, err := os.Stat(b.folder)
	if err != nil {
		return fmt.Errorf("%w: filestore: the folder: %w", saltine.ErrInvalidOption, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: filestore: the folder is not a folder", saltine.ErrInvalidOption)
	}
	return nil
}

// Format writes the type's name only, whatever the verb: a Backend holds keys.
func (*Backend) Format(f fmt.State, _ rune) {
	io.WriteString(f, "filestore.Backend([redacted])") //nolint:errcheck // fmt's own state does not fail
}

// path returns the path of a key's file. There is none for what no Django made a key of:
// no other text comes near the file system.
func (b *Backend) path(key string) (path string, ok bool) {
	if key == "" || len(key) > maxKey || strings.Trim(key, keyChars) != "" {
		return "", false
	}
	return filepath.Join(b.folder, b.prefix+key), true
}

// hide replaces an error that names the file, and with it the session key.
func hide(err error) error {
	if err == nil {
		return nil
	}
	for _, kind := range []error{fs.ErrNotExist, fs.ErrExist, fs.ErrPermission} {
		if errors.Is(err, kind) {
			return fmt.Errorf("filestore: %w", kind)
		}
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("filestore: %s: %w", path.Op, path.Err)
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("filestore: %s: %w", link.Op, link.Err)
	}
	return err
}

// Load implements [saltine.Backend]. An empty file, which a Django leaves that failed while
// it wrote, is an empty session. A file whose session has expired stays until ClearExpired.
//
// Django: load, which removes the file.
func (b *Backend) Load(ctx context.Context, key string) (saltine.Record, error) {
	path, ok := b.path(key)
	if !ok {
		return saltine.Record{}, saltine.ErrNoSession
	}
	if err := ctx.Err(); err != nil {
		return saltine.Record{}, err
	}
	text, changed, err := b.read(path)
	if err != nil {
		return saltine.Record{}, err
	}
	return b.decode(text, changed)
}

// noSession returns the error for a file that is not there: another one where the folder is
// not there either, for that says nothing of the session.
func (b *Backend) noSession() error {
	if _, err := os.Stat(b.folder); err != nil {
		return fmt.Errorf("filestore: %w", err)
	}
	return saltine.ErrNoSession
}

// read returns what is in a file, up to a byte beyond the limit, and when it changed.
// Only regular files are read: a pipe would hold the request for ever.
func (b *Backend) read(path string) (text string, changed time.Time, err error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return "", changed, b.noSession()
	}
	if err != nil {
		return "", changed, hide(err)
	}
	file, err := os.Open(path) //nolint:gosec // path has looked at the key
	if errors.Is(err, fs.ErrNotExist) {
		return "", changed, b.noSession()
	}
	if err != nil {
		return "", info.ModTime(), hide(err)
	}
	defer file.Close()                       //nolint:errcheck // nothing was written
	if info, err = file.Stat(); err != nil { // of this very file: another may have the name by now
		return "", changed, hide(err)
	}
	limit := min(int64(b.data.MaxTokenLen()), math.MaxInt64-1)
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	return string(content), info.ModTime(), hide(err)
}

// decode returns the record in the text of a file that changed at a time.
//
// Seconds that a session was given count from the last save. For Django they are what is
// left, however old the file is: such a session never ends there.
func (b *Backend) decode(text string, changed time.Time) (saltine.Record, error) {
	if text == "" {
		return saltine.Record{}, nil
	}
	r, err := b.data.DecodeRecord(text)
	if err != nil {
		return saltine.Record{}, err
	}
	expires, err := b.end(&r, changed)
	if err != nil {
		return saltine.Record{}, err
	}
	left := expires.Sub(b.now())
	if left < time.Second { // Django counts whole seconds
		return saltine.Record{}, saltine.ErrNoSession
	}
	r.Expires, r.Age = expires, left
	return r, nil
}

// end returns when the session in a file ends that changed at a time, and restores its
// date, which the file may keep for later.
func (b *Backend) end(r *saltine.Record, changed time.Time) (time.Time, error) {
	expires, err := r.ExpiryDate(changed, b.age, b.location)
	date, ok := r.Get(keptName).(string)
	if err != nil || !ok {
		return expires, err
	}
	if err := restoreDate(r, date); err != nil {
		return expires, err
	}
	own, err := r.ExpiryDate(changed, b.age, b.location)
	if own.Before(expires) { // a Django has saved it
		expires = own
	}
	return expires, err
}

// Create implements [saltine.Backend].
//
// Django: save(must_create=True).
func (b *Backend) Create(ctx context.Context, key string, r saltine.Record) error {
	path, ok := b.path(key)
	if !ok {
		return errors.New("filestore: the session key cannot be part of a file's name")
	}
	return b.write(ctx, path, r, func(beside string) error { return place(beside, path) })
}

// link is os.Link, but in tests.
var link = os.Link

// place gives a file that is written a name which must be free. On file systems without
// links it takes the name first, as Django does: a reader can see an empty file there.
func place(beside, path string) error {
	err := link(beside, path)
	if err == nil {
		os.Remove(beside) //nolint:errcheck // the session is there; ClearExpired deletes what is left over
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		return saltine.ErrKeyTaken
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // path has looked at the key
	if errors.Is(err, fs.ErrExist) {
		return saltine.ErrKeyTaken
	}
	if err != nil {
		return hide(err)
	}
	if err := errors.Join(file.Close(), os.Rename(beside, path)); err != nil {
		os.Remove(path) //nolint:errcheck // the first error tells more
		return hide(err)
	}
	return nil
}

// Update implements [saltine.Backend].
//
// Django: save.
func (b *Backend) Update(ctx context.Context, key string, r saltine.Record) error {
	path, ok := b.path(key)
	if !ok {
		return saltine.ErrNoSession
	}
	return b.write(ctx, path, r, func(beside string) error {
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return b.noSession()
		}
		if err != nil {
			return hide(err)
		}
		return hide(os.Rename(beside, path))
	})
}

// write puts a record into a file beside path, which rename gives its name while nobody
// else saves or deletes.
func (b *Backend) write(ctx context.Context, path string, r saltine.Record, rename func(beside string) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text, changed, err := b.encode(r)
	if err != nil {
		return err
	}
	beside, err := b.writeBeside(path, text)
	if err != nil {
		return err
	}
	err = b.locked(ctx, func() error {
		if err := os.Chtimes(beside, changed, changed); err != nil { // here, or ClearExpired takes it for an old one
			return hide(err)
		}
		return rename(beside)
	})
	if err != nil {
		os.Remove(beside) //nolint:errcheck // the first error tells more
	}
	return err
}

// expiryName is where a session keeps its expiry. The text of a file keeps it under
// keptName while the session is to end before a date that stands there.
const (
	expiryName = "_session_expiry"
	keptName   = "_saltine_expiry"
)

// lastTime is the latest time that a file gets: of the year 2242, and of 2038 where the
// system counts in 32 bits.
var lastTime = time.Unix(min(math.MaxInt, 1<<33), 0)

// encode returns the text of a record's file, and the time that the file says it changed
// at: now, or the time that makes the session end before its values say.
func (b *Backend) encode(r saltine.Record) (text string, changed time.Time, err error) {
	changed = b.now()
	end, err := r.ExpiryDate(changed, b.age, b.location)
	if err == nil && !r.Expires.IsZero() && r.Expires.Before(end) {
		if date, ok := r.Get(expiryName).(string); ok { // whose file may have any time
			if err := keepDate(&r, date); err != nil {
				return "", changed, err
			}
			end = changed.Add(b.age)
		}
		if changed = changed.Add(r.Expires.Sub(end)); changed.After(lastTime) {
			changed = lastTime
		}
	}
	text, err = b.data.EncodeRecord(r)
	return text, changed, err
}

// keepDate moves the date at which a session ends to keptName, so that the time of the file
// counts: here and in Django. The name comes first and so stays first when Django saves.
func keepDate(r *saltine.Record, date string) error {
	text, err := r.AppendJSON(nil)
	if err != nil {
		return err
	}
	kept := append(keptDate(date), text[1:len(text)-1]...)
	return r.ParseJSON(append(kept, `,"`+expiryName+`":null}`...))
}

// restoreDate undoes keepDate.
func restoreDate(r *saltine.Record, date string) error {
	text, err := r.AppendJSON(nil)
	if err != nil {
		return err
	}
	rest, ok := bytes.CutPrefix(text, keptDate(date))
	if !ok || r.Get(expiryName) != nil { // somebody has changed it
		return nil
	}
	restored := append([]byte("{"), rest[:len(rest)-1]...)
	return r.ParseJSON(append(appendText(append(restored, `,"`+expiryName+`":`...), date), '}'))
}

// keptDate returns how the values begin that keep a date.
func keptDate(date string) []byte {
	return append(appendText([]byte(`{"`+keptName+`":`), date), ',')
}

// appendText appends a text as JSON, as the rest of a file is written.
func appendText(dst []byte, text string) []byte {
	dst, _ = pyjson.Append(dst, text) // never fails for a string
	return dst
}

// writeBeside writes a temporary file, named as Django's, of mode 0600.
func (b *Backend) writeBeside(path, text string) (name string, err error) {
	file, err := os.CreateTemp(b.folder, filepath.Base(path)+"_out_*")
	if err != nil {
		return "", hide(err)
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name()) //nolint:errcheck // the first error tells more
		return "", hide(err)
	}
	return file.Name(), nil
}

// locked calls f while no other save or delete of this package goes on in the folder. If
// ctx ends before, it does not.
func (b *Backend) locked(ctx context.Context, f func() error) error {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	type lock struct {
		unlock func()
		err    error
	}
	locks := make(chan lock)
	go func() { // for ctx does not end the wait of the system
		unlock, err := lockFolder(b.folder)
		select {
		case locks <- lock{unlock, err}:
			return
		case <-ctx.Done():
		}
		if err == nil {
			unlock()
		}
		<-b.turn
	}()
	select {
	case l := <-locks:
		defer func() { <-b.turn }()
		if l.err != nil {
			return hide(l.err)
		}
		defer l.unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Delete implements [saltine.Backend].
//
// Django: delete, which raises InvalidSessionKey for what cannot be a key.
func (b *Backend) Delete(ctx context.Context, key string) error {
	path, ok := b.path(key)
	if !ok {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.locked(ctx, func() error { return remove(path) })
}

// remove deletes a file, if it is there.
func remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return hide(err)
}

// Exists implements [saltine.Backend]: also for a session that has expired.
//
// Django: exists, which raises InvalidSessionKey for what cannot be a key.
func (b *Backend) Exists(ctx context.Context, key string) (bool, error) {
	path, ok := b.path(key)
	if !ok {
		return false, nil
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = b.noSession()
	}
	if errors.Is(err, saltine.ErrNoSession) {
		return false, nil
	}
	return err == nil, hide(err)
}

// ClearExpired implements [saltine.Backend]. It looks at each file of this CookieName in
// the folder, and at ctx between two. An empty file, one of another owner, and one that
// holds no session go by their age. Temporary files that are older than a day go too. A
// file that fails does not keep the others: the error has the first few failures.
//
// Django: clear_expired, which leaves temporary files and empty ones.
func (b *Backend) ClearExpired(ctx context.Context) error {
	folder, err := os.Open(b.folder)
	if err != nil {
		return hide(err)
	}
	defer folder.Close() //nolint:errcheck // nothing was written
	var failures []error
	for {
		entries, err := folder.ReadDir(100)
		if errors.Is(err, io.EOF) {
			return errors.Join(append(failures, ctx.Err())...)
		}
		if err != nil {
			return errors.Join(append(failures, hide(err))...)
		}
		for _, entry := range entries {
			if err := ctx.Err(); err != nil {
				return errors.Join(append(failures, err)...)
			}
			if err := b.clear(ctx, entry.Name()); err != nil && len(failures) < 10 {
				failures = append(failures, err)
			}
		}
	}
}

// clear deletes a file of the folder, if it is a session that has expired or is left over.
func (b *Backend) clear(ctx context.Context, name string) error {
	rest, ok := strings.CutPrefix(name, b.prefix)
	if !ok {
		return nil
	}
	key, _, temporary := strings.Cut(rest, "_out_")
	if _, ok := b.path(key); !ok {
		return nil
	}
	path, expired := filepath.Join(b.folder, name), b.expired
	if temporary {
		expired = b.leftOver
	}
	if old, err := expired(path); err != nil || !old {
		return err
	}
	return b.locked(ctx, func() error {
		old, err := expired(path) // again: it may have been saved since
		if err != nil || !old {
			return err
		}
		return remove(path)
	})
}

// expired reports whether the session in a file has expired, or whether what is no session
// is as old as one that has.
func (b *Backend) expired(path string) (bool, error) {
	text, changed, err := b.read(path)
	switch {
	case errors.Is(err, saltine.ErrNoSession):
		return false, nil // it is gone, or no file
	case err != nil && !errors.Is(err, fs.ErrPermission):
		return false, err // another time it may be read
	case text != "":
		_, err = b.decode(text, changed)
		if err == nil || errors.Is(err, saltine.ErrNoSession) {
			return err != nil, nil
		}
	}
	return changed.Add(b.age).Sub(b.now()) < time.Second, nil
}

// leftOver reports whether a temporary file is one that nobody renames any more.
func (b *Backend) leftOver(path string) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, hide(err)
	}
	return info.Mode().IsRegular() && b.now().Sub(info.ModTime()) > 24*time.Hour, nil
}
