package storevectors

import "encoding/json"

// File is the whole file.
type File struct {
	Schema Schema  `json:"schema"`
	Clock  float64 `json:"clock"`  // Unix seconds, the stopped clock of all parts unless they have their own
	Secret string  `json:"secret"` // SECRET_KEY

	Rows            []RowSetting     `json:"rows"`
	Calls           []Sequence       `json:"calls"`
	Pickles         []Pickle         `json:"pickles"`
	CacheValues     []CacheWriter    `json:"cache_values"`
	CacheKeys       []CacheKey       `json:"cache_keys"`
	CacheFileNames  []CacheFileName  `json:"cache_file_names"`
	SessionFiles    []FileSetting    `json:"session_files"`
	Interrupted     []Interrupted    `json:"interrupted"`
	HostileKeys     []HostileKey     `json:"hostile_keys"`
	HostileFileKeys []HostileFileKey `json:"hostile_file_keys"`

	// The names of these begin with the engine, or Django's version, and say which run it was.

	CacheDown   map[string]CacheDown           `json:"cache_down"`
	Oversize    map[string]map[string][]string `json:"oversize"` // by cache and store, as "redis/cached_db": what was done and what came of it
	Races       map[string]Races               `json:"races"`
	DDL         map[string]DDL                 `json:"ddl"`
	SQL         map[string][]Operation         `json:"sql"`
	CustomModel map[string]CustomModel         `json:"custom_model"`

	Blobs map[string]Blob `json:"blobs"` // the bytes that other parts name
}

// CookieAge is SESSION_COOKIE_AGE in all parts, in seconds.
const CookieAge = 1209600

// Schema explains the file, part by part.
type Schema struct {
	About        string `json:"about"`
	Clock        string `json:"clock"`
	TaggedData   string `json:"tagged data"`
	Rows         string `json:"rows"`
	Calls        string `json:"calls"`
	Pickles      string `json:"pickles"`
	CacheValues  string `json:"cache_values"`
	CacheKeys    string `json:"cache_keys"`
	SessionFiles string `json:"session_files"`
	Blobs        string `json:"blobs"`
}

// RowSetting is a Django with its settings, and the rows of django_session that it wrote.
type RowSetting struct {
	Engine           string    `json:"engine"`             // postgresql, mysql (which is MariaDB) or sqlite
	Django           string    `json:"django"`             // version
	Python           string    `json:"python"`             // version
	UseTZ            bool      `json:"use_tz"`             // USE_TZ
	TimeZone         string    `json:"time_zone"`          // TIME_ZONE
	DatabaseTimeZone *string   `json:"database_time_zone"` // DATABASES["default"]["TIME_ZONE"], nil if not set
	Serializer       string    `json:"serializer"`         // JSONSerializer or PickleSerializer
	Algorithm        *string   `json:"algorithm"`          // DEFAULT_HASHING_ALGORITHM, nil if not set
	Tests            []RowTest `json:"tests"`
}

// RowTest is a session that was saved, and its row, or the exception that save raised in place of one.
type RowTest struct {
	Name string `json:"name"`
	Data Data   `json:"data"` // what was saved

	Exception   string   `json:"exception,omitempty"` // its class; then all below are empty
	Now         float64  `json:"now,omitempty"`       // the clock while saving
	SessionKey  string   `json:"session_key,omitempty"`
	SessionData string   `json:"session_data,omitempty"`
	ExpireDate  string   `json:"expire_date,omitempty"` // the engine's own text of the column
	ExpireUnix  *float64 `json:"expire_unix,omitempty"` // the same in Unix seconds, where the zone of the text is UTC
}

// Pickle is the pickle of a session's data.
type Pickle struct {
	Name      string     `json:"name"`
	Protocol  int        `json:"protocol"`   // 2 to 5
	Kind      PickleKind `json:"kind"`       // what a reader must do with it
	WrittenBy []string   `json:"written_by"` // versions of Python (and Django) that wrote exactly this
	Blob      string     `json:"blob"`       // name of the pickle's bytes
	Globals   []string   `json:"globals"`    // the callables named in it, as "module name"
	Opcodes   []string   `json:"opcodes"`    // names as in pickletools, each once
	Data      Data       `json:"data"`       // what it holds
}

// PickleKind says what a reader of pickles must do with one.
type PickleKind string

// The kinds of pickles.
const (
	PickleData    PickleKind = "data"    // nothing but data: must be read
	PickleKnown   PickleKind = "known"   // needs callables of the fixed list: must be read, or be an error that names the key
	PickleRefuse  PickleKind = "refuse"  // needs other callables, or refers to itself: must be refused or kept unread, and never run
	PicklePython2 PickleKind = "python2" // holds byte strings of Python 2 that are not ASCII: bytes or an error, both are right
)

func (k *PickleKind) read(raw json.RawMessage) error {
	return oneOf(raw, k, PickleData, PickleKnown, PickleRefuse, PicklePython2)
}

