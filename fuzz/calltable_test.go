package fuzz_test

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/seed-52756201/saltine"
)

// calls are the methods of a session, each with its counterpart in the model.
// Their arguments are chosen by the bytes that follow.
var calls = []func(*runner){
	func(r *runner) {
		name := r.name("Get")
		want, _ := r.model.get(name.key)
		r.requireSame(want.value, r.session.Get(name.key))
	},
	func(r *runner) {
		name := r.name("Has")
		r.requireSame(r.model.has(name.key), r.session.Has(name.key))
	},
	func(r *runner) {
		name, value := r.name("Set"), r.value()
		r.model.set(name, value.member)
		r.session.Set(name.key, value.set)
	},
	func(r *runner) {
		name := r.name("Delete")
		r.requireSame(r.model.remove(name.key), r.session.Delete(name.key))
	},
	func(r *runner) {
		name := r.name("Pop")
		want, wantOK := r.model.pop(name.key)
		got, ok := r.session.Pop(name.key)
		r.requireSame(want.value, got)
		r.requireSame(wantOK, ok)
	},
	func(r *runner) {
		name, value := r.name("SetDefault"), r.value()
		if !r.model.has(name.key) {
			r.model.set(name, value.member)
		}
		want, _ := r.model.get(name.key)
		r.requireSame(want.value, r.session.SetDefault(name.key, value.set))
	},
	update,
	func(r *runner) {
		name, value := r.name("Replace"), r.value()
		other := r.store.New()
		other.Set(name.key, value.set)
		r.model.clear()
		r.model.set(name, value.member)
		r.session.Replace(other)
		other.Set(name.key, "later") // changes nothing of ours
	},
	func(r *runner) {
		r.logf("Len")
		r.model.use()
		r.requireSame(len(r.model.members), r.session.Len())
	},
	iterate,
	func(r *runner) {
		r.logf("Items")
		r.model.use()
		var want []any
		for _, member := range r.model.members {
			want = append(want, member.key, member.value)
		}
		var got []any
		for key, value := range r.session.Items() {
			got = append(got, key, value)
		}
		r.requireSame(want, got)
	},
	func(r *runner) {
		r.logf("Values")
		r.model.use()
		var want []any
		for _, member := range r.model.members {
			want = append(want, member.value)
		}
		r.requireSame(want, slices.Collect(r.session.Values()))
	},
	func(r *runner) {
		r.logf("Clear")
		r.model.clear()
		r.session.Clear()
	},
	func(r *runner) {
		r.logf("Flush")
		r.model.flush()
		r.requireSame(good, kindOf(r.t, r.session.Flush()))
	},
	func(r *runner) {
		r.logf("Destroy")
		r.model.destroy()
		r.requireSame(good, kindOf(r.t, r.session.Destroy()))
	},
	func(r *runner) {
		r.logf("Create")
		r.model.modified = true
		r.requireSame(good, kindOf(r.t, r.session.Create()))
	},
	func(r *runner) { r.save("Save", r.session.Save) },
	func(r *runner) { r.save("CycleKey", r.session.CycleKey) },
	func(r *runner) {
		r.logf("SetTestCookie")
		r.model.set(names[slices.IndexFunc(names, func(n member) bool { return n.key == "testcookie" })],
			member{text: `"worked"`, value: "worked", ending: ending{kind: byNothing}, isWritable: true})
		r.session.SetTestCookie()
	},
	func(r *runner) {
		r.logf("TestCookieWorked")
		found, _ := r.model.get("testcookie")
		r.requireSame(found.value == any("worked"), r.session.TestCookieWorked())
	},
	func(r *runner) {
		r.logf("DeleteTestCookie")
		r.requireSame(r.model.remove("testcookie"), r.session.DeleteTestCookie())
	},
	setExpiry,
	func(r *runner) {
		r.logf("Expiry")
		r.model.use()
		e, err := r.session.Expiry()
		want := r.model.ending()
		if want.kind == byNothing || want.kind == byEmptyText {
			r.requireSame(wrongType, kindOf(r.t, err))
			return
		}
		r.requireSame(good, kindOf(r.t, err))
		_, isIdle := e.Idle()
		date, isDate := e.Date()
		r.requireSame(want.kind == byDefault, e.IsDefault())
		r.requireSame(want.kind == bySeconds, isIdle)
		r.requireSame(want.kind == byDate, isDate)
		r.requireSame(true, !isDate || date.Equal(want.date))
	},
	func(r *runner) {
		r.logf("ExpiryAge")
		r.model.use()
		want, kind := r.model.age()
		got, err := r.session.ExpiryAge()
		r.requireSame(kind, kindOf(r.t, err))
		r.requireSame(want, got)
	},
	func(r *runner) {
		r.logf("ExpiryDate")
		r.model.use()
		want, kind := r.model.date()
		got, err := r.session.ExpiryDate()
		r.requireSame(kind, kindOf(r.t, err))
		r.requireSame(want.UnixMicro(), got.UnixMicro())
	},
	func(r *runner) {
		r.logf("ExpiresAtBrowserClose")
		r.model.use()
		r.requireSame(r.model.atBrowserClose(), r.session.ExpiresAtBrowserClose())
	},
	func(r *runner) {
		r.logf("Err")
		r.model.load()
		want := r.model.err
		if want == "" {
			want = good
		}
		r.requireSame(want, kindOf(r.t, r.session.Err()))
	},
	func(r *runner) {
		r.logf("Verification")
		r.model.load()
		r.requireSame(r.model.verified, r.session.Verification().Size > 0)
	},
	func(r *runner) {
		r.logf("Sizes")
		r.model.load()
		got := r.session.Sizes()
		r.requireSame(len(r.model.members), len(got))
		r.requireSame(true, slices.IsSortedFunc(got, func(a, b saltine.ValueSize) int { return b.Size - a.Size }))
	},
	func(r *runner) {
		modified := r.source.byte()%2 == 0
		r.logf("SetModified(%v)", modified)
		r.model.modified = modified
		r.session.SetModified(modified)
	},
	func(r *runner) {
		accessed := r.source.byte()%2 == 0
		r.logf("SetAccessed(%v)", accessed)
		r.model.accessed = accessed
		r.session.SetAccessed(accessed)
	},
	func(r *runner) { fieldGet(r, saltine.Field[int64](r.name("Field[int64].Get").key)) },
	func(r *runner) { fieldGet(r, saltine.Field[string](r.name("Field[string].Get").key)) },
	func(r *runner) { fieldPop(r, saltine.Field[int64](r.name("Field[int64].Pop").key)) },
	func(r *runner) { fieldPop(r, saltine.Field[string](r.name("Field[string].Pop").key)) },
	func(r *runner) {
		wait := time.Duration(r.source.byte()) * 500 * time.Millisecond
		r.logf("wait %v", wait)
		r.model.now = r.model.now.Add(wait)
	},
}

