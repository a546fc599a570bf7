package checks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/cachedstore"
	"github.com/seed-52756201/saltine/djangoauth"
	"github.com/seed-52756201/saltine/djangoauth/authhttp"
	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/djangoauth/sqlusers"
	"github.com/seed-52756201/saltine/djangocsrf"
	"github.com/seed-52756201/saltine/filestore"
	"github.com/seed-52756201/saltine/memorystore"
	"github.com/seed-52756201/saltine/messages"
	"github.com/seed-52756201/saltine/messages/messageshttp"
	"github.com/seed-52756201/saltine/revocation"
	"github.com/seed-52756201/saltine/sealed"
	"github.com/seed-52756201/saltine/sessioncookie"
	"github.com/seed-52756201/saltine/sessionhttp"
	"github.com/seed-52756201/saltine/sessionhttptest"
	"github.com/seed-52756201/saltine/signedcookie"
	"github.com/seed-52756201/saltine/sqlstore"
)

// The canaries: what must never be seen in a log.
const (
	canaryKey   saltine.Key = "canary-key-0123456789-0123456789-0123456789-0123456789"
	canaryValue string      = "canary-value"
	canaryToken string      = "canary-token-0123456789"
)

// specimen is a value of an exported type that holds canaries where the type can.
type specimen struct {
	value any // a pointer where the type is used by pointer
	// bare says why the type may show a canary where fmt finds it, by value, in an
	// unexported field: fmt asks nothing there. Only types that callers fill in by
	// themselves can be so.
	bare string
}

