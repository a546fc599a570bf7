package storevectors

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Sequence is a sequence of calls on one store, which is empty at first. The name says what it shows. Several sequences of one store and
// name differ in their outcome, and are for different places.
type Sequence struct {
	Store      string   `json:"store"` // db, cached_db, cache or file
	Name       string   `json:"name"`
	SeenOn     []Place  `json:"seen_on"`     // where exactly this was seen
	Keys       []string `json:"keys"`        // what the generator of session keys hands out, in order
	KeysIssued []string `json:"keys_issued"` // those that were drawn
	Steps      []Step   `json:"steps"`
}

// On reports whether the sequence was seen with that Django and engine. Cache is empty for the stores db and file.
func (s *Sequence) On(cache, django, engine string) bool {
	return slices.ContainsFunc(s.SeenOn, func(p Place) bool {
		return p.Prefix == cache && p.Django == django && p.Engine == engine
	})
}

// Place is where something was seen. In the file it is a text: [PREFIX@]DJANGO/ENGINE[/PYTHON].
type Place struct {
	Prefix string // the cache, or what the part says; empty if there is none
	Django string // version
	Engine string // postgresql, mysql (which is MariaDB) or sqlite
	Python string // version; not in all parts
}

func (p *Place) read(raw json.RawMessage) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	prefix, rest, found := strings.Cut(text, "@")
	if !found {
		prefix, rest = "", text
	}
	parts := strings.Split(rest, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") || found && prefix == "" {
		return fmt.Errorf("not a place: %q", text)
	}
	*p = Place{Prefix: prefix, Django: parts[0], Engine: parts[1]}
	if len(parts) == 3 {
		p.Python = parts[2]
	}
	return nil
}

// Step is a call and what came of it.
type Step struct {
	Call      Call      `json:"step"`
	Returned  *Data     `json:"returned,omitempty"`  // nil if it raised
	Exception string    `json:"exception,omitempty"` // class of what it raised
	State     *State    `json:"state,omitempty"`     // of the session of the call; nil if there is none
	Store     *Contents `json:"store,omitempty"`     // what is in the store; nil after calls that do not touch it
}

// Call is what a step does. In the file it is an array: the verb, the session, the arguments.
type Call struct {
	Verb    Verb
	Session string // name of the session; empty where the call is not on one

	Key    string          // a session key; empty for a VerbOpen of a new session
	Item   string          // the name of what is set, got or deleted
	Value  json.RawMessage // what is set: plain JSON, not tagged
	Data   json.RawMessage // the session data that are planted: a plain JSON object, not tagged
	Text   *string         // the text that is planted in place of data
	Offset float64         // seconds from the clock: a row's expire_date, or a file's mtime
	Expiry *Expiry         // of set_expiry
}

// Expiry is the argument of set_expiry. One field is set.
type Expiry struct {
	Seconds *float64 // a number
	Delta   *float64 // a timedelta of these seconds
	At      *float64 // a datetime these seconds from the clock
}

// Verb is the name of a call.
type Verb string

// The calls. Those in the second group do not go through a session: they change the store behind its back.
const (
	VerbOpen           Verb = "open"             // Session, Key: SessionStore(key)
	VerbSet            Verb = "set"              // Session, Item, Value
	VerbGet            Verb = "get"              // Session, Item
	VerbDel            Verb = "del"              // Session, Item
	VerbClear          Verb = "clear"            // Session
	VerbSave           Verb = "save"             // Session
	VerbSaveMustCreate Verb = "save_must_create" // Session: save(must_create=True)
	VerbCreate         Verb = "create"           // Session
	VerbDelete         Verb = "delete"           // Session
	VerbDeleteKey      Verb = "delete_key"       // Session, Key: delete(key)
	VerbFlush          Verb = "flush"            // Session
	VerbCycleKey       Verb = "cycle_key"        // Session
	VerbExists         Verb = "exists"           // Session, Key
	VerbLoad           Verb = "load"             // Session: load(), called directly
	VerbSetExpiry      Verb = "set_expiry"       // Session, Expiry
	VerbExpiryAge      Verb = "expiry_age"       // Session: get_expiry_age()
	VerbSessionKey     Verb = "session_key"      // Session: the property
	VerbClearExpired   Verb = "clear_expired"    // no arguments

	VerbPlant       Verb = "plant"        // Key, Data, Offset: a row of these data
	VerbPlantRaw    Verb = "plant_raw"    // Key, Text, Offset: a row whose session_data is this text
	VerbSQLDelete   Verb = "sql_delete"   // Key: deletes the row, and nothing in the cache
	VerbCacheSet    Verb = "cache_set"    // Key, Data: an entry of these data, with a timeout of CacheSetTimeout
	VerbCacheDelete Verb = "cache_delete" // Key: deletes the entry, and no row
	VerbFilePlant   Verb = "file_plant"   // Key, Data or Text, Offset: a file of mode 0644
	VerbFileDelete  Verb = "file_delete"  // Key
)

