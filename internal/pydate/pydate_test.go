package pydate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/internal/pydate"
)

// berlin has an offset of its own in November, and a summer time.
func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database: ", err)
	}
	return loc
}

// parsed is all that Parse returns, with the time in UTC to the nanosecond.
type parsed struct {
	Time  string
	Naive bool
	Err   error
}

func parse(text string, loc *time.Location) parsed {
	t, naive, err := pydate.Parse(text, loc)
	if err != nil {
		return parsed{Err: err}
	}
	return parsed{Time: t.UTC().Format(time.RFC3339Nano), Naive: naive}
}

func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, text, want, reason string }{
		{"Django", "2023-11-14T22:13:20+00:00", "2023-11-14T22:13:20Z", "isoformat of an aware date, with USE_TZ"},
		{"microseconds", "2023-11-14T22:13:20.000123+00:00", "2023-11-14T22:13:20.000123Z", "isoformat writes six digits or none"},
		{"Z", "2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z", "JavaScript and others write Z"},
		{"minus zero", "2023-11-14T22:13:20-00:00", "2023-11-14T22:13:20Z", "the sign of nothing"},
		{"east", "2023-11-14T22:13:20+01:00", "2023-11-14T21:13:20Z", "an offset is subtracted"},
		{"west", "2023-11-14T22:13:20-0130", "2023-11-14T23:43:20Z", "an offset without a colon"},
		{"hours of offset", "2023-11-14T22:13:20+05", "2023-11-14T17:13:20Z", "an offset of hours alone"},
		{"seconds of offset", "1890-01-01T00:00:00+00:53:28", "1889-12-31T23:06:32Z", "local mean time, which isoformat writes"},
		{"fraction of offset", "2023-11-14T22:13:20+00:00:01.5", "2023-11-14T22:13:18.5Z", "Python's offsets have microseconds"},
		{"small fraction of offset", "2023-11-14T22:13:20-00:00:00.000001", "2023-11-14T22:13:20.000001Z", "the C implementation loses it up to 3.14"},
		{"largest offset", "2023-11-14T22:13:20+23:59:59", "2023-11-13T22:13:21Z", "offsets are below a day"},
		{"before the year 1", "0001-01-01T00:00+00:01", "0000-12-31T23:59:00Z", "an aware date may begin before the first year in UTC"},
		{"after the year 9999", "9999-12-31T23:59-00:01", "10000-01-01T00:00:00Z", "and end after the last"},
		{"comma", "2023-11-14T22:13:20,5Z", "2023-11-14T22:13:20.5Z", "ISO 8601 prefers it"},
		{"cut", "2023-11-14T22:13:20.1234569Z", "2023-11-14T22:13:20.123456Z", "further digits are cut, not rounded"},
		{"basic", "20231114T221320.25+0000", "2023-11-14T22:13:20.25Z", "no separators at all"},
		{"mixed", "2023-11-14T2213+00:00", "2023-11-14T22:13:00Z", "date, time and offset choose on their own"},
		{"hour", "2023-11-14T22Z", "2023-11-14T22:00:00Z", "minutes are optional"},
		{"space", "2023-11-14 22:13Z", "2023-11-14T22:13:00Z", "str() of a datetime"},
		{"hyphen", "2023-11-14-22:13Z", "2023-11-14T22:13:00Z", "any character separates, one of an offset too"},
		{"digit", "2023-11-14922:13Z", "2023-11-14T22:13:00Z", "any character separates, a digit too"},
		{"wide separator", "2023-11-14\U0001f36a22:13Z", "2023-11-14T22:13:00Z", "a character is not a byte"},
		{"replacement character", "2023-11-14\ufffd22:13Z", "2023-11-14T22:13:00Z", "what a lone surrogate of JSON becomes, which Python takes here"},
		{"leap day", "2024-02-29T00Z", "2024-02-29T00:00:00Z", "a leap year"},
		{"week date", "2023-W46-2T22Z", "2023-11-14T22:00:00Z", "year, week and day"},
		{"week", "2023-W46T22Z", "2023-11-13T22:00:00Z", "a week begins on Monday"},
		{"basic week date", "2023W462T22Z", "2023-11-14T22:00:00Z", "without hyphens"},
		{"basic week", "2023W46T22Z", "2023-11-13T22:00:00Z", "without hyphens"},
		{"week, hyphen, hour", "2023-W46-22Z", "2023-11-13T22:00:00Z", "two digits are no weekday"},
		{"week, digit, hour", "2023W46022Z", "2023-11-13T22:00:00Z", "an odd number of digits is a separator and a time"},
		{"week date, digit, hour", "2023W462022Z", "2023-11-14T22:00:00Z", "an even number is a weekday before these"},
		{"week 53", "2020-W53-7T00Z", "2021-01-03T00:00:00Z", "a long year"},
		{"week 1", "2025-W01-1T00Z", "2024-12-30T00:00:00Z", "a week of the new year may begin in the old"},
		{"first", "0001-01-01T00Z", "0001-01-01T00:00:00Z", "datetime.min"},
		{"last", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", "datetime.max"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(parsed{Time: tc.want}, parse(tc.text, berlin(t))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestParseNaive(t *testing.T) {
	for _, tc := range []struct{ name, text, want, reason string }{
		{"Django", "2023-11-14T23:13:20", "2023-11-14T22:13:20Z", "isoformat of a naive date, without USE_TZ"},
		{"microseconds", "2023-11-14T23:13:20.000001", "2023-11-14T22:13:20.000001Z", "the fraction is that of the second"},
		{"date", "2023-11-14", "2023-11-13T23:00:00Z", "a date alone is its midnight"},
		{"basic date", "20231114", "2023-11-13T23:00:00Z", "a date alone is its midnight"},
		{"week", "2023W46", "2023-11-12T23:00:00Z", "the shortest text there is"},
		{"summer", "2023-07-14T23:13:20", "2023-07-14T21:13:20Z", "the offset is that of the date"},
		{"day of a change", "2023-03-26T12:00", "2023-03-26T10:00:00Z", "noon is not twelve hours after this midnight"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(parsed{Time: tc.want, Naive: true}, parse(tc.text, berlin(t))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// A naive time that the clocks of the location skip, or show twice.
func TestParseChangingClocks(t *testing.T) {
	loc := berlin(t)
	for _, tc := range []struct {
		name, text string
		want       time.Time
	}{
		{"skipped", "2023-03-26T02:30", time.Date(2023, time.March, 26, 2, 30, 0, 0, loc)},
		{"shown twice", "2023-10-29T02:30", time.Date(2023, time.October, 29, 2, 30, 0, 0, loc)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := pydate.Parse(tc.text, loc)
			if err != nil || !got.Equal(tc.want) {
				t.Errorf("Parse(%q) = %v, %v, want %v as time.Date", tc.text, got, err, tc.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct{ name, text, reason string }{
		{"nothing", "", "no date"},
		{"month", "2023-11", "a month is no date"},
		{"ordinal date", "2023-318", "Python reads no days of the year"},
		{"basic ordinal date", "2023318", "Python reads no days of the year"},
		{"short day", "2023-11-1", "two digits always"},
		{"missing hyphen", "2023-1114", "hyphens are both there or both not"},
		{"extra hyphen", "202311-14", "hyphens are both there or both not"},
		{"missing week hyphen", "2023-W462", "hyphens are both there or both not"},
		{"extra week hyphen", "2023W46-2", "the hyphen would be a separator, and the hour too short"},
		{"week hyphen alone", "2023-W46-", "neither a day nor a time follows"},
		{"small w", "2023-w46-2", "the letter is a capital"},
		{"year 0", "0000-12-31", "datetime begins with the year 1"},
		{"ISO year 0", "0000-W52-7", "datetime begins with the year 1"},
		{"year 10000", "9999-W52-6", "the week ends after datetime.max"},
		{"month 0", "2023-00-14", "not in the calendar"},
		{"month 13", "2023-13-14", "not in the calendar"},
		{"day 0", "2023-11-00", "not in the calendar"},
		{"day 31", "2023-11-31", "not in the calendar"},
		{"no leap day", "1900-02-29", "no leap year"},
		{"week 0", "2023-W00-1", "weeks begin at 1"},
		{"week 53", "2023-W53-1", "a short year"},
		{"weekday 0", "2023-W46-0", "weekdays begin at 1"},
		{"weekday 8", "2023-W46-8", "weekdays end at 7"},
		{"foreign digits", "２０２３-11-14", "ASCII digits only"},
		{"sign", "+023-11-14", "digits only"},
		{"space before", " 2023-11-14", "nothing is trimmed"},
		{"space after", "2023-11-14T22:13:20Z ", "nothing is trimmed"},
		{"separator alone", "2023-11-14T", "the C implementation refuses it"},
		{"wide separator alone", "2023-11-14é", "the C implementation refuses it"},
		{"two separators", "2023-11-14  22:13", "one character separates"},
		{"broken separator", "2023-11-14\xff22:13", "not UTF-8, which no Python text is"},
		{"offset alone", "2023-11-14T+01:00", "an offset needs a time"},
		{"Z after the date", "2023-11-14Z", "an offset needs a time"},
		{"short hour", "2023-11-14T2", "two digits always"},
		{"short minute", "2023-11-14T22:1", "two digits always"},
		{"colon at the end", "2023-11-14T22:", "minutes must follow"},
		{"second colon missing", "2023-11-14T22:1320", "colons are both there or both not"},
		{"second colon extra", "2023-11-14T2213:20", "colons are both there or both not"},
		{"hour 24", "2023-11-14T24:00:00", "taken since 3.14 only"},
		{"hour 25", "2023-11-14T25:00:00", "not on the clock"},
		{"minute 60", "2023-11-14T22:60:00", "not on the clock"},
		{"second 60", "2023-11-14T22:13:60", "datetime has no leap seconds"},
		{"empty fraction", "2023-11-14T22:13:20.", "a digit must follow"},
		{"fraction of an hour", "2023-11-14T22.5", "only the C implementation takes it, as milliseconds"},
		{"fraction of a minute", "2023-11-14T22:13.5", "only the C implementation takes it, as milliseconds"},
		{"colon before the fraction", "2023-11-14T22:13:20:5", "only some of the C implementations take it"},
		{"fraction without a mark", "2023-11-14T22132050", "only the C implementation takes it"},
		{"empty fraction and offset", "2023-11-14T22:13:20.Z", "only the C implementation takes it, up to 3.14"},
		{"junk before the offset", "2023-11-14T22:13:20.5x+00:00", "a character is left over"},
		{"letter before the offset", "2023-11-14T22x+00:00", "only the C implementation takes it"},
		{"space before the offset", "2023-11-14T22:13:20 +00:00", "a character is left over"},
		{"NUL", "2023-11-14T22\x00", "only the C implementation takes it, as the end of the text"},
		{"NUL after Z", "2023-11-14T22:13:20Z\x00", "only the C implementation takes it, as the end of the text"},
		{"small z", "2023-11-14T22:13:20z", "the letter is a capital"},
		{"digits after Z", "2023-11-14T22:13:20Z00", "Z is the whole offset"},
		{"sign alone", "2023-11-14T22:13:20+", "an offset has hours"},
		{"short offset", "2023-11-14T22:13:20+1", "two digits always"},
		{"three digits of offset", "2023-11-14T22:13:20+010", "two digits always"},
		{"minus sign U+2212", "2023-11-14T22:13:20\u221201:00", "the ASCII hyphen only"},
		{"two offsets", "2023-11-14T22:13:20+01:00Z", "one offset"},
		{"offset of a day", "2023-11-14T22:13:20+24:00", "offsets are below a day"},
		{"90 minutes of offset", "2023-11-14T22:13:20+00:90", "taken by early releases only"},
		{"60 seconds of offset", "2023-11-14T22:13:20+00:00:60", "taken by early releases only"},
		{"HTTP date", "Tue, 14 Nov 2023 22:13:20 GMT", "not ISO 8601"},
		{"timestamp", "1700000000", "not ISO 8601"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := parse(tc.text, time.UTC); got != (parsed{Err: pydate.ErrSyntax}) {
				t.Errorf("Parse(%q) = %+v, want ErrSyntax: %s", tc.text, got, tc.reason)
			}
		})
	}
}

func TestParseLocation(t *testing.T) {
	loc := berlin(t)
	for text, want := range map[string]*time.Location{
		"2023-11-14T22:13:20":       loc,
		"2023-11-14T22:13:20+01:00": time.UTC,
		"2023-11-14T22:13:20Z":      time.UTC,
	} {
		got, _, err := pydate.Parse(text, loc)
		if err != nil || got.Location() != want {
			t.Errorf("Parse(%q) is in %v, %v, want %v", text, got.Location(), err, want)
		}
	}
}

func TestAppendISO(t *testing.T) {
	zone := func(seconds int) *time.Location { return time.FixedZone("", seconds) }
	for _, tc := range []struct {
		name string
		time time.Time
		want string
	}{
		{"UTC", time.Unix(1700000000, 0).UTC(), "2023-11-14T22:13:20+00:00"},
		{"microseconds", time.Unix(1700000000, 123000).UTC(), "2023-11-14T22:13:20.000123+00:00"},
		{"trailing zeros stay", time.Unix(1700000000, 5e8).UTC(), "2023-11-14T22:13:20.500000+00:00"},
		{"less than a microsecond", time.Unix(1700000000, 999).UTC(), "2023-11-14T22:13:20+00:00"},
		{"cut, not rounded", time.Unix(1700000000, 999999999).UTC(), "2023-11-14T22:13:20.999999+00:00"},
		{"east", time.Unix(1700000000, 0).In(zone(3600)), "2023-11-14T23:13:20+01:00"},
		{"west", time.Unix(1700000000, 0).In(zone(-12600)), "2023-11-14T18:43:20-03:30"},
		{"seconds of offset", time.Unix(1700000000, 0).In(zone(3208)), "2023-11-14T23:06:48+00:53:28"},
		{"seconds west", time.Unix(1700000000, 0).In(zone(-30)), "2023-11-14T22:12:50-00:00:30"},
		{"first year", time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), "0001-01-01T00:00:00+00:00"},
		{"last year", time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC), "9999-12-31T23:59:59+00:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff("at "+tc.want, string(pydate.AppendISO([]byte("at "), tc.time))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllocs(t *testing.T) {
	loc := berlin(t)
	for _, text := range []string{
		"2023-11-14T23:13:20", "2023-11-14T23:13:20+00:00", "2023-11-14T23:13:20.000123+01:00", "tomorrow",
	} {
		if n := testing.AllocsPerRun(100, func() { _, _, _ = pydate.Parse(text, loc) }); n != 0 {
			t.Errorf("Parse(%q) allocates %v times", text, n)
		}
	}
	buf := make([]byte, 0, 64)
	now := time.Unix(1700000000, 123456000).In(loc)
	if n := testing.AllocsPerRun(100, func() { _ = pydate.AppendISO(buf, now) }); n != 0 {
		t.Errorf("AppendISO allocates %v times", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"2023-11-14T22:13:20", "2023-11-14T22:13:20.000123+00:00", "2023-W46-2 22:13Z", "2023W46022,5",
		"20231114T221320.25-0130", "2023-11-14é22", "0001-01-01T00:00+00:01", "2023-11-14",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, naive, err := pydate.Parse(text, time.UTC)
		if err != nil {
			// The sentinel itself, so that nothing of the text is in it.
			if parse(text, time.UTC) != (parsed{Err: pydate.ErrSyntax}) || naive || !read.IsZero() {
				t.Fatalf("Parse(%q) = %v, %v, %v", text, read, naive, err)
			}
			return
		}
		if read.Year() < 1 || read.Year() > 9999 {
			return // an offset took it out of the years that can be written
		}
		written := pydate.AppendISO(nil, read)
		again, naive, err := pydate.Parse(string(written), time.Local)
		if err != nil || naive || !again.Equal(read) {
			t.Fatalf("Parse(%q) = %v, written as %s and read as %v, %v, %v", text, read, written, again, naive, err)
		}
	})
}