// specimens are all exported types of all public packages but vectors, which holds public
// data.
func specimens(t *testing.T) map[string]specimen {
	t.Helper()
	keys, err := saltine.NewKeyring(canaryKey, &saltine.KeyringOptions{Fallbacks: []saltine.Key{canaryKey + "-2"}})
	if err != nil {
		t.Fatal(err)
	}
	made := func(value any, err error) any {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
		return value
	}
	store := made(saltine.NewCookieStore(keys, nil)).(*saltine.CookieStore)
	session := store.New()
	session.Set("name", canaryValue)
	if err := session.Save(); err != nil {
		t.Fatal(err)
	}
	refused := store.Open(t.Context(), canaryToken)
	refused.Set("name", canaryValue)
	var record saltine.Record
	if err := record.ParseJSON([]byte(`{"name":"` + canaryValue + `"}`)); err != nil {
		t.Fatal(err)
	}
	cookie := made(sessioncookie.New(store, nil)).(*sessioncookie.Cookie)
	exchange := cookie.Open(t.Context(), []string{"sessionid=" + canaryToken})
	exchange.Session().Set("name", canaryValue)
	middleware := made(sessionhttp.New(store, nil)).(*sessionhttp.Middleware)
	client := sessionhttptest.NewClient(t, middleware, middleware.Handler(http.NotFoundHandler()), nil)
	client.SetSession(func(s *saltine.Session) { s.Set("name", canaryValue) })
	client.Do(&http.Request{URL: &url.URL{Path: "/"}, Header: http.Header{"Cookie": {"sessionid=" + canaryToken}}})
	protection := made(djangocsrf.New(nil)).(*djangocsrf.Protection)
	csrf := djangocsrf.Request{Cookies: []string{"csrftoken=" + canaryToken}, Origin: canaryToken, Referer: canaryToken, Session: session}
	codec := made(messages.New(keys, &messages.Options{AcceptDjango14: true, AcceptDjango31: true})).(*messages.Codec)
	visit := codec.Open([]string{"messages=" + canaryToken}, session)
	if err := visit.Add(messages.Message{Level: messages.Info, Text: canaryValue}); err != nil {
		t.Fatal(err)
	}
	lookUp := func(context.Context, string) (time.Time, error) { return time.Time{}, nil }
	fields := "its fields are the caller's own"
	account := djangoauth.Account{ID: "1", Password: canaryValue}
	auth := made(djangoauth.New(&djangoauth.Options{
		Keys: keys,
		Load: func(context.Context, string, string) (djangoauth.Account, bool, error) { return account, true, nil },
	})).(*djangoauth.Auth)
	data := made(saltine.NewSessionData(keys, nil)).(*saltine.SessionData)
	rows := made(sqlstore.New(idleDB{}, sqlstore.PostgreSQL, data, nil)).(*sqlstore.Backend)
	memory := made(memorystore.New(nil)).(*memorystore.Backend)
	if err := memory.Create(t.Context(), canaryToken, record); err != nil {
		t.Fatal(err)
	}
	box := made(sealed.New(keys, nil)).(*sealed.Box)

	return map[string]specimen{
		"saltine.Backend":            {value: made(saltine.NewServerStore(idleBackend{}, nil)).(*saltine.ServerStore)},
		"saltine.Compression":        {value: saltine.CompressionBest},
		"saltine.CookieStore":        {value: store},
		"saltine.ExpiredError":       {value: &saltine.ExpiredError{}},
		"saltine.Expiry":             {value: saltine.ExpireIn(time.Hour)},
		"saltine.ExpiryPolicy":       {value: saltine.ExpirySession},
		"saltine.Field":              {value: saltine.Field[string]("name")},
		"saltine.FieldError":         {value: session.Err()},
		"saltine.JSONSerializer":     {value: saltine.JSONSerializer{}},
		"saltine.Key":                {value: canaryKey, bare: fields},
		"saltine.Keyring":            {value: keys},
		"saltine.KeyringOptions":     {value: &saltine.KeyringOptions{Fallbacks: []saltine.Key{canaryKey}}, bare: fields},
		"saltine.Options":            {value: &saltine.Options{}},
		"saltine.Record":             {value: record},
		"saltine.Salt":               {value: saltine.Salt("a salt is no secret")},
		"saltine.Serializer":         {value: saltine.JSONSerializer{}},
		"saltine.ServerStore":        {value: made(saltine.NewServerStore(idleBackend{}, nil))},
		"saltine.ServerStoreOptions": {value: &saltine.ServerStoreOptions{}},
		"saltine.Session":            {value: session},
		"saltine.SessionData":        {value: made(saltine.NewSessionData(keys, nil))},
		"saltine.Signer":             {value: made(saltine.NewSigner(keys, nil))},
		"saltine.SizeError":          {value: &saltine.SizeError{Values: session.Sizes()}},
		"saltine.Store":              {value: refused},
		"saltine.StoreOptions":       {value: &saltine.StoreOptions{}},
		"saltine.TimestampSigner":    {value: made(saltine.NewTimestampSigner(keys, nil))},
		"saltine.ValueSize":          {value: session.Sizes()},
		"saltine.Verification":       {value: session.Verification()},

		"sessioncookie.Cookie":   {value: cookie},
		"sessioncookie.Exchange": {value: &exchange, bare: "Open returns it by value, to be a part of somebody's request"},
		"sessioncookie.Options":  {value: &sessioncookie.Options{}},
		"sessioncookie.SameSite": {value: sessioncookie.SameSiteLax},

		"sessionhttp.CacheGuard":    {value: sessionhttp.CacheRefuse},
		"sessionhttp.CookieOptions": {value: &sessionhttp.CookieOptions{}},
		"sessionhttp.Middleware":    {value: middleware},
		"sessionhttp.Options":       {value: &sessionhttp.Options{Guard: func(*saltine.Session) error { return nil }}},

		"sessionhttptest.Client": {value: client},
		"sessionhttptest.Clock":  {value: sessionhttptest.NewClock(start)},

		"signedcookie.Cookie":       {value: made(signedcookie.New(keys, "theme", &signedcookie.Options{AcceptV1: true}))},
		"signedcookie.Options":      {value: &signedcookie.Options{}},
		"signedcookie.Verification": {value: signedcookie.Verification{}},

		"messages.Codec":        {value: codec},
		"messages.Form":         {value: messages.Django14},
		"messages.Level":        {value: messages.Info},
		"messages.Message":      {value: messages.Message{Text: "the text is what is shown"}},
		"messages.Options":      {value: &messages.Options{}},
		"messages.Storage":      {value: messages.SessionOnly},
		"messages.Update":       {value: messages.Update{Cookie: canaryToken}, bare: fields},
		"messages.Verification": {value: messages.Verification{}},
		"messages.Visit":        {value: visit},

		"messageshttp.Middleware": {value: made(messageshttp.New(middleware, codec, nil))},
		"messageshttp.Options":    {value: &messageshttp.Options{}},

		"revocation.List":    {value: made(revocation.New(&revocation.Options{Ended: lookUp}))},
		"revocation.Options": {value: &revocation.Options{Ended: lookUp}},

		"djangocsrf.Differs":        {value: djangocsrf.Differs{}},
		"djangocsrf.Error":          {value: protection.Open(csrf).Check()},
		"djangocsrf.HandlerOptions": {value: &djangocsrf.HandlerOptions{}},
		"djangocsrf.Kind":           {value: djangocsrf.ErrBadOrigin},
		"djangocsrf.Options":        {value: &djangocsrf.Options{}},
		"djangocsrf.Protection":     {value: protection},
		"djangocsrf.Request":        {value: csrf, bare: fields},
		"djangocsrf.SameSite":       {value: djangocsrf.SameSiteLax},
		"djangocsrf.Visit":          {value: protection.Open(csrf)},

		"djangoauth.Account":  {value: account, bare: fields},
		"djangoauth.Auth":     {value: auth},
		"djangoauth.Kind":     {value: djangoauth.ErrAnonymous},
		"djangoauth.Options":  {value: &djangoauth.Options{Keys: keys}},
		"djangoauth.Rotator":  {value: protection.Open(csrf)},
		"authhttp.Middleware": {value: made(authhttp.New(auth, nil))},
		"authhttp.Options":    {value: &authhttp.Options{}},
		"authhttp.Visit":      {value: &authhttp.Visit{}},

		"sqlusers.Dialect":     {value: sqlusers.Dialect(0)},
		"sqlusers.ID":          {value: sqlusers.ID(0)},
		"sqlusers.Options":     {value: &sqlusers.Options{}},
		"sqlusers.Permissions": {value: &sqlusers.Permissions{}},
		"sqlusers.Querier":     {value: idleUsers{}},
		"sqlusers.Users":       {value: made(sqlusers.New(idleUsers{}, nil))},

		"sealed.Box":     {value: box},
		"sealed.Field":   {value: sealed.Field[string]{Box: box, Name: "name"}},
		"sealed.Opened":  {value: sealed.Opened{}},
		"sealed.Options": {value: &sealed.Options{}},

		"cachedstore.Backend": {value: made(cachedstore.New(memory, memory, nil))},
		"cachedstore.Options": {value: &cachedstore.Options{}},
		"filestore.Backend":   {value: made(filestore.New(t.TempDir(), data, nil))},
		"filestore.Options":   {value: &filestore.Options{}},
		"memorystore.Backend": {value: memory},
		"memorystore.Options": {value: &memorystore.Options{}},
		"sqlstore.Backend":    {value: rows},
		"sqlstore.Column":     {value: sqlstore.Column{}},
		"sqlstore.DB":         {value: idleDB{}},
		"sqlstore.Dialect":    {value: sqlstore.PostgreSQL},
		"sqlstore.Options":    {value: &sqlstore.Options{}},

		"passwords.Argon2":       {value: passwords.Argon2{}},
		"passwords.BCrypt":       {value: passwords.BCrypt{}},
		"passwords.BCryptSHA256": {value: passwords.BCryptSHA256{}},
		"passwords.Hasher":       {value: passwords.Argon2{}},
		"passwords.Hashers":      {value: made(passwords.New(nil))},
		"passwords.Limits":       {value: passwords.DefaultLimits()},
		"passwords.MD5":          {value: passwords.MD5{}},
		"passwords.Options":      {value: &passwords.Options{}},
		"passwords.PBKDF2SHA1":   {value: passwords.PBKDF2SHA1{}},
		"passwords.PBKDF2SHA256": {value: passwords.PBKDF2SHA256{}},
		"passwords.Result":       {value: passwords.Result{}},
		"passwords.SHA1":         {value: passwords.SHA1{}},
		"passwords.Scrypt":       {value: passwords.Scrypt{}},
		"passwords.UnsaltedMD5":  {value: passwords.UnsaltedMD5{}},
		"passwords.UnsaltedSHA1": {value: passwords.UnsaltedSHA1{}},
		"passwords.Variety":      {value: passwords.Variety("")},
	}
}

