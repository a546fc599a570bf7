package vectors_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateIndex = flag.Bool("update-index", false, "count and hash the files of index.json anew")

// index is index.json.
type index struct {
	SchemaVersion int         `json:"schema_version"` // of the index itself
	Files         []indexFile `json:"files"`
}

type indexFile struct {
	Path          string `json:"path"`
	Holds         string `json:"holds"`
	SchemaVersion int    `json:"schema_version"`
	Schema        string `json:"schema"` // a JSON Schema, or empty
	Described     string `json:"described"`
	Unit          string `json:"unit"` // what is counted
	Count         int    `json:"count"`
	Size          int    `json:"size"` // bytes, as the file is
	SHA256        string `json:"sha256"`
}

// Every file of vectors is in the index, with its count, size and hash.
func TestIndex(t *testing.T) {
	listed := readIndex(t)
	if *updateIndex {
		listed = measured(t, listed)
		writeIndex(t, listed)
	}
	if diff := cmp.Diff(measured(t, listed), listed); diff != "" {
		t.Errorf("index.json differs: go test ./vectors -run TestIndex -update-index (-file +index.json):\n%s", diff)
	}
	var paths []string
	for _, f := range listed.Files {
		paths = append(paths, f.Path)
	}
	slices.Sort(paths)
	if diff := cmp.Diff(vectorFiles(t), paths); diff != "" {
		t.Errorf("index.json does not list every file, once (-there +listed):\n%s", diff)
	}
}

// What the index says of formats leads somewhere.
func TestIndexFormats(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(readme), -1) {
		words := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		anchors["README.md#"+strings.ReplaceAll(words, " ", "-")] = true
	}
	for _, f := range readIndex(t).Files {
		if f.SchemaVersion < 1 || f.Holds == "" || f.Unit == "" {
			t.Errorf("%s: a field is empty", f.Path)
		}
		if f.Schema == "" {
			if head := readVector(t, f.Path).Schema; len(head) == 0 || f.Described != "the field schema of the file" {
				t.Errorf("%s: neither a JSON Schema nor a schema in its head", f.Path)
			}
			continue
		}
		if !anchors[f.Described] {
			t.Errorf("%s: %s is not there", f.Path, f.Described)
		}
		schema, err := os.ReadFile(f.Schema)
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(schema), fmt.Sprintf("Schema version %d.", f.SchemaVersion)) {
			t.Errorf("%s: %s is of another version than %d", f.Path, f.Schema, f.SchemaVersion)
		}
	}
}

func readIndex(t *testing.T) index {
	t.Helper()
	text, err := os.ReadFile("index.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var listed index
	if err := d.Decode(&listed); err != nil {
		t.Fatal(err)
	}
	if listed.SchemaVersion != 1 {
		t.Fatalf("schema_version is %d, want 1", listed.SchemaVersion)
	}
	return listed
}

func writeIndex(t *testing.T, listed index) {
	t.Helper()
	text, err := json.MarshalIndent(listed, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("index.json", append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// measured returns the index with the counts, sizes and hashes of the files.
func measured(t *testing.T, listed index) index {
	t.Helper()
	listed.Files = slices.Clone(listed.Files)
	for i := range listed.Files {
		f := &listed.Files[i]
		file, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256(file)
		f.Size, f.SHA256 = len(file), hex.EncodeToString(hash[:])
		f.Count = readVector(t, f.Path).cases
	}
	return listed
}

// vectorFiles returns the files of vectors, sorted.
func vectorFiles(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		isVectors := strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".json.gz")
		if err == nil && entry.IsDir() && path == "schema" {
			return fs.SkipDir
		}
		if isVectors && path != "index.json" {
			found = append(found, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// vectorFile is what is common to the files of vectors.
type vectorFile struct {
	Schema []string `json:"schema"`
	Count  int      `json:"count"`
	cases  int
}

// readVector reads a file: one with a head and a count, or an array of runs.
func readVector(t *testing.T, path string) vectorFile {
	t.Helper()
	text := unzipped(t, path)
	var head vectorFile
	if json.Unmarshal(text, &head) == nil {
		head.cases = head.Count // which the file's own tests compare with its cases
		return head
	}
	var runs []struct {
		Scenarios []json.RawMessage `json:"scenarios"`
		Rows      []json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(text, &runs); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, run := range runs {
		head.cases += len(run.Scenarios) + len(run.Rows)
	}
	return head
}

func unzipped(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, ".gz") {
		return file
	}
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
