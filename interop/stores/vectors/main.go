// Command vectors does again what Django did with its server-side session stores, and holds the outcomes against a recording of it:
//
//	go run ./vectors storevectors/testdata/stores.json.gz
//
// It reads the file strictly, and prints a line for each of its parts. Of cases that Django's versions answer otherwise it takes the
// newest one. A case differs from Django by a rule only, which looks at what the case is about and never at its name; the rules follow,
// each with the number of cases that needed it. The last line is
//
//	N passed, M failed
//
// It starts the engines itself, all of them unless -engines names some: postgresql, mariadb, sqlite, files. Cases of the others are
// counted as left out. Caches are played by servers of its own, whose time stands still.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-52756201/saltine/interop/stores/storevectors"
)

func main() {
	chosen := flag.String("engines", strings.Join(engineNames, ","), "the engines to run on, with commas between them")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./vectors [-engines NAMES] FILE")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), strings.Split(*chosen, ","), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name string, chosen []string, out io.Writer) (err error) {
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	file, err := storevectors.Parse(data)
	if err != nil {
		return err
	}
	places, err := newPlaces(chosen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, places.stop()) }()
	r := &runner{file: file, places: places, out: out, byRule: map[string]int{}}
	for _, p := range parts {
		if err := r.part(&p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	for _, run := range runners {
		passed, failed, err := run(file, out)
		if err != nil {
			return err
		}
		r.passed, r.failed = r.passed+passed, r.failed+failed
	}
	return r.summary()
}

// runners hold further parts against the file, with engines of their own, and return how many cases passed and failed.
var runners = []func(*storevectors.File, io.Writer) (passed, failed int, err error){runCaches}

// part is a part of a file.
type part struct {
	name  string
	cases func(*storevectors.File) int
	run   func(*runner) error // nil where there is nothing to run
}

// parts are the parts of a file, in its order.
var parts = []part{
	{"rows", func(f *storevectors.File) int {
		return sum(f.Rows, func(s storevectors.RowSetting) int { return len(s.Tests) })
	}, (*runner).rows},
	{"calls", func(f *storevectors.File) int { return len(f.Calls) }, (*runner).calls},
	{"pickles", func(f *storevectors.File) int { return len(f.Pickles) }, (*runner).pickles},
	{"cache_values", func(f *storevectors.File) int {
		return sum(f.CacheValues, func(w storevectors.CacheWriter) int { return len(w.Tests) })
	}, nil},
	{"cache_keys", func(f *storevectors.File) int { return len(f.CacheKeys) }, nil},
	{"cache_file_names", func(f *storevectors.File) int { return len(f.CacheFileNames) }, nil},
	{"session_files", func(f *storevectors.File) int {
		return sum(f.SessionFiles, func(s storevectors.FileSetting) int { return len(s.Tests) })
	}, (*runner).sessionFiles},
	{"interrupted", func(f *storevectors.File) int { return len(f.Interrupted) }, (*runner).interrupted},
	{"hostile_keys", func(f *storevectors.File) int { return len(f.HostileKeys) }, (*runner).hostileKeys},
	{"hostile_file_keys", func(f *storevectors.File) int { return len(f.HostileFileKeys) }, (*runner).hostileFileKeys},
	{"cache_down", func(f *storevectors.File) int { return len(f.CacheDown) }, nil},
	{"oversize", func(f *storevectors.File) int { return len(f.Oversize) }, nil},
	{"races", func(f *storevectors.File) int { return len(f.Races) }, (*runner).races},
	{"ddl", func(f *storevectors.File) int { return len(f.DDL) }, (*runner).ddl},
	{"sql", func(f *storevectors.File) int { return sumOf(f.SQL) }, (*runner).sql},
	{"custom_model", func(f *storevectors.File) int { return len(f.CustomModel) }, (*runner).customModel},
	{"blobs", func(f *storevectors.File) int { return len(f.Blobs) }, nil},
}

func sum[T any](items []T, count func(T) int) (total int) {
	for _, item := range items {
		total += count(item)
	}
	return total
}

func sumOf[T any](lists map[string][]T) (total int) {
	for _, list := range lists {
		total += len(list)
	}
	return total
}