// idleBackend is a Backend that nobody asks.
type idleBackend struct{ saltine.Backend }

// idleDB is a database that nobody asks.
type idleDB struct{ sqlstore.DB }

// idleUsers is the same for sqlusers.
type idleUsers struct{ sqlusers.Querier }

// Every exported type has a specimen.
func TestCanariesAreComplete(t *testing.T) {
	have := specimens(t)
	for _, pkg := range publicPackages(t) {
		if strings.HasPrefix(pkg.path, "vectors") {
			continue
		}
		for _, name := range exportedTypes(t, pkg) {
			if _, ok := have[name]; !ok {
				t.Errorf("%s has no specimen: does it show keys, cookies or values when it is printed?", name)
			}
			delete(have, name)
		}
	}
	for name := range have {
		t.Errorf("%s is no exported type", name)
	}
}

func exportedTypes(t *testing.T, pkg goPackage) []string {
	t.Helper()
	var names []string
	for _, file := range pkg.files {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, pkg.path, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, spec := range group.Specs {
				if name := spec.(*ast.TypeSpec).Name; name.IsExported() {
					names = append(names, parsed.Name.Name+"."+name.Name)
				}
			}
		}
	}
	return names
}

// Nothing that is printed shows a key, a cookie or a value: not by any verb, by value or
// by pointer, nested, in maps and slices, by slog or as JSON.
func TestCanaries(t *testing.T) {
	for name, s := range specimens(t) {
		t.Run(name, func(t *testing.T) {
			for shape, value := range shapes(s) {
				for way, printed := range prints(t, value) {
					if hasCanary(printed) {
						t.Errorf("%s of %s shows it: %s", way, shape, printed)
					}
				}
			}
		})
	}
}