// name chooses the argument of a call.
func (r *runner) name(call string) member {
	name := names[r.source.choice(len(names))]
	r.logf("%s(%q)", call, name.key)
	return name
}

func (r *runner) value() value {
	v := values[r.source.choice(len(values))]
	r.logf("value %.20s", v.text)
	return v
}

func (r *runner) requireSame(want, got any) {
	r.t.Helper()
	if !isSame(want, got) {
		r.failf("%#v, want %#v", got, want)
	}
}

// update sets up to three values.
func update(r *runner) {
	r.logf("Update")
	set, chosen := map[string]any{}, map[string]value{}
	for range r.source.choice(4) {
		name, value := r.name("  "), r.value()
		value.key, value.name = name.key, name.name
		value.isWritable = value.isWritable && name.isWritable
		set[name.key], chosen[name.key] = value.set, value
	}
	r.model.use()
	r.model.modified = true
	for _, name := range slices.SortedFunc(slices.Values(names), func(a, b member) int { return compareText(a.key, b.key) }) {
		if v, ok := chosen[name.key]; ok {
			r.model.set(name, v.member)
		}
	}
	r.session.Update(set)
}

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// iterate deletes every second name on the way, which the iteration must not
// notice.
func iterate(r *runner) {
	r.logf("Keys, deleting")
	r.model.use()
	var want []string
	for _, member := range r.model.members {
		want = append(want, member.key)
	}
	i := 0
	for key := range r.session.Keys() {
		if i >= len(want) || key != want[i] {
			r.failf("name %d is %q, want %q", i, key, want)
		}
		if i%2 == 1 {
			r.requireSame(r.model.remove(key), r.session.Delete(key))
		}
		i++
	}
	r.requireSame(len(want), i)
}