// CacheSetTimeout is the timeout of VerbCacheSet in seconds.
const CacheSetTimeout = 1000

// arguments are what follows a verb in the array.
var arguments = map[Verb]string{
	VerbOpen: "session [key]", VerbSet: "session item value", VerbGet: "session item", VerbDel: "session item", VerbClear: "session", VerbSave: "session",
	VerbSaveMustCreate: "session", VerbCreate: "session", VerbDelete: "session", VerbDeleteKey: "session key", VerbFlush: "session", VerbCycleKey: "session",
	VerbExists: "session key", VerbLoad: "session", VerbSetExpiry: "session expiry", VerbExpiryAge: "session", VerbSessionKey: "session",
	VerbClearExpired: "", VerbPlant: "key data offset", VerbPlantRaw: "key text offset", VerbSQLDelete: "key", VerbCacheSet: "key data", VerbCacheDelete: "key",
	VerbFilePlant: "key data|text offset", VerbFileDelete: "key",
}

func (c *Call) read(raw json.RawMessage) error {
	found, err := elements(raw)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("no verb")
	}
	if err := json.Unmarshal(found[0], &c.Verb); err != nil {
		return err
	}
	want, ok := arguments[c.Verb]
	if !ok {
		return fmt.Errorf("unknown verb %q", c.Verb)
	}
	kinds := strings.Fields(want)
	if len(found) == len(kinds) && c.Verb == VerbOpen {
		kinds = kinds[:len(kinds)-1]
	}
	if len(found) != 1+len(kinds) {
		return fmt.Errorf("%s has %d arguments, want %q", c.Verb, len(found)-1, want)
	}
	for i, kind := range kinds {
		if err := c.readArgument(kind, found[i+1]); err != nil {
			return fmt.Errorf("%s: %s: %w", c.Verb, kind, err)
		}
	}
	return nil
}

func (c *Call) readArgument(kind string, raw json.RawMessage) error {
	if kind == "data|text" {
		kind = "data"
		if raw[0] == '"' {
			kind = "text"
		}
	}
	switch kind {
	case "session":
		return readFilled(raw, &c.Session)
	case "key", "[key]":
		return readFilled(raw, &c.Key)
	case "item":
		return readFilled(raw, &c.Item)
	case "offset":
		return read(raw, reflect.ValueOf(&c.Offset).Elem())
	case "text":
		c.Text = new(string)
		return read(raw, reflect.ValueOf(c.Text).Elem())
	case "value":
		c.Value = raw
		return nil
	case "data":
		c.Data = raw
		_, err := members(raw)
		return err
	default:
		c.Expiry = &Expiry{}
		return c.Expiry.readArgument(raw)
	}
}

func (e *Expiry) readArgument(raw json.RawMessage) error {
	if raw[0] != '{' {
		e.Seconds = new(float64)
		return read(raw, reflect.ValueOf(e.Seconds).Elem())
	}
	var fields struct {
		Delta *float64 `json:"delta,omitempty"`
		At    *float64 `json:"at,omitempty"`
	}
	if err := read(raw, reflect.ValueOf(&fields).Elem()); err != nil {
		return err
	}
	if (fields.Delta == nil) == (fields.At == nil) {
		return errors.New("not one of delta and at")
	}
	e.Delta, e.At = fields.Delta, fields.At
	return nil
}