// CacheWriter is a Django with a cache, and the values that it wrote there.
type CacheWriter struct {
	// Backend is the cache: redis (Django's own), redis_p2, redis_p4 (the same with a serializer of that protocol), djredis and
	// djredis_ with options (django-redis), memcached (python-memcached), pymemcache, pylibmc, dbcache or filecache.
	Backend string       `json:"backend"`
	Django  string       `json:"django"`
	Python  string       `json:"python"`
	Library *string      `json:"library"` // the client's name and version; nil where Django needs none
	Tests   []CacheValue `json:"tests"`
}

// CacheValue is a session in a cache. Its data are those of the Pickle of this name, or of the session's name elsewhere.
type CacheValue struct {
	Name       string `json:"name"`
	SessionKey string `json:"session_key"`
	Exception  string `json:"exception,omitempty"` // the class of what save raised; then all below are empty

	CacheKey string `json:"cache_key,omitempty"` // the full key; empty for filecache
	File     string `json:"file,omitempty"`      // filecache: name of the file
	Blob     string `json:"blob,omitempty"`      // name of the raw value; of filecache, the whole file
	TTL      int    `json:"ttl,omitempty"`       // seconds left right after saving; redis and memcached
	Flags    *int   `json:"flags,omitempty"`     // memcached only
	Expires  string `json:"expires,omitempty"`   // dbcache: text of the column
	// ExpiresAt is in Unix seconds. It stands in place of TTL for timeouts over 30 days on memcached.
	ExpiresAt int64 `json:"expires_at,omitempty"`
	// ValueIs is set for dbcache only, and says that the column value is the base64 text of the blob.
	ValueIs string `json:"value_is,omitempty"`
	// DjangoCannotRead is the class of what the same Django raised when it read the value.
	DjangoCannotRead string `json:"django_cannot_read,omitempty"`
}

// CacheKey is how a session key becomes a key of a cache.
type CacheKey struct {
	Backend    string   `json:"backend"`     // class of Django's
	KeyPrefix  string   `json:"key_prefix"`  // KEY_PREFIX of CACHES
	Version    Version  `json:"version"`     // VERSION of CACHES
	Engine     string   `json:"engine"`      // cache or cached_db
	SessionKey string   `json:"session_key"` // as it came in the cookie
	CacheKey   string   `json:"cache_key"`   // what make_key gives
	AfterLoad  KeyState `json:"after_load"`  // after the first read
	Django     []string `json:"django"`      // the versions with exactly this

	Exists          *bool  `json:"exists,omitempty"`           // what exists(key) returned; nil: it raised
	ExistsException string `json:"exists_exception,omitempty"` // the class of what it raised
}

// KeyState is a part of a session's state.
type KeyState struct {
	Key      *string `json:"key"`
	Modified bool    `json:"modified"`
}

// Version is a VERSION of CACHES as it stands in a key, for it may be a number or a text.
type Version string

func (v *Version) read(raw json.RawMessage) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(v))
	}
	var number int64
	err := json.Unmarshal(raw, &number)
	*v = Version(raw)
	return err
}

// CacheFileName is the name of a file in the file cache.
type CacheFileName struct {
	SessionKey string `json:"session_key"`
	CacheKey   string `json:"cache_key"`
	File       string `json:"file"`
}

// FileSetting is a Django, and the files that its file store wrote.
type FileSetting struct {
	Django string     `json:"django"`
	Python string     `json:"python"`
	Tests  []FileTest `json:"tests"`
}

// FileTest is a session that was saved, and its file, or the exception that save raised in place of one.
type FileTest struct {
	Name      string `json:"name"`
	Exception string `json:"exception,omitempty"` // its class; then all below but Mode are absent, and Mode is empty

	Now     float64 `json:"now,omitempty"`     // the clock while saving
	File    string  `json:"file,omitempty"`    // name
	Mode    string  `json:"mode"`              // octal, "0600"
	Content string  `json:"content,omitempty"` // all of it
	Data    *Data   `json:"data,omitempty"`    // what was saved
}

// Interrupted is a response of the middleware to a request whose session was deleted meanwhile.
type Interrupted struct {
	View      string  `json:"view"`       // what the view did: read, change, cycle or flush
	Status    int     `json:"status"`     // of the response
	SetCookie *string `json:"set_cookie"` // the header, nil if there is none
	Vary      *string `json:"vary"`       // the header, nil if there is none
	SeenOn    []Place `json:"seen_on"`    // Place.Prefix is the store, as "db" or "cache_redis"
}

// HostileKey is a session cookie that is no key of Django's, on the store db.
type HostileKey struct {
	Cookie        string  `json:"cookie"`
	Get           *Null   `json:"get,omitempty"` // what get returned; never a value
	GetException  string  `json:"get_exception,omitempty"`
	KeyAfter      *string `json:"key_after"`                // session_key after the get
	KeyAfterSave  *string `json:"key_after_save"`           // "new": one that Django drew
	SaveException string  `json:"save_exception,omitempty"` // class and message
	SeenOn        []Place `json:"seen_on"`
}

// HostileFileKey is a session cookie that is no key of Django's, on the store file.
type HostileFileKey struct {
	Cookie          string  `json:"cookie"`
	Get             *Null   `json:"get"`
	KeyAfter        *string `json:"key_after"`
	Exists          *bool   `json:"exists,omitempty"`
	ExistsException string  `json:"exists_exception,omitempty"`
	DeleteException string  `json:"delete_exception,omitempty"`
}

