package checks_test

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/testkit"
)

// docPackages are what the pages' code may use without saying so.
var docPackages = []string{
	"bytes", "context", "crypto", "crypto/rand", "database/sql", "encoding/json", "errors", "expvar", "fmt", "io", "log", "log/slog",
	"net/http", "net/http/httptest", "net/url", "os", "slices", "strings", "sync", "testing", "time",
	module, module + "/backendtest", module + "/djangoauth", module + "/djangoauth/authhttp", module + "/djangoauth/passwords",
	module + "/djangoauth/sqlusers", module + "/djangocsrf", module + "/filestore", module + "/memorystore", module + "/messages", module + "/messages/messageshttp",
	module + "/revocation", module + "/sealed", module + "/sessioncookie", module + "/sessionhttp", module + "/sessionhttptest",
	module + "/signedcookie", module + "/sqlstore",
}

// docNames are what the pages' code has around it.
const docNames = `package p

var (
	ctx context.Context
	err error
	w *httptest.ResponseRecorder
	r *http.Request
	t *testing.T
	mux *http.ServeMux
	handler, adminPages http.Handler
	db *sql.DB
	logger *slog.Logger
	clock *sessionhttptest.Clock
	ann *sessionhttptest.Client

	keys, keyring saltine.Keyring
	store *saltine.CookieStore
	shopStore, prefsStore, adminStore saltine.Store
	s, session *saltine.Session
	data *saltine.SessionData
	backend saltine.Backend
	value, name string
	closing time.Time
	sessions, shop, prefs *sessionhttp.Middleware
	cookie *sessioncookie.Cookie
	exchange sessioncookie.Exchange
	cookieHeaders []string
	list *revocation.List
	box *sealed.Box
	ended interface{ has(context.Context, string) bool }
)

const (
	user saltine.Field[string] = "user"
	cart saltine.Field[map[string]int] = "cart"
	copyID saltine.Field[string] = "copy_id"
)

func handle(*saltine.Session) (status int, body string)
func upgrade(http.ResponseWriter, *http.Request, string)
func outcome(saltine.Verification, error) string
`

// docShapes are what a block may be a part of.
var docShapes = []string{
	"%s",
	"func _() {\n%s}",
	"func _() error {\n%sreturn nil\n}",
	"var _ = sessionhttp.Options{\n%s}",
	"var _ = revocation.Options{\n%s}",
	"var _ = saltine.StoreOptions{\n%s}",
}

// notCompiled are the first lines of blocks that are not compiled, and why.
var notCompiled = map[string]string{
	`backend, err := redisstore.New(redis.NewClient(&redis.Options{Addr: "localhost:6379"}), nil)`: "two lines to choose from, with clients of others",
	`rows, err := sqlstore.New(db, sqlstore.PostgreSQL, data, nil)`:                                "it goes on from the block above",
}

// Every Go block of a page compiles, or stands in a Go file of this repository.
func TestDocsGo(t *testing.T) {
	blocks := blocksOf(t, "go")
	files := goFiles(t)
	check := newDocChecker(t, blocks)
	var compiled, shown int
	for _, b := range blocks {
		first, _, _ := strings.Cut(b.Text, "\n")
		inTutorial := b.Page == "docs/tutorial.md" // TestTutorialRunsOnTheWay compiles it, step by step
		if inTutorial || notCompiled[first] != "" || strings.Contains(files, "\n"+plainGo(b.Text)) {
			shown++
			continue
		}
		if err := check.block(b.Text, others(blocks, b)...); err != nil {
			t.Errorf("%s:%d: the block neither compiles nor stands in a Go file: %v\n%s", b.Page, b.Line, err, b.Text)
			continue
		}
		compiled++
	}
	t.Logf("%d blocks compiled, %d shown", compiled, shown)
	if compiled < 20 || shown < 20 {
		t.Errorf("only %d blocks compiled, %d shown", compiled, shown)
	}
}

// others returns the other blocks of a block's page.
func others(blocks []block, b block) []string {
	var texts []string
	for _, other := range blocks {
		if other.Page == b.Page && other.Line != b.Line {
			texts = append(texts, other.Text)
		}
	}
	return texts
}

