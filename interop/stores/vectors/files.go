package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

// The rules for files.
const (
	ruleNoFile = "a text that cannot be a session key exists nowhere, and there is nothing to delete; Django raises"
)

// sessionFiles reads the files that Django wrote, and writes them again.
func (r *runner) sessionFiles() error {
	for i := range r.file.SessionFiles {
		setting := &r.file.SessionFiles[i]
		if !r.places.hasFiles() {
			r.leftOut += len(setting.Tests)
			continue
		}
		for j := range setting.Tests {
			test := &setting.Tests[j]
			difference, rule, err := r.fileTest(oldForm(setting.Django, nil), test)
			if err != nil {
				return fmt.Errorf("%s: %w", test.Name, err)
			}
			r.result(fmt.Sprintf("session_files/%s/%s", setting.Django, test.Name), difference, rule)
		}
	}
	return nil
}

const filePrefix = "sessionid"

func (r *runner) fileTest(old bool, test *storevectors.FileTest) (difference, rule string, err error) {
	if test.Exception != "" {
		return "no file", ruleNoRow, nil
	}
	folder, err := os.MkdirTemp(r.places.folder, "files")
	if err != nil {
		return "", "", err
	}
	now := moment(test.Now)
	data, err := r.sessionData(old, "", now)
	if err != nil {
		return "", "", err
	}
	b, err := filestore.New(folder, data, &filestore.Options{Now: stopped(now)})
	if err != nil {
		return "", "", err
	}
	path := filepath.Join(folder, test.File)
	if err := errors.Join(os.WriteFile(path, []byte(test.Content), 0o600), os.Chtimes(path, now, now)); err != nil {
		return "", "", err
	}
	key, ok := strings.CutPrefix(test.File, filePrefix)
	if !ok {
		return "the file is not named by the cookie", "", nil
	}
	written, err := data.DecodeRecord(test.Content)
	if err != nil {
		return said(err)
	}
	end, err := written.ExpiryDate(now, cookieAge, now.Location())
	if err != nil {
		return said(err)
	}
	loaded, err := b.Load(context.Background(), key)
	switch {
	case end.Before(now) && errors.Is(err, saltine.ErrNoSession):
	case err != nil:
		return said(err)
	default:
		if difference := recordDiffers(loaded, test.Data); difference != "" {
			return difference, "", nil
		}
	}
	return rewriteFile(b, data, written, test, folder)
}

// rewriteFile writes the values of a file under another key, and says what is otherwise than in Django's file.
func rewriteFile(b *filestore.Backend, data *saltine.SessionData, r saltine.Record, test *storevectors.FileTest, folder string) (difference, rule string, err error) {
	const key = "writtenagain"
	r.Saved = moment(test.Now)
	if err := b.Create(context.Background(), key, r); err != nil {
		return said(err)
	}
	path := filepath.Join(folder, filePrefix+key)
	content, err := os.ReadFile(path) //nolint:gosec // of a temporary folder
	if err != nil {
		return "", "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", "", err
	}
	if mode := fmt.Sprintf("%04o", info.Mode().Perm()); mode != test.Mode {
		return fmt.Sprintf("the mode is %s, want %s", mode, test.Mode), "", nil
	}
	return sameData(data, test.Content, string(content)), "", nil
}

// hostileFileKeys opens sessions of files under keys that are none.
func (r *runner) hostileFileKeys() error {
	if !r.places.hasFiles() {
		r.leftOut += len(r.file.HostileFileKeys)
		return nil
	}
	folder, err := os.MkdirTemp(r.places.folder, "files")
	if err != nil {
		return err
	}
	data, err := r.sessionData(false, "", r.clock())
	if err != nil {
		return err
	}
	b, err := filestore.New(folder, data, &filestore.Options{Now: r.clock})
	if err != nil {
		return err
	}
	for i := range r.file.HostileFileKeys {
		test := &r.file.HostileFileKeys[i]
		difference, rule, err := r.hostileFileKey(b, test)
		if err != nil {
			return err
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
			difference, rule = fmt.Sprintf("%d files are left, %v", len(left), err), ""
		}
		r.result(fmt.Sprintf("hostile_file_keys/%d", i), difference, rule)
	}
	return nil
}

func (r *runner) hostileFileKey(b *filestore.Backend, test *storevectors.HostileFileKey) (difference, rule string, err error) {
	store, err := saltine.NewServerStore(b, &saltine.ServerStoreOptions{Now: r.clock, ValidKey: func(string) bool { return true }})
	if err != nil {
		return "", "", err
	}
	ctx := context.Background()
	s := store.Open(ctx, test.Cookie)
	if got := s.Get("a"); got != nil || !unknown(s) {
		return fmt.Sprintf("get returns %v, %v", got, s.Err()), "", nil
	}
	if want := orEmpty(test.KeyAfter); s.Key() != want {
		return fmt.Sprintf("the key is %q, want %q", s.Key(), want), "", nil
	}
	exists, err := store.Exists(ctx, test.Cookie)
	if err != nil || exists || test.Exists != nil && *test.Exists {
		return fmt.Sprintf("exists is %t, %v", exists, err), "", nil
	}
	if err := store.Delete(ctx, test.Cookie); err != nil {
		return said(err)
	}
	if test.ExistsException != "" || test.DeleteException != "" {
		return "Django raises", ruleNoFile, nil
	}
	return "", "", nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