// Null is a value that is null wherever it occurs.
type Null struct{}

// CacheDown is what came of calls while the server of the cache was down.
type CacheDown struct {
	Cache    []DownCall `json:"down_cache"`     // on the store cache
	CachedDB []DownCall `json:"down_cached_db"` // on the store cached_db
}

// DownCall is a call while the cache was down.
type DownCall struct {
	Op        string `json:"op"`
	Returned  *Data  `json:"returned,omitempty"`  // nil if it raised
	Exception string `json:"exception,omitempty"` // class of what it raised
}

// Races are the outcomes of two connections that work on one session at the same time.
type Races struct {
	LostUpdate        Data              `json:"lost_update"`         // the data after two requests read, and then both saved
	TwoInserts        TwoInserts        `json:"two_inserts"`         // of one key
	DeleteWhileSaving DeleteWhileSaving `json:"delete_while_saving"` // a DELETE in an open transaction
	RowsAfter         []json.RawMessage `json:"rows_after"`          // the rows after that
	SaveIdenticalRow  string            `json:"save_identical_row"`  // a save that changes nothing: "ok" or a class

	MustCreateInsideAtomic           string `json:"must_create_inside_atomic"`
	SaveAfterCreateErrorInsideAtomic string `json:"save_after_create_error_inside_atomic"`
}

// TwoInserts is a race of two connections that create one key.
type TwoInserts struct {
	First        string `json:"first"`  // "committed" or a class
	Second       string `json:"second"` // likewise
	SecondWaited bool   `json:"second_waited"`
}

// DeleteWhileSaving is a race of a connection that deletes a session, and one that saves it.
type DeleteWhileSaving struct {
	Deleter     string `json:"deleter"` // "committed" or a class
	Saver       string `json:"saver"`   // likewise
	SaverWaited bool   `json:"saver_waited"`
}

// DDL is what Django makes in the database.
type DDL struct {
	SQLMigrate           []string     `json:"sqlmigrate"`                       // lines of "manage.py sqlmigrate sessions 0001", BEGIN, COMMIT and comments included
	DjangoSession        []Definition `json:"django_session"`                   // what the engine itself says of the table
	CacheTable           []Definition `json:"cache_table"`                      // the same of the table of the database cache
	DjangoSessionIndexes []string     `json:"django_session_indexes,omitempty"` // PostgreSQL only
	CacheTableIndexes    []string     `json:"cache_table_indexes,omitempty"`    // PostgreSQL only
}

// Statements returns the statements of SQLMigrate that make the table and its indexes, without the transaction around them.
func (d *DDL) Statements() (statements []string) {
	for _, line := range d.SQLMigrate {
		switch {
		case line == "BEGIN;", line == "COMMIT;", len(line) > 1 && line[:2] == "--":
		default:
			statements = append(statements, line)
		}
	}
	return statements
}

// Definition is a part of a table as the engine says it: a column in PostgreSQL, a statement elsewhere.
type Definition struct {
	Statement string  // empty where it is a column, or SQLite's index of a primary key, which has none
	Column    *Column // nil where it is a statement
}

// Column is a row of PostgreSQL's information_schema.columns.
type Column struct {
	Name      string
	Type      string
	Length    *int   // character_maximum_length
	Nullable  string // is_nullable: YES or NO
	Precision *int   // datetime_precision
}

func (d *Definition) read(raw json.RawMessage) error {
	if raw[0] != '[' {
		return readNullable(raw, &d.Statement)
	}
	d.Column = &Column{}
	return readTuple(raw, &d.Column.Name, &d.Column.Type, &d.Column.Length, &d.Column.Nullable, &d.Column.Precision)
}

// Operation is something that the store db did, and the statements it sent for it.
type Operation struct {
	Op        string   `json:"op"`
	SQL       []string `json:"sql"`       // with the parameters inline
	Exception *string  `json:"exception"` // class of what it raised
	Returned  Data     `json:"returned"`
}

// CustomModel is what a store with a model of its own did, which has one more column.
type CustomModel struct {
	DDL       []string    `json:"ddl"`      // the statements that make the table
	KeySalt   *string     `json:"key_salt"` // nil before 3.1
	SaveNew   Statements  `json:"save_new"`
	SaveAgain Statements  `json:"save_again"`
	Load      LoadSQL     `json:"load"`
	Rows      []CustomRow `json:"rows"` // after that
}

// Statements are those of a save.
type Statements struct {
	SQL       []string `json:"sql"`
	Exception *string  `json:"exception"`
}

// LoadSQL are the statements of a load.
type LoadSQL struct {
	SQL []string `json:"sql"`
}

// CustomRow is a row of the table custom_session, without its expire_date.
type CustomRow struct {
	SessionKey  string
	SessionData string
	AccountID   int
}

func (r *CustomRow) read(raw json.RawMessage) error {
	return readTuple(raw, &r.SessionKey, &r.SessionData, &r.AccountID)
}
