// Command vectors reads a recording of what Django did with its server-side session stores, and prints what is in it:
//
//	go run ./vectors storevectors/testdata/stores.json.gz
//
// It reads the file strictly: a line is a part of the file and the number of its cases. Then it makes the recorded calls again that are
// on the stores db and file, with sqlstore on SQLite and with filestore, and holds each step's outcome, flags, key and store against the
// recording; likewise those on cache and cached_db, with redisstore, memcachestore and cachedstore on servers of its own whose time
// stands still. It reads each recorded value of a cache and saves it again, reads each pickle, and makes each key. A case differs by a
// named rule only, which is printed. The last line is
//
//	N passed, M failed
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./vectors FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name string, out io.Writer) error {
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	file, err := storevectors.Parse(data)
	if err != nil {
		return err
	}
	for _, p := range parts {
		fmt.Fprintf(out, "%-18s %5d read\n", p.name, p.cases(file))
	}
	passed, failed := 0, 0
	for _, run := range runners {
		p, f, err := run(file, out)
		if err != nil {
			return err
		}
		passed, failed = passed+p, failed+f
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return errors.New("sequences of calls come out otherwise than in Django, by no rule")
	}
	return nil
}

// runners hold the stores against the file, and return how many cases passed and failed.
var runners = []func(*storevectors.File, io.Writer) (passed, failed int, err error){
	runCalls,
	runCaches,
}

// parts are the parts of a file, in its order. A runner of a part belongs beside its name.
var parts = []struct {
	name  string
	cases func(*storevectors.File) int
}{
	{"rows", func(f *storevectors.File) int {
		return sum(f.Rows, func(s storevectors.RowSetting) int { return len(s.Tests) })
	}},
	{"calls", func(f *storevectors.File) int { return len(f.Calls) }},
	{"pickles", func(f *storevectors.File) int { return len(f.Pickles) }},
	{"cache_values", func(f *storevectors.File) int {
		return sum(f.CacheValues, func(w storevectors.CacheWriter) int { return len(w.Tests) })
	}},
	{"cache_keys", func(f *storevectors.File) int { return len(f.CacheKeys) }},
	{"cache_file_names", func(f *storevectors.File) int { return len(f.CacheFileNames) }},
	{"session_files", func(f *storevectors.File) int {
		return sum(f.SessionFiles, func(s storevectors.FileSetting) int { return len(s.Tests) })
	}},
	{"interrupted", func(f *storevectors.File) int { return len(f.Interrupted) }},
	{"hostile_keys", func(f *storevectors.File) int { return len(f.HostileKeys) }},
	{"hostile_file_keys", func(f *storevectors.File) int { return len(f.HostileFileKeys) }},
	{"cache_down", func(f *storevectors.File) int { return len(f.CacheDown) }},
	{"oversize", func(f *storevectors.File) int { return len(f.Oversize) }},
	{"races", func(f *storevectors.File) int { return len(f.Races) }},
	{"ddl", func(f *storevectors.File) int { return len(f.DDL) }},
	{"sql", func(f *storevectors.File) int { return len(f.SQL) }},
	{"custom_model", func(f *storevectors.File) int { return len(f.CustomModel) }},
	{"blobs", func(f *storevectors.File) int { return len(f.Blobs) }},
}

func sum[T any](items []T, count func(T) int) (total int) {
	for _, item := range items {
		total += count(item)
	}
	return total
}
