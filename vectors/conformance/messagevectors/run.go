package messagevectors

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/internal/recording"
)

// Report is the result of a run, in the order of the file. A case is there once for each
// build that it is compared with.
type Report = recording.Report

type facts = recording.Facts

// olderForms are builds whose form of the cookie an option of package messages reads. What
// is read is compared: writing is as the newest Django does.
var olderForms = []string{"3.1.14", "3.0.14"}

// Run runs every case of f.
func Run(f *File) Report {
	var r Report
	for i := range f.Cases {
		c := &f.Cases[i]
		build := c.newest()
		rules, m := c.run(build)
		r.Add(recording.Result{ID: c.ID, Name: c.Name, Build: build, Rules: rules}, m)
		for _, older := range olderForms {
			if o := c.outcome(older); o != nil && older != build && isText(o.RequestCookie) && o.Exception == "" {
				r.Add(recording.Result{ID: c.ID, Name: c.Name, Build: older}, c.runReading(older))
			}
		}
	}
	return r
}

// run compares everything that a build did.
func (c *Case) run(build string) (applied []string, m *recording.Mismatch) {
	o := c.outcome(build)
	want := &expectation{facts: factsOf(c, o)}
	for _, r := range rules {
		if r.applies(c, o) {
			applied = append(applied, r.Name)
			if err := r.change(c, o, want); err != nil {
				return applied, recording.Failure(err)
			}
		}
	}
	got, err := c.exchange(o, build)
	switch {
	case want.refused && errors.Is(err, saltine.ErrInvalidOption):
		return applied, nil
	case want.refused:
		return applied, &recording.Mismatch{Want: "options that are refused", Got: fmt.Sprint(err)}
	case err != nil:
		return applied, recording.Failure(err)
	}
	is := got.facts(o)
	for _, name := range want.ignored {
		delete(want.facts, name)
		delete(is, name)
	}
	if m := want.facts.Differ(is); m != nil || want.also == nil {
		return applied, m
	}
	return applied, want.also(got)
}

// runReading compares what the steps read.
func (c *Case) runReading(build string) *recording.Mismatch {
	o := c.outcome(build)
	got, err := c.exchange(o, build)
	if err != nil {
		return recording.Failure(err)
	}
	want, all := facts{}, factsOf(c, o)
	for name, value := range all {
		if strings.HasPrefix(name, "step ") {
			want[name] = value
		}
	}
	want["cookie"] = all["cookie"]
	return want.Differ(got.facts(o).In(want))
}

// factsOf writes an outcome as facts. Which exception it was is Python's own.
func factsOf(c *Case, o *Outcome) facts {
	if o.Exception != "" {
		return facts{"exception": "one"}
	}
	f := facts{"error": "none"}
	for i, step := range c.told() {
		s := &o.Steps[i]
		addStep(f, step, s.Op, s.Used, s.AddedNew)
		prefix := stepPrefix(step, s.Op)
		switch {
		case s.Exception != "":
			f[prefix+"read"] = "an exception"
		case s.Messages != nil:
			f[prefix+"read"] = listText(s.Messages)
		case s.First != nil:
			f[prefix+"read"] = listText(s.First)
		case s.Len != nil:
			f[prefix+"read"] = strconv.Itoa(*s.Len)
		}
	}
	f["unstored"] = listText(o.Unstored)
	addSession(f, o.Session)
	f["cookie"] = "untouched"
	if o.Cookie != nil {
		f["cookie"] = *o.Cookie
		f["cookie attributes"] = attributes(o.SetCookie)
	}
	if f["cookie"] == "set" {
		f["cookie messages"] = listText(o.CookieMessages)
		f["cookie payload"] = payloadText(c, o.CookieValue)
	}
	return f
}

func stepPrefix(i int, op string) string { return fmt.Sprintf("step %02d %s ", i, op) }

func addStep(f facts, i int, op string, used, added bool) {
	f[stepPrefix(i, op)+"used"] = strconv.FormatBool(used)
	f[stepPrefix(i, op)+"added_new"] = strconv.FormatBool(added)
}

func addSession(f facts, s *Session) {
	f["session modified"] = strconv.FormatBool(s.Modified)
	f["session accessed"] = strconv.FormatBool(s.Accessed)
	f["session items"] = "not loaded"
	if s.Items == nil {
		return
	}
	lines := []string{}
	for _, item := range s.Items {
		lines = append(lines, normal(item[0])+": "+normal(item[1]))
	}
	f["session items"] = strings.Join(lines, "\n")
}

// longText is what a recording has in place of a long text.
type longText struct {
	Length int    `json:"length"`
	SHA256 string `json:"sha256,omitempty"`
}

// digest returns a text as a recording has it where it is long.
func digest(text string) json.RawMessage {
	sum := sha256.Sum256([]byte(text))
	return fmt.Appendf(nil, `{"length":%d,"sha256":"%x"}`, len(text), sum)
}

// isDigest reports whether a recording has a digest in place of a text.
func isDigest(raw json.RawMessage) bool {
	var long longText
	return json.Unmarshal(raw, &long) == nil && long.SHA256 != ""
}

// longList is what a recording has in place of a long list of messages. It counts the
// sentinel too.
type longList struct {
	Count    int  `json:"count"`
	Sentinel bool `json:"sentinel"`
}

// isCount reports whether a recording has a count in place of a list.
func isCount(raw json.RawMessage) bool { return bytes.HasPrefix(raw, []byte(`{"count"`)) }

// listText writes a list of messages, or one, in one way.
func listText(raw json.RawMessage) string {
	if raw == nil || string(raw) == "null" {
		return "none"
	}
	return normal(raw)
}

// normal writes JSON in one way.
func normal(raw json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err.Error()
	}
	out, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// attributes are those of a Set-Cookie header in order, their names in small letters: both
// are Python's own. The value of a deletion is one of them.
func attributes(line string) string {
	pair, rest, _ := strings.Cut(line, "; ")
	name, value, _ := strings.Cut(pair, "=")
	parts := strings.Split(rest, "; ")
	for i, part := range parts {
		key, text, hasValue := strings.Cut(part, "=")
		parts[i] = strings.ToLower(key)
		if hasValue {
			parts[i] += "=" + text
		}
	}
	slices.Sort(parts)
	if value == `""` {
		parts = append(parts, "empty")
	}
	return name + ": " + strings.Join(parts, "; ")
}
