package pickle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine/internal/pickle"
	"github.com/seed-52756201/saltine/internal/pyjson"
)

const (
	head2 = "\x80\x02"
	head4 = "\x80\x04"
)

// value is a session of protocol 2 whose only key has the pickled value v.
func value(v string) string { return head2 + "}X\x01\x00\x00\x00k" + v + "s." }

func length8(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

func global(module, name string) string { return "c" + module + "\n" + name + "\n" }

// kind names the error: every one of this package has a kind.
func kind(t *testing.T, err error) string {
	t.Helper()
	var syntax *pickle.SyntaxError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, pickle.ErrTooLarge):
		return "too large"
	case errors.Is(err, pickle.ErrNotDict):
		return "not a dict"
	case errors.As(err, &syntax):
		return "syntax"
	}
	t.Errorf("an error without a kind: %v", err)
	return "none"
}

var hostile = []struct{ name, reason, data, want string }{
	{"empty", "no protocol", "", "syntax"},
	{"protocol 1", "has no PROTO", "}.", "syntax"},
	{"protocol 6", "is not known", "\x80\x06}.", "syntax"},
	{"protocol twice", "Python takes it", head2 + head2 + "}.", "syntax"},
	{"no stop", "ends too early", head2 + "}", "syntax"},
	{"bytes after stop", "Python leaves them", head2 + "}..", "syntax"},
	{"nothing on the stack", "stack underflow", head2 + ".", "syntax"},
	{"two values", "one is left over", head2 + "}}.", "syntax"},
	{"a mark is left", "one is left over", head2 + "(}.", "syntax"},
	{"pop of nothing", "stack underflow", head2 + "0}.", "syntax"},
	{"pop of a mark", "a mark hides the rest", head2 + "}(0.", "syntax"},
	{"stop behind a mark", "a mark hides the rest", head2 + "}(.", "syntax"},
	{"tuple without a mark", "mark underflow", head2 + "t.", "syntax"},
	{"pop to no mark", "mark underflow", head2 + "1}.", "syntax"},
	{"tuple of two from one", "stack underflow", head2 + "N\x86.", "syntax"},
	{"odd SETITEMS", "a key without a value", head2 + "}(Nu.", "syntax"},
	{"SETITEMS on a list", "it takes none", value("](NNu"), "syntax"},
	{"APPEND to a dict", "it takes none", value("}Na"), "syntax"},
	{"APPEND to a tuple", "it takes none", value(")Na"), "syntax"},
	{"BUILD of an int", "it has no state", value("K\x01}b"), "syntax"},
	{"REDUCE of an int", "it cannot be called", value("K\x01)R"), "syntax"},
	{"REDUCE without a tuple", "no arguments", value(global("m", "f") + "]R"), "syntax"},
	{"NEWOBJ_EX without a dict", "no keywords", head4 + global("m", "f") + ")]\x92.", "syntax"},
	{"missing memo entry", "Python refuses, too", value("h\x05"), "syntax"},
	{"memo entry far away", "the memo would be large", value("Nr\xff\xff\xff\x7f"), "syntax"},
	{"memo entry twice", "Python takes it", value("Nq\x01q\x01"), "syntax"},
	{"memo of nothing", "stack underflow", head2 + "q\x00}.", "syntax"},
	{"MEMOIZE in protocol 2", "it counts in another way after gaps", value("N\x94"), "syntax"},
	{"BINPUT in protocol 4", "it counts in another way after gaps", head4 + "}q\x00.", "syntax"},
	{"MEMOIZE of nothing", "stack underflow", head4 + "\x94}.", "syntax"},
	{"text of 1 TiB", "a length that lies", head4 + "\x8d" + length8(1<<40) + "a.", "syntax"},
	{"text of 2⁶³ bytes", "no int holds it", head4 + "\x8d" + length8(1<<63) + "a.", "syntax"},
	{"text of 2⁶⁴-1 bytes", "a sum would overflow", head4 + "\x8d" + length8(1<<64-1) + "a.", "syntax"},
	{"bytes of 1 TiB", "a length that lies", head4 + "\x8e" + length8(1<<40) + "a.", "syntax"},
	{"bytearray of 1 TiB", "a length that lies", "\x80\x05\x96" + length8(1<<40) + "a.", "syntax"},
	{"text of 4 GiB", "a length that lies", head2 + "X\xff\xff\xff\xffa.", "syntax"},
	{"int of 4 GiB", "a length that lies", head2 + "\x8b\xff\xff\xff\xffa.", "syntax"},
	{"int of 1787 bytes", "more than 4300 digits", value("\x8b\xfb\x06\x00\x00" + strings.Repeat("\x01", 1787)), "syntax"},
	{"int of 4301 digits", "more than 4300 digits", value("\x8b\xfa\x06\x00\x00" + strings.Repeat("\xff", 1785) + "\x7f"), "syntax"},
	{"frame of 1 TiB", "a length that lies", head4 + "\x95" + length8(1<<40) + "}.", "syntax"},
	{"frame that ends too early", "an opcode crosses its end", head4 + "\x95" + length8(3) + "}\x8c\x01a\x94N s.", "syntax"},
	{"frame in a frame", "Python writes none", head4 + "\x95" + length8(11) + "\x95" + length8(2) + "}.", "syntax"},
	{"text that is not UTF-8", "Python refuses, too", value("X\x01\x00\x00\x00\xff"), "syntax"},
	{"half a surrogate", "Python refuses, too", value("X\x02\x00\x00\x00\xed\xa0"), "syntax"},
	{"a name without an end", "a line", value("cmodule\nname"), "syntax"},
	{"a name of 300 bytes", "it would stand in an error", value(global("m", strings.Repeat("n", 300)) + ")R"), "syntax"},
	{"a name with a newline", "it could not be written", head4 + "}\x8c\x01k\x8c\x01a\x8c\x03b\nc\x93s.", "syntax"},
	{"a name that is no text", "Python refuses, too", head4 + "}\x8c\x01kNN\x93s.", "syntax"},
	{"INT of hexadecimal digits", "Python refuses, too", value("I0x10\n"), "syntax"},
	{"INT of a boolean", "protocol 1", value("I01\n"), "syntax"},
	{"persistent id", "never written", value("Pid\n"), "syntax"},
	{"EXT1", "a registry", value("\x82\x01"), "syntax"},
	{"INST", "protocol 0", value("(iposix\nsystem\n"), "syntax"},
	{"OBJ", "protocol 1", value("(" + global("posix", "system") + "o"), "syntax"},
	{"DUP", "protocol 0", value("N2"), "syntax"},
	{"NEXT_BUFFER", "out of band", "\x80\x05}\x8c\x01k\x97s.", "syntax"},
	{"a list", "not a session", head2 + "].", "not a dict"},
	{"an OrderedDict", "not a session", head2 + global("collections", "OrderedDict") + ")R.", "not a dict"},
	{"an int key", "not a session", head2 + "}K\x01Ns.", "not a dict"},
	{"a key of Python 2 that is not ASCII", "no text", head2 + "}U\x01\xe9Ns.", "not a dict"},
	{"513 lists", "nested too deep", value(strings.Repeat("]", 512) + strings.Repeat("a", 511)), "too large"},
	{"513 tuples", "nested too deep", value("N" + strings.Repeat("\x85", 512)), "too large"},
	{"513 calls", "nested too deep", value(global("m", "f") + strings.Repeat(")R", 512)), "too large"},
	{"memo bomb", "2¹⁰⁰ items", value(bomb(100, "\x86")), "too large"},
	{"memo bomb of dicts", "2¹⁰⁰ items", value(dictBomb(100)), "too large"},
	{"memo bomb of texts", "1 GiB", value("X\x00\x04\x00\x00" + strings.Repeat("x", 1024) + "q\x000](" + strings.Repeat("h\x00", 1<<16) + "e"), "too large"},
	{"memo bomb of calls", "2¹⁰⁰ arguments", value(global("m", "f") + "q\x000" + callBomb(60)), "too large"},
	{"two million values", "longer than the limit", value("](" + strings.Repeat("N", 2<<20) + "e"), "too large"},
}

