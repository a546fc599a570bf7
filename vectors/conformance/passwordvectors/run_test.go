package passwordvectors_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
	"github.com/seed-52756201/saltine/vectors/conformance/passwordvectors"
)

func recordings(t *testing.T) []byte {
	t.Helper()
	packed, err := os.ReadFile("testdata/passwords.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, data []byte) *passwordvectors.File {
	t.Helper()
	f, err := passwordvectors.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every case, on every build whose outcome was recorded.
func TestRecordings(t *testing.T) {
	f := parse(t, recordings(t))
	r := passwordvectors.Run(f)
	for _, failure := range r.Failures {
		t.Errorf("%d %s, Django %s\nwant %s\ngot  %s", failure.ID, failure.Name, failure.Build, failure.Want, failure.Got)
	}
	if r.Passed+r.Failed != f.Count {
		t.Errorf("%d cases ran, want %d", r.Passed+r.Failed, f.Count)
	}
	t.Logf("%d passed, %d failed, %d comparisons", r.Passed, r.Failed, r.Compared)
	for _, rule := range passwordvectors.Rules() {
		t.Logf("%4d  %s: %s", r.Rules[rule.Name], rule.Name, rule.Reason)
	}
}

// Every recorded fact counts: whichever is turned around, the case fails, but
// where a rule says what Go does instead.
func TestRunSeesEveryField(t *testing.T) {
	turns := map[string]func(*passwordvectors.Outcome){
		"correct":    func(o *passwordvectors.Outcome) { o.Correct = !o.Correct },
		"upgrade":    func(o *passwordvectors.Outcome) { o.Upgrade = !o.Upgrade },
		"hardened":   func(o *passwordvectors.Outcome) { o.Hardened = !o.Hardened },
		"spent":      func(o *passwordvectors.Outcome) { o.DefaultHasherRun = !o.DefaultHasherRun },
		"identified": func(o *passwordvectors.Outcome) { o.Identified += "x" },
		"usable":     func(o *passwordvectors.Outcome) { o.Usable = !o.Usable },
	}
	f := parse(t, recordings(t))
	cheap := []string{"PBKDF2: password 0 right", "MD5: password 0, wrong", "Scrypt: more work, right", "unusable or unknown: bang"}
	ran := 0
	for _, c := range f.Cases {
		for _, name := range cheap {
			if c.Name != name {
				continue
			}
			ran++
			for field, turn := range turns {
				changed := c
				changed.Outcomes = []passwordvectors.Outcome{c.Outcomes[len(c.Outcomes)-1]}
				turn(&changed.Outcomes[0])
				if r := passwordvectors.Run(&passwordvectors.File{Cases: []passwordvectors.Case{changed}}); r.Failed != 1 {
					t.Errorf("%s: nobody sees that %s is wrong", name, field)
				}
			}
		}
	}
	if ran != len(cheap) {
		t.Errorf("%d of %d cases are there", ran, len(cheap))
	}
}

// A wrong hash recorded for an encoding, for bcrypt too, whose salt is not
// chosen.
func TestRunSeesEncodings(t *testing.T) {
	f := parse(t, recordings(t))
	ran := 0
	for _, c := range f.Cases {
		last := c.Outcomes[len(c.Outcomes)-1]
		if c.Kind != passwordvectors.KindEncode || last.Exception != "" || c.Hashers[0] == "Crypt" || !strings.Contains(c.Name, "password 0") {
			continue
		}
		ran++
		i := len(last.Encoded) - 20
		last.Encoded = last.Encoded[:i] + string(last.Encoded[i]^1) + last.Encoded[i+1:]
		c.Outcomes = []passwordvectors.Outcome{last}
		if r := passwordvectors.Run(&passwordvectors.File{Cases: []passwordvectors.Case{c}}); r.Failed != 1 {
			t.Errorf("%s: nobody sees that it is wrong", c.Name)
		}
	}
	if ran < 8 {
		t.Errorf("%d encodings ran", ran)
	}
}

func TestParseRefuses(t *testing.T) {
	const good = `{"schema":[],"count":1,"defaults":[],"cases":[{"id":1,"name":"n","kind":"check","password":"p","encoded":"e","hashers":["MD5"],"needs":[],"outcomes":[{"seen_on":["6.0.4"]}]}]}`
	parse(t, []byte(good))
	for _, c := range []struct{ name, old, replacement string }{
		{"not JSON", `{"schema"`, `{schema`},
		{"something after it", `}]}]}`, `}]}]}{}`},
		{"a field that nobody knows", `"needs"`, `"wants"`},
		{"a kind that nobody knows", `"check"`, `"chek"`},
		{"a wrong count", `"count":1`, `"count":2`},
		{"no outcome", `{"seen_on":["6.0.4"]}`, ``},
		{"an outcome of no build", `"6.0.4"`, ``},
		{"a build that is no version", `"6.0.4"`, `"six"`},
		{"no hasher", `"MD5"`, ``},
		{"nothing to encode", `"check","password":"p"`, `"encode","password":null`},
		{"an id twice", `"cases":[`, `"cases":[{"id":1,"name":"n","kind":"check","hashers":["MD5"],"outcomes":[{"seen_on":["6.0.4"]}]},`},
	} {
		data := strings.Replace(good, c.old, c.replacement, 1)
		if c.name == "an id twice" {
			data = strings.Replace(data, `"count":1`, `"count":2`, 1)
		}
		if data == good {
			t.Fatalf("%s: nothing is replaced", c.name)
		}
		if _, err := passwordvectors.Parse([]byte(data)); err == nil {
			t.Errorf("%s is accepted", c.name)
		}
	}
}

// DjangoHashers has what every recorded version has by itself.
func TestDefaults(t *testing.T) {
	type attributes struct {
		Algorithm   string          `json:"algorithm"`
		Iterations  int             `json:"iterations,omitempty"`
		Rounds      int             `json:"rounds,omitempty"`
		TimeCost    int             `json:"time_cost,omitempty"`
		MemoryCost  int             `json:"memory_cost,omitempty"`
		Parallelism int             `json:"parallelism,omitempty"`
		WorkFactor  int             `json:"work_factor,omitempty"`
		BlockSize   int             `json:"block_size,omitempty"`
		SaltLength  json.RawMessage `json:"salt_length,omitempty"`
		SaltEntropy int             `json:"salt_entropy,omitempty"`
	}
	ours := func(h passwords.Hasher) attributes {
		switch h := h.(type) {
		case passwords.PBKDF2SHA256:
			return attributes{Algorithm: "pbkdf2_sha256", Iterations: h.Iterations}
		case passwords.PBKDF2SHA1:
			return attributes{Algorithm: "pbkdf2_sha1", Iterations: h.Iterations}
		case passwords.Argon2:
			return attributes{Algorithm: "argon2", TimeCost: h.Time, MemoryCost: h.MemoryKiB, Parallelism: h.Parallelism}
		case passwords.BCryptSHA256:
			return attributes{Algorithm: "bcrypt_sha256", Rounds: h.Rounds}
		case passwords.BCrypt:
			return attributes{Algorithm: "bcrypt", Rounds: h.Rounds}
		case passwords.Scrypt:
			return attributes{Algorithm: "scrypt", WorkFactor: h.WorkFactor, BlockSize: h.BlockSize, Parallelism: h.Parallelism}
		case passwords.SHA1:
			return attributes{Algorithm: "sha1"}
		case passwords.MD5:
			return attributes{Algorithm: "md5"}
		case passwords.UnsaltedSHA1:
			return attributes{Algorithm: "unsalted_sha1"}
		case passwords.UnsaltedMD5:
			return attributes{Algorithm: "unsalted_md5"}
		}
		t.Fatalf("%T", h)
		return attributes{}
	}
	versions := 0
	for _, d := range parse(t, recordings(t)).Defaults {
		var want []attributes
		for _, class := range d.Settings {
			var a attributes
			if err := json.Unmarshal(d.Hashers[class], &a); err != nil {
				t.Fatal(err)
			}
			a.SaltLength, a.SaltEntropy = nil, 0
			if a.Algorithm != "crypt" { // Go has none
				want = append(want, a)
			}
		}
		for _, version := range d.SeenOn {
			versions++
			list, err := passwords.DjangoHashers(strings.TrimPrefix(version, "main-2026-08"))
			if err != nil {
				t.Fatal(err)
			}
			var got []attributes
			for _, h := range list {
				got = append(got, ours(h))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Django %s (-Django +Go):\n%s", version, diff)
			}
		}
		if n := len(passwords.Unusable()); n != d.UnusableLength || passwords.Usable(d.UnusablePrefix) {
			t.Errorf("an unusable password has %d characters, Django's %d", n, d.UnusableLength)
		}
	}
	if versions != 20 {
		t.Errorf("%d versions compared, want 20", versions)
	}
}