func readFilled(raw json.RawMessage, target *string) error {
	if err := read(raw, reflect.ValueOf(target).Elem()); err != nil {
		return err
	}
	if *target == "" {
		return errors.New("is empty")
	}
	return nil
}

// State is the state of a session after a call.
type State struct {
	Key      *string `json:"key"` // nil: None
	Accessed bool    `json:"accessed"`
	Modified bool    `json:"modified"`
	Loaded   bool    `json:"loaded"`         // the data were read, or set
	IsEmpty  bool    `json:"is_empty"`       // what is_empty() says
	Data     *Data   `json:"data,omitempty"` // nil if not loaded
}

// Contents are what a store holds. A part is nil if the store has none, or it could not be looked at: the latter is true of caches other
// than Redis and memcached.
type Contents struct {
	Rows  *[]Row           `json:"rows,omitempty"`  // by session key
	Cache map[string]Entry `json:"cache,omitempty"` // by the full key
	Files map[string]Saved `json:"files,omitempty"` // by name
}

// Row is a row of django_session.
type Row struct {
	SessionKey string `json:"session_key"`
	Data       Data   `json:"data"`
	ExpireDate string `json:"expire_date"` // UTC text, without trailing zeros after the decimal point
}

// Entry is an entry of a cache.
type Entry struct {
	Data      Data  `json:"data"`
	Flags     *int  `json:"flags,omitempty"`      // memcached only
	TTL       *int  `json:"ttl,omitempty"`        // seconds left, read within two seconds of the save and rounded up to the timeout
	ExpiresAt int64 `json:"expires_at,omitempty"` // Unix seconds, in place of TTL for timeouts over 30 days on memcached
}

// Saved is a file of the file store.
type Saved struct {
	Data *Data  `json:"data"`           // holds nil if the file is empty
	Mode string `json:"mode"`           // octal, "0600"
	Size *int   `json:"size,omitempty"` // of empty files only
}

// Blob is a string of bytes.
type Blob []byte

func (b *Blob) read(raw json.RawMessage) error {
	var form struct {
		Hex        *string `json:"hex,omitempty"`
		ZlibBase64 *string `json:"zlib_base64,omitempty"`
		Len        *int    `json:"len,omitempty"`
	}
	if err := read(raw, reflect.ValueOf(&form).Elem()); err != nil {
		return err
	}
	var err error
	switch {
	case form.Hex != nil && form.ZlibBase64 == nil && form.Len == nil:
		*b, err = hex.DecodeString(*form.Hex)
	case form.Hex == nil && form.ZlibBase64 != nil && form.Len != nil:
		*b, err = inflate(*form.ZlibBase64, *form.Len)
	default:
		err = errors.New("neither hex nor zlib_base64 with len")
	}
	return err
}

func inflate(text string, size int) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	if size < 0 || size > maxSize {
		return nil, fmt.Errorf("len is %d", size)
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(size)+1))
	if err == nil && len(data) != size {
		err = fmt.Errorf("inflates to another size than %d", size)
	}
	return data, err
}

// readTuple reads an array of as many elements as there are targets.
func readTuple(raw json.RawMessage, targets ...any) error {
	found, err := elements(raw)
	if err != nil {
		return err
	}
	if len(found) != len(targets) {
		return fmt.Errorf("%d elements, want %d", len(found), len(targets))
	}
	for i, target := range targets {
		if err := read(found[i], reflect.ValueOf(target).Elem()); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// readNullable reads a string, or null as the empty one.
func readNullable(raw json.RawMessage, target *string) error {
	if string(raw) == "null" {
		return nil
	}
	return readFilled(raw, target)
}

// oneOf reads a string that must be one of names.
func oneOf[T ~string](raw json.RawMessage, target *T, names ...T) error {
	if err := json.Unmarshal(raw, target); err != nil {
		return err
	}
	if !slices.Contains(names, *target) {
		return fmt.Errorf("unknown value %q", *target)
	}
	return nil
}