// bomb makes a tuple of twice the same tuple of twice the same tuple and so on.
func bomb(levels int, tuple string) string {
	var b strings.Builder
	b.WriteString("N")
	for i := range levels {
		b.WriteString("q" + string([]byte{byte(i)}) + "h" + string([]byte{byte(i)}) + tuple)
	}
	return b.String()
}

func dictBomb(levels int) string {
	var b strings.Builder
	b.WriteString("N")
	for i := range levels {
		memo := string([]byte{byte(i)})
		b.WriteString("q" + memo + "0}(X\x01\x00\x00\x00ah" + memo + "X\x01\x00\x00\x00bh" + memo + "u")
	}
	return b.String()
}

func callBomb(levels int) string {
	var b strings.Builder
	b.WriteString("N")
	for i := range levels {
		memo := string([]byte{byte(i + 1)})
		b.WriteString("q" + memo + "0h\x00h" + memo + "h" + memo + "\x86R")
	}
	return b.String()
}

func TestHostilePicklesAreRefused(t *testing.T) {
	for _, test := range hostile {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		members, err := read([]byte(test.data))
		runtime.ReadMemStats(&after)
		if got := kind(t, err); got != test.want || members != nil {
			t.Errorf("%s (%s): %q, %v, want %q", test.name, test.reason, got, err, test.want)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
			t.Errorf("%s: %d bytes were allocated", test.name, used)
		}
	}
}