func (r *runner) save(name string, save func() error) {
	r.logf("%s", name)
	r.model.use()
	err := save()
	token := ""
	if err == nil {
		token = r.session.Key()
		r.model.key, r.model.modified = token, true
	}
	r.requireSaved(name, r.cookies, token, err)
}

// setExpiry makes an Expiry in each way there is.
func setExpiry(r *runner) {
	name := names[slices.IndexFunc(names, func(n member) bool { return n.key == expiryKey })]
	seconds := float64(int8(r.source.byte())) / 2
	d := time.Duration(seconds * float64(time.Second))
	r.logf("SetExpiry %v", d)
	switch r.source.choice(8) {
	case 0:
		r.model.remove(expiryKey)
		r.session.SetExpiry(saltine.Expiry{})
	case 1:
		r.model.set(name, inSeconds(seconds))
		r.session.SetExpiry(saltine.ExpireIdle(d))
	case 2:
		r.model.set(name, inSeconds(0))
		r.session.SetExpiry(saltine.ExpireAtBrowserClose())
	case 3:
		r.model.set(name, onDate(r.model.now.Add(d)))
		r.session.SetExpiry(saltine.ExpireIn(d))
	case 4:
		zone := time.FixedZone("", int(seconds)*60)
		r.model.set(name, onDate(start.Add(d).In(zone)))
		r.session.SetExpiry(saltine.ExpireAt(start.Add(d).In(zone)))
	case 5:
		r.model.set(name, member{text: "null"})
		r.session.SetExpiry(saltine.ExpireAt(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	case 6:
		r.model.set(name, r.model.beyond(inSeconds(seconds+2*r.model.cookieAge.Seconds())))
		r.session.SetExpiry(saltine.ExpireIdle(d + 2*r.model.cookieAge))
	case 7:
		r.model.set(name, r.model.beyond(onDate(r.model.now.Add(d+2*r.model.cookieAge))))
		r.session.SetExpiry(saltine.ExpireIn(d + 2*r.model.cookieAge))
	}
}

// inSeconds is what set_expiry stores for a number.
func inSeconds(seconds float64) member {
	m := member{text: strconv.FormatFloat(seconds, 'f', -1, 64), value: seconds, ending: ending{kind: bySeconds, seconds: seconds}, isWritable: true}
	if seconds == math.Trunc(seconds) {
		m.value = int64(seconds)
	}
	return m
}

// onDate is what set_expiry stores for a datetime.
func onDate(date time.Time) member {
	layout := "2006-01-02T15:04:05-07:00"
	if date.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000-07:00"
	}
	text := date.Format(layout)
	return member{text: `"` + text + `"`, value: text, ending: ending{kind: byDate, date: date}, isWritable: true}
}

// wantField is what a Field of type T makes of a value.
func wantField[T any](found member, ok bool) (value T, kind string) {
	if !ok {
		return value, missing
	}
	if found.value == nil {
		return value, good // null fits every type
	}
	if value, ok = found.value.(T); ok {
		return value, good
	}
	return value, wrongType
}

func fieldGet[T any](r *runner, f saltine.Field[T]) {
	want, kind := wantField[T](r.model.get(string(f)))
	got, err := f.Get(r.session)
	r.requireSame(kind, kindOf(r.t, err))
	r.requireSame(want, got)
}

// fieldPop removes nothing that does not fit.
func fieldPop[T any](r *runner, f saltine.Field[T]) {
	modified := r.model.modified
	want, kind := wantField[T](r.model.get(string(f)))
	r.model.modified = modified
	if kind == good {
		r.model.remove(string(f))
	}
	got, err := f.Pop(r.session)
	r.requireSame(kind, kindOf(r.t, err))
	r.requireSame(want, got)
}
