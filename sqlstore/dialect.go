package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-52756201/saltine"
)

// Dialect is what engines differ in. The zero Dialect is none.
type Dialect uint8

// The dialects, each with the engines that Django calls so.
const (
	PostgreSQL Dialect = iota + 1 // 9.5 and later
	MySQL                         // MySQL and MariaDB
	SQLite                        // 3.24 and later
)

// String returns the dialect's name.
func (d Dialect) String() string {
	switch d {
	case PostgreSQL:
		return "PostgreSQL"
	case MySQL:
		return "MySQL"
	case SQLite:
		return "SQLite"
	}
	return "Dialect(" + strconv.Itoa(int(d)) + ")"
}

// quote quotes an identifier that checkIdentifier has let through.
func (d Dialect) quote(identifier string) string {
	q := `"`
	if d == MySQL {
		q = "`"
	}
	return q + strings.ReplaceAll(identifier, ".", q+"."+q) + q
}

// identifierChars are what an identifier may consist of. It is quoted all the same, for it
// may be a word of SQL.
const identifierChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// longestIdentifier is that of PostgreSQL, which cuts off the rest. MySQL takes one more.
const longestIdentifier = 63

// checkIdentifier refuses what is not an identifier on every engine.
func checkIdentifier(what, identifier string) error {
	if identifier == "" || len(identifier) > longestIdentifier || strings.Trim(identifier, identifierChars) != "" {
		return fmt.Errorf("%w: sqlstore: %s is not 1 to %d letters, digits and underscores", saltine.ErrInvalidOption, what, longestIdentifier)
	}
	return nil
}

// query is a statement in the making.
type query struct {
	dialect Dialect
	text    strings.Builder
	args    []any
}

// add appends text, in which each ? stands for the next of args.
func (q *query) add(text string, args ...any) *query {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		q.args = append(q.args, arg)
		q.text.WriteString(before)
		if q.dialect == PostgreSQL {
			q.text.WriteString("$" + strconv.Itoa(len(q.args)))
		} else {
			q.text.WriteByte('?')
		}
		text = after
	}
	q.text.WriteString(text)
	return q
}

// whereKey appends the condition that finds one key and no other spelling of it: MySQL
// compares by the column's collation, which takes capitals, accents and blanks at the end
// lightly. The first comparison is for the index.
func (q *query) whereKey(key string) *query {
	q.add(" WHERE session_key = ?", key)
	if q.dialect == MySQL {
		q.add(" AND CAST(session_key AS BINARY) = ?", key)
	}
	return q
}

// asText returns the expression that reads a date, as something that no driver converts.
// PostgreSQL has instants, which every driver gives as such.
func (d Dialect) asText(column string) string {
	switch d {
	case MySQL:
		return "CAST(" + column + " AS CHAR)"
	case SQLite:
		return "CAST(" + column + " AS TEXT)"
	}
	return column
}

// dateLayout is Django's text of a date without a zone. Reading takes decimals too.
const dateLayout = "2006-01-02 15:04:05"

// date returns what is bound for a time: to the microsecond, for engines and drivers round
// or cut off what is beyond. Engines without zones get the text that Django writes there,
// since drivers write a time.Time each in its own way.
func (b *Backend) date(t time.Time) (any, error) {
	t = t.Truncate(time.Microsecond)
	if b.dialect == PostgreSQL {
		t = t.UTC()
	} else {
		t = t.In(b.location)
	}
	if year := t.Year(); year < 1 || year > 9999 {
		return nil, fmt.Errorf("%w: sqlstore: the session ends in a year that has not four digits", saltine.ErrUnsupported)
	}
	switch {
	case b.dialect == PostgreSQL:
		return t, nil
	case b.dialect == SQLite && t.Nanosecond() == 0: // texts are compared there
		return t.Format(dateLayout), nil
	}
	return t.Format(dateLayout + ".000000"), nil
}

// parseDate returns the time that was read.
func (b *Backend) parseDate(value any) (time.Time, error) {
	var text string
	switch value := value.(type) {
	case time.Time:
		return value, nil
	case string:
		text = value
	case []byte:
		text = string(value)
	}
	t, err := time.ParseInLocation(dateLayout, text, b.location)
	if err != nil {
		return t, fmt.Errorf("%w: sqlstore: expire_date is not a date as Django writes it", saltine.ErrMalformed)
	}
	return t, nil
}