// Arguments that calls share are copied by each: that has a limit, too.
func TestCallsOfLargeArguments(t *testing.T) {
	text := func(s string) string {
		return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
	}
	for name, call := range map[string][2]string{
		"bytes":        {global("_codecs", "encode"), text(strings.Repeat("a", 100<<10)) + text("latin1") + "\x86"},
		"numbers":      {global("decimal", "Decimal"), text(strings.Repeat("1", 100<<10)) + "\x85"},
		"sets":         {global("__builtin__", "set"), "](" + strings.Repeat("N", 100<<10) + "e\x85"},
		"ordered dict": {global("collections", "OrderedDict"), "](" + strings.Repeat("](NNe", 20<<10) + "e\x85"},
	} {
		data := value("](" + call[0] + "q\x00" + call[1] + "q\x01" + strings.Repeat("h\x00h\x01R", 2000) + "e")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		members, err := read([]byte(data))
		runtime.ReadMemStats(&after)
		if err == nil || members != nil {
			t.Errorf("%s: %d members, %v", name, len(members), err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d bytes were allocated", name, used)
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	for _, test := range []struct{ name, data string }{
		{"512 lists with the session", value(strings.Repeat("]", 511) + strings.Repeat("a", 510))},
		{"an int of 4300 digits", value("\x8b\xfa\x06\x00\x00" + strings.Repeat("\xff", 1785) + "\x01")},
		{"frames side by side", head4 + "\x95" + length8(1) + "}\x95" + length8(1) + "."},
		{"a memo with gaps", value("NNN000Nq\x05")},
		{"surrogates", value("X\x06\x00\x00\x00\xed\xa0\x80\xed\xbf\xbf")},
		{"half a mebibyte", value("](" + strings.Repeat("N", 1<<19) + "e")},
	} {
		members, err := read([]byte(test.data))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if _, err := read(write(t, members)); err != nil {
			t.Errorf("%s, written: %v", test.name, err)
		}
	}
}

func TestRepeatedKeysCountOnce(t *testing.T) {
	for _, test := range []struct{ name, items, want string }{
		{"texts", "X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00bK\x02U\x01aK\x03", `{"a":3,"b":2}`},
		{"numbers", "K\x01K\x01\x88K\x02G\x3f\xf0\x00\x00\x00\x00\x00\x00K\x03", `{"1":3}`},
		{"zeros", "K\x00K\x01G\x80\x00\x00\x00\x00\x00\x00\x00K\x02\x89K\x03", `{"0":3}`},
		{"a number and its text", "K\x01K\x01X\x01\x00\x00\x001K\x02", `{"1":1,"1":2}`},
		{"no numbers", "G\x7f\xf8\x00\x00\x00\x00\x00\x00K\x01G\x7f\xf8\x00\x00\x00\x00\x00\x00K\x02", `{"NaN":1,"NaN":2}`},
		{"nothing and the empty text", "NK\x01X\x00\x00\x00\x00K\x02NK\x03", `{"null":3,"":2}`},
		{"None and its text", "NK\x01X\x04\x00\x00\x00NoneK\x02NK\x03", `{"null":3,"None":2}`},
	} {
		members, err := read([]byte(value("}(" + test.items + "u")))
		if err != nil || len(members) != 1 || members[0].Raw != test.want || members[0].Err != nil {
			t.Errorf("%s: %v, %v, want %s", test.name, forms(members), err, test.want)
		}
	}
	members, err := read([]byte(head2 + "}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00aK\x02u."))
	if err != nil || len(members) != 1 || members[0].Raw != "2" {
		t.Errorf("in the session: %v, %v", forms(members), err)
	}
}

func TestTruncatedPicklesAreRefused(t *testing.T) {
	for _, r := range recordings(t) {
		step := 1 + len(r.Pickle)/2000
		for end := 0; end < len(r.Pickle); end += step {
			if members, err := read(r.Pickle[:end]); kind(t, err) != "syntax" || members != nil {
				t.Errorf("%v, %d bytes of it: %v", &r, end, err)
			}
		}
	}
}

func TestRecursiveValuesSpoilOnlyTheirKey(t *testing.T) {
	for _, test := range []struct{ name, value string }{
		{"a list in itself", "]q\x01h\x01a"},
		{"a dict in itself", "}q\x01X\x01\x00\x00\x00ah\x01s"},
		{"the session", "h\x00"},
		{"a list in a tuple in it", "]q\x01h\x01\x85a"},
		{"a list in a set call's list", "]q\x01" + global("__builtin__", "frozenset") + "h\x01\x85R0h\x01Na0"},
		{"a UUID's state, changed later", global("uuid", "UUID") + ")\x81}q\x01X\x03\x00\x00\x00intK\x01sbh\x01NNs0"},
	} {
		data := head2 + "}q\x00(X\x01\x00\x00\x00k" + test.value + "X\x01\x00\x00\x00nK\x01u."
		members, err := pickle.Members(nil, []byte(data), pickle.Options{MaxSize: maxSize, KeepForeign: true})
		if err != nil || len(members) != 2 {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if _, err := pickle.Append([]byte("kept"), members); !errors.Is(members[0].Err, pickle.ErrRecursive) || !errors.Is(err, pickle.ErrRecursive) || members[0].Raw != "" {
			t.Errorf("%s: read %v %s, written %v", test.name, members[0].Err, members[0].Raw, err)
		}
		if members[1].Err != nil || members[1].Raw != "1" {
			t.Errorf("%s: its neighbour is %s, %v", test.name, members[1].Raw, members[1].Err)
		}
	}
}

// TestKnownCallablesAreKnownByTheirArguments has calls that Python might refuse, or that
// might give anything.
func TestKnownCallablesAreKnownByTheirArguments(t *testing.T) {
	clock := func(s string) string { return "C" + string([]byte{byte(len(s))}) + s + "\x85R" }
	for _, test := range []struct{ name, value, foreign string }{
		{"getattr of os", global("builtins", "getattr") + global("os", "x") + "X\x06\x00\x00\x00system\x86R", "builtins.getattr"},
		{"getattr of ZoneInfo", global("builtins", "getattr") + global("zoneinfo", "ZoneInfo") + "X\x05\x00\x00\x00clear\x86R", "builtins.getattr"},
		{"the bound method alone", global("builtins", "getattr") + global("zoneinfo", "ZoneInfo") + "X\x09\x00\x00\x00_unpickle\x86R", "builtins.getattr"},
		{"eval", global("builtins", "eval") + "X\x01\x00\x00\x001\x85R", "builtins.eval"},
		{"a class alone", global("datetime", "datetime"), "datetime.datetime"},
		{"month 13", global("datetime", "datetime") + clock("\x07\xea\x0d\x01\x00\x00\x00\x00\x00\x00"), "datetime.datetime"},
		{"February 29 of 2026", global("datetime", "date") + clock("\x07\xea\x02\x1d"), "datetime.date"},
		{"year 0", global("datetime", "date") + clock("\x00\x00\x01\x01"), "datetime.date"},
		{"hour 24", global("datetime", "time") + clock("\x18\x00\x00\x00\x00\x00"), "datetime.time"},
		{"a million microseconds", global("datetime", "time") + clock("\x00\x00\x00\x0f\x42\x40"), "datetime.time"},
		{"a date of the calendar", global("datetime", "date") + "M\xea\x07K\x01K\x01\x87R", "datetime.date"},
		{"86400 seconds", global("datetime", "timedelta") + "K\x00J\x80\x51\x01\x00K\x00\x87R", "datetime.timedelta"},
		{"a decimal of letters", global("decimal", "Decimal") + "X\x01\x00\x00\x00a\x85R", "decimal.Decimal"},
		{"bytes of utf-8", global("_codecs", "encode") + "X\x01\x00\x00\x00aX\x05\x00\x00\x00utf-8\x86R", "_codecs.encode"},
		{"bytes beyond latin-1", global("_codecs", "encode") + "X\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1\x86R", "_codecs.encode"},
		{"a terabyte", global("builtins", "bytearray") + "\x8a\x06\x00\x00\x00\x00\x00\x01\x85R", "builtins.bytearray"},
		{"a set of a text", global("builtins", "set") + "X\x01\x00\x00\x00a\x85R", "builtins.set"},
		{"a UUID without state", global("uuid", "UUID") + ")\x81", "uuid.UUID"},
		{"a negative UUID", global("uuid", "UUID") + ")\x81}X\x03\x00\x00\x00intJ\xff\xff\xff\xffsb", "uuid.UUID"},
		{"a safe text by a call", global("django.utils.safestring", "SafeText") + "X\x01\x00\x00\x00a\x85R", "django.utils.safestring.SafeText"},
		{"a zone with a file's name", global("pytz", "_p") + "X\x05\x00\x00\x00../..\x85R", "pytz._p"},
		{"NEWOBJ_EX", global("m", "C") + ")}\x92", "m.C"},
	} {
		data := strings.Replace(value(test.value), head2, head4, 1)
		for _, keep := range []bool{false, true} {
			members, err := pickle.Members(nil, []byte(data), pickle.Options{MaxSize: maxSize, KeepForeign: keep})
			if err != nil || len(members) != 1 {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			var foreign *pickle.ForeignError
			if !errors.As(members[0].Err, &foreign) || foreign.Name != test.foreign || members[0].Raw != "" {
				t.Errorf("%s: %v, want the callable %s", test.name, members[0].Err, test.foreign)
			}
			written, err := pickle.Append(nil, members)
			if keep {
				if again, againErr := readForeign(written); err != nil || againErr != nil || !slices.Equal(forms(members), forms(again)) {
					t.Errorf("%s is not kept: %v, %v", test.name, err, againErr)
				}
			} else if !errors.As(err, &foreign) || written != nil {
				t.Errorf("%s is written: %v", test.name, err)
			}
		}
	}
}

func TestAppendRefusesWhatItCannotWrite(t *testing.T) {
	old, err := readForeign([]byte(value(global("m", "f") + ")R")))
	if err != nil {
		t.Fatal(err)
	}
	late, err := readForeign([]byte(strings.Replace(value(global("m", "f")+")R"), head2, head4, 1)))
	if err != nil {
		t.Fatal(err)
	}
	dst := []byte("kept")
	if got, err := pickle.Append(dst, append(late, old...)); !errors.Is(err, pickle.ErrMixed) || !bytes.Equal(got, dst) {
		t.Errorf("foreign values of two Pythons: %q, %v", got, err)
	}
	for _, test := range []struct{ name, key, raw string }{
		{"no JSON", `"k"`, `{"a":`},
		{"empty", `"k"`, ""},
		{"two keys", `"a":1,"b"`, "1"},
		{"513 arrays", `"k"`, strings.Repeat("[", 512) + strings.Repeat("]", 512)},
	} {
		got, err := pickle.Append(dst, []pickle.Member{{Member: pyjson.Member{RawKey: test.key, Raw: test.raw}}})
		if err == nil || !bytes.Equal(got, dst) {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

func TestErrorsHoldNoPayload(t *testing.T) {
	const secret = "correct-horse"
	for _, r := range hostile {
		data := strings.Replace(r.data, "}", "}X\x0d\x00\x00\x00"+secret+"Ns", 1)
		if _, err := read([]byte(data)); err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", r.name, err)
		}
	}
}