func hasCanary(printed string) bool {
	for _, text := range []string{"canary", fmt.Sprintf("%x", "canary"), fmt.Sprintf("%X", "canary"), "0x63, 0x61, 0x6e, 0x61", "99 97 110 97 114 121"} {
		if strings.Contains(printed, text) {
			return true
		}
	}
	return false
}

// shapes are the ways in which a value is found in a program's data.
func shapes(s specimen) map[string]any {
	v := reflect.ValueOf(s.value)
	if !v.IsValid() {
		return nil
	}
	shapes := map[string]any{}
	add := func(name string, v reflect.Value) {
		shapes[name] = v.Interface()
		holder := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Field", Type: v.Type()}})).Elem()
		holder.Field(0).Set(v)
		shapes[name+" in an exported field"] = holder.Interface()
		list := reflect.MakeSlice(reflect.SliceOf(v.Type()), 1, 1)
		list.Index(0).Set(v)
		shapes[name+" in a slice"] = list.Interface()
		table := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), v.Type()))
		table.SetMapIndex(reflect.ValueOf("entry"), v)
		shapes[name+" in a map"] = table.Interface()
		shapes[name+" as an interface in an unexported field"] = struct{ inner any }{v.Interface()}
		shapes[name+" behind an unexported pointer"] = struct{ inner *any }{new(v.Interface())}
	}
	add("the value", v)
	if v.Kind() == reflect.Pointer {
		copied := reflect.New(v.Type().Elem()).Elem() // go vet would refuse it for some
		copied.Set(v.Elem())
		add("a copy", copied)
		v = copied
	}
	if s.bare == "" {
		shapes["by value in an unexported field"] = unexported(v)
		shapes["by pointer to a struct of it"] = new(unexported(v))
	} else {
		for name := range shapes {
			if strings.Contains(name, "unexported") {
				delete(shapes, name)
			}
		}
	}
	return shapes
}

// unexported returns a struct with v in an unexported field.
func unexported(v reflect.Value) any {
	field := reflect.StructField{Name: "inner", PkgPath: "example.com/somebody", Type: v.Type()}
	holder := reflect.New(reflect.StructOf([]reflect.StructField{field}))
	// reflect sets no unexported fields; a struct of one field has its layout.
	reflect.NewAt(v.Type(), holder.UnsafePointer()).Elem().Set(v)
	return holder.Elem().Interface()
}

// prints returns what comes out, by the way it was printed.
func prints(t *testing.T, value any) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		out[verb] = fmt.Sprintf(verb, value)
	}
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"slog text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"slog JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("message", "value", value)
		out[name] = b.String()
	}
	if text, err := json.Marshal(value); err == nil {
		out["encoding/json"] = string(text)
	}
	return out
}

// A program that dies of a panic with one of them shows none either. The test binary is
// that program.
func TestCanariesInPanics(t *testing.T) {
	const variable = "SALTINE_PANIC_WITH"
	if name := os.Getenv(variable); name != "" {
		panic(specimens(t)[name].value)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range specimens(t) {
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+path.Base(t.Name())+"$")
		cmd.Env = append(os.Environ(), variable+"="+name)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("%s: the program did not die", name)
		}
		if printed, _, _ := strings.Cut(string(out), "goroutine "); hasCanary(printed) {
			t.Errorf("%s: %s", name, printed)
		}
	}
}
