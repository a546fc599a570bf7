// Package storevectors reads the recordings of what real Django did with its server-side session stores: db, cached_db, cache and file,
// on PostgreSQL 15.18, MariaDB 10.11.19, SQLite 3, Redis 7.0.15 and memcached 1.6.18, from Django 1.11 to main of August 2026.
//
//	file, err := storevectors.Load()
//	if err != nil {
//		return err
//	}
//	for _, sequence := range file.Calls {
//		for _, step := range sequence.Steps {
//			// Make step.Call, and expect step.Returned or step.Exception, step.State and step.Store.
//		}
//	}
//
// The file is read strictly: a field that is missing, unknown, repeated or of another type is an error that names its place.
// Every function decodes anew and returns values that the caller owns, but for Data; all are safe for concurrent use.
package storevectors

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
)

//go:embed testdata/stores.json.gz
var storesJSON []byte

// maxSize is the size of the largest file that Parse unpacks.
const maxSize = 64 << 20

// Load returns the recordings that come with the package.
func Load() (*File, error) { return Parse(storesJSON) }

// Parse reads a file in the format of stores.json, packed with gzip or not.
func Parse(data []byte) (*File, error) {
	data, err := unpack(data)
	if err != nil {
		return nil, fmt.Errorf("storevectors: %w", err)
	}
	raw, err := document(data)
	if err != nil {
		return nil, fmt.Errorf("storevectors: %w", err)
	}
	file := &File{}
	if err := read(raw, reflect.ValueOf(file).Elem()); err != nil {
		return nil, fmt.Errorf("storevectors: %w", err)
	}
	if err := file.checkBlobs(); err != nil {
		return nil, fmt.Errorf("storevectors: %w", err)
	}
	return file, nil
}

func unpack(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	data, err = io.ReadAll(io.LimitReader(r, maxSize+1))
	if err == nil && len(data) > maxSize {
		err = errors.New("too large")
	}
	return data, err
}

// checkBlobs checks that each blob is there, and is for something.
func (f *File) checkBlobs() error {
	unused := maps.Clone(f.Blobs)
	for _, name := range f.blobNames() {
		if _, ok := f.Blobs[name]; !ok {
			return fmt.Errorf("blob %q is missing", name)
		}
		delete(unused, name)
	}
	if len(unused) > 0 {
		return fmt.Errorf("blob %q is not used", slices.Min(slices.Collect(maps.Keys(unused))))
	}
	return nil
}

func (f *File) blobNames() (names []string) {
	for _, p := range f.Pickles {
		names = append(names, p.Blob)
	}
	for _, w := range f.CacheValues {
		for _, v := range w.Tests {
			if v.Blob != "" {
				names = append(names, v.Blob)
			}
		}
	}
	return names
}