func TestDocsGoFindsFaults(t *testing.T) {
	check := newDocChecker(t, nil)
	for text, ok := range map[string]bool{
		"n, err := cart.Get(s)\n":     true,
		"n := 1\n":                    true, // it is not used, as in a page
		"func f() int { return 1 }\n": true,
		"Guard: func(*saltine.Session) error { return nil },\n": true,
		"return err\n":                  true,
		"cart.Gett(s)\n":                false,
		"store.Open(s)\n":               false,
		"x := missing\n":                false,
		"Guard: 1,\n":                   false,
		"if {\n":                        false,
		"redis.Nil == err\n":            false,
		"package p\n\nfunc f() {}":      true,
		"package p\n\nfunc f() { g() }": false,
	} {
		if err := check.block(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

var space = regexp.MustCompile(`[ \t]+`)

// plainGo takes indentation and columns from code, and notes for linters.
func plainGo(text string) string {
	text = regexp.MustCompile(` *//nolint[^\n]*`).ReplaceAllString(text, "")
	text = space.ReplaceAllString(text, " ")
	text = strings.ReplaceAll(text, "\n ", "\n")
	return strings.TrimPrefix(text, " ")
}

// goFiles returns all Go files of the tree, nested modules too.
func goFiles(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata") || strings.HasPrefix(name, "checks/") {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		all.WriteString("\n" + plainGo(string(text)) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// modulesIn returns the folders of nested modules whose packages blocks use.
func modulesIn(t *testing.T, blocks []block) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "*", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		if slices.ContainsFunc(blocks, func(b block) bool { return strings.Contains(b.Text, name+".New") }) {
			names = append(names, name)
		}
	}
	return names
}

// docChecker types the blocks of pages.
type docChecker struct {
	fset     *token.FileSet
	packages []string
	importer types.Importer
}

func newDocChecker(t *testing.T, blocks []block) *docChecker {
	t.Helper()
	c := &docChecker{token.NewFileSet(), slices.Clone(docPackages), nil}
	exports := map[string]string{}
	list := func(dir string, packages ...string) {
		args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, packages...)
		for line := range strings.Lines(testkit.Go(t, dir, args...)) {
			path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
			exports[path] = cmp.Or(exports[path], file)
		}
	}
	list(root, docPackages...)
	for _, name := range modulesIn(t, blocks) {
		c.packages = append(c.packages, module+"/"+name)
		list(filepath.Join(root, name), ".")
	}
	c.importer = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("no export data of " + path)
		}
		return os.Open(exports[path])
	})
	return c
}

// block returns why a block does not compile in any shape: the error of the shape that
// comes closest. It may use what other blocks of its page declare.
func (c *docChecker) block(text string, others ...string) error {
	if strings.HasPrefix(text, "package ") || strings.HasPrefix(text, "// ") && strings.Contains(text, "\npackage ") {
		return c.types(text)
	}
	var closest error
	far := -1
	for _, shape := range docShapes {
		err := c.types(c.withImports("package p\n")+fmt.Sprintf(shape, text), others...)
		if err == nil {
			return nil
		}
		if _, isSyntax := errors.AsType[types.Error](err); isSyntax || far < 0 {
			closest, far = err, 0
		}
	}
	return closest
}

// withImports returns the head of a file that imports everything.
func (c *docChecker) withImports(head string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, path := range c.packages {
		fmt.Fprintf(&b, "import %q\n", path)
	}
	return b.String()
}

// types compiles a file beside docNames. What is not used is no error in a page.
func (c *docChecker) types(text string, others ...string) error {
	var files []*ast.File
	names := strings.Replace(docNames, "package p\n", c.withImports("package p\n"), 1)
	for _, other := range others {
		other = c.withImports("package p\n") + other
		if file, err := parser.ParseFile(c.fset, "other.go", other, parser.SkipObjectResolution); err == nil {
			files = append(files, file)
		}
	}
	for name, source := range map[string]string{"block.go": text, "names.go": names} {
		file, err := parser.ParseFile(c.fset, name, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		file.Name.Name = "p"
		files = append(files, file)
	}
	slices.SortStableFunc(files, func(a, b *ast.File) int { return cmp.Compare(c.rank(a), c.rank(b)) })
	var first error
	config := types.Config{Importer: c.importer, Error: func(err error) {
		problem, ok := errors.AsType[types.Error](err)
		if ok && (problem.Soft || declaredTwice(problem.Msg)) {
			return
		}
		if c.fset.Position(problem.Pos).Filename == "block.go" {
			first = cmp.Or(first, err)
		}
	}}
	_, _ = config.Check("p", c.fset, files, nil)
	return first
}

// rank puts what a block declares before what other blocks of its page declare, and both
// before docNames: of two declarations the first holds.
func (c *docChecker) rank(file *ast.File) int {
	return slices.Index([]string{"block.go", "other.go", "names.go"}, c.fset.Position(file.Package).Filename)
}

// declaredTwice reports whether a block declares what stands around it in other pages.
func declaredTwice(message string) bool {
	return strings.Contains(message, "redeclared in this block") || strings.Contains(message, "other declaration of") || strings.HasPrefix(message, "missing function body")
}
