package passwords_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/djangoauth/passwords"
)

//go:embed testdata/oracle.py
var oracle string

type question struct {
	Call    string `json:"call"`
	Hasher  string `json:"hasher,omitempty"`
	Text    string `json:"text"`
	Encoded string `json:"encoded,omitempty"`
}

type answer struct {
	Version    string `json:"version"`
	HashLength int    `json:"argon2_hash_length"`
	Encoded    string `json:"encoded"`
	OK         bool   `json:"ok"`
	Upgrade    bool   `json:"upgrade"`
}

// ask has one Python process answer all questions.
func ask(t *testing.T, classes []string, questions []question) []answer {
	t.Helper()
	python := os.Getenv("SALTINE_PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import django, argon2, bcrypt").CombinedOutput(); err != nil {
		if os.Getenv("SALTINE_REQUIRE_LIVE") == "1" {
			t.Fatalf("no Python with Django, argon2 and bcrypt: %v\n%s", err, out)
		}
		t.Skip("no Python with Django: apt-get install python3-django python3-argon2 python3-bcrypt, or set SALTINE_PYTHON to one that has them")
	}
	var input, stderr bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, q := range questions {
		if err := encoder.Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), python, append([]string{"-c", oracle}, classes...)...)
	command.Stdin, command.Stderr = &input, &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	decoder := json.NewDecoder(bytes.NewReader(output))
	answers := make([]answer, len(questions))
	for i := range answers {
		if err := decoder.Decode(&answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// djangoClasses are the hashers that live Django runs. scrypt begins with 4.0;
// crypt is not in Go.
var djangoClasses = []struct{ class, name string }{
	{"PBKDF2PasswordHasher", "pbkdf2_sha256"},
	{"PBKDF2SHA1PasswordHasher", "pbkdf2_sha1"},
	{"Argon2PasswordHasher", "argon2"},
	{"BCryptSHA256PasswordHasher", "bcrypt_sha256"},
	{"BCryptPasswordHasher", "bcrypt"},
	{"ScryptPasswordHasher", "scrypt"},
	{"SHA1PasswordHasher", "sha1"},
	{"MD5PasswordHasher", "md5"},
	{"UnsaltedSHA1PasswordHasher", "unsalted_sha1"},
	{"UnsaltedMD5PasswordHasher", "unsalted_md5"},
}

// liveHashers are Go's hashers with the costs of the Django that runs, and the
// names of its classes for them.
func liveHashers(t *testing.T) (hashers map[string]passwords.Hasher, classes []string) {
	t.Helper()
	about := ask(t, []string{"MD5PasswordHasher"}, []question{{Call: "about"}})[0]
	list, err := passwords.DjangoHashers(about.Version)
	if err != nil {
		t.Fatal(err)
	}
	iterations := list[0].(passwords.PBKDF2SHA256).Iterations
	argon2 := list[2].(passwords.Argon2)
	argon2.HashLength = about.HashLength
	hashers = map[string]passwords.Hasher{
		"pbkdf2_sha256": passwords.PBKDF2SHA256{Iterations: iterations},
		"pbkdf2_sha1":   passwords.PBKDF2SHA1{Iterations: iterations},
		"argon2":        argon2,
		"bcrypt_sha256": passwords.BCryptSHA256{},
		"bcrypt":        passwords.BCrypt{},
		"sha1":          passwords.SHA1{},
		"md5":           passwords.MD5{},
		"unsalted_sha1": passwords.UnsaltedSHA1{},
		"unsalted_md5":  passwords.UnsaltedMD5{},
	}
	if len(list) == 5 { // 4.0 and later
		hashers["scrypt"] = list[4]
	}
	for _, c := range djangoClasses {
		if hashers[c.name] != nil {
			classes = append(classes, c.class)
		}
	}
	t.Logf("Django %s, %d hashers", about.Version, len(hashers))
	return hashers, classes
}

// What Go makes, Django accepts and does not upgrade, and the other way round,
// for every hasher. Both have the costs of cheap.
func TestLiveDjango(t *testing.T) {
	hashers, classes := liveHashers(t)
	texts := []string{"correct horse battery staple", "", "pässwörd 日本語😀", strings.Repeat("ä", 40)}
	questions := []question{{Call: "cheapen"}}
	checks := map[int]*passwords.Hashers{} // by question of the call make
	want := map[int]answer{0: {}}
	for _, hasher := range cheap() {
		if argon2, ok := hasher.(passwords.Argon2); ok {
			argon2.HashLength = hashers["argon2"].(passwords.Argon2).HashLength
			hasher = argon2
		}
		h := newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{hasher}})
		name := h.Identify(mustMake(t, h, ""))
		if hashers[name] == nil {
			continue // scrypt before 4.0
		}
		for i, password := range texts {
			checks[len(questions)] = h
			questions = append(questions, question{"make", name, password, ""})
			encoded := mustMake(t, h, password)
			want[len(questions)] = answer{OK: true}
			questions = append(questions, question{"check", name, password, encoded})
			if i == 0 {
				want[len(questions)] = answer{}
				questions = append(questions, question{"check", name, "not it", encoded})
			}
		}
	}
	answers := ask(t, classes, questions)
	for i, q := range questions {
		if h := checks[i]; h != nil {
			if got, err := h.Check(q.Text, answers[i].Encoded); err != nil || got != (passwords.Result{OK: true}) {
				t.Errorf("%s of Django: %+v, %v: %s", q.Hasher, got, err, answers[i].Encoded)
			}
			if got, err := h.Check("?", answers[i].Encoded); err != nil || got != (passwords.Result{}) {
				t.Errorf("%s of Django, wrong password: %+v, %v", q.Hasher, got, err)
			}
			continue
		}
		if diff := cmp.Diff(want[i], answers[i]); diff != "" {
			t.Errorf("%s of Go, in Django (-want +got):\n%s", q.Hasher, diff)
		}
	}
	t.Logf("%d hashes Django → Go, %d checks Go → Django", len(checks), len(want)-1)
}

// Django and Go agree which hashes to upgrade. Both have Django's own costs.
func TestLiveDjangoUpgrades(t *testing.T) {
	hashers, classes := liveHashers(t)
	var questions []question
	var want []answer
	for _, made := range cheap() {
		encoded := mustMake(t, newHashers(t, &passwords.Options{Hashers: []passwords.Hasher{made}}), "secret")
		name := newHashers(t, &passwords.Options{Hashers: cheap()}).Identify(encoded)
		if hashers[name] == nil {
			continue // scrypt before 4.0
		}
		for _, preferred := range []string{name, "md5"} {
			list := []passwords.Hasher{hashers[preferred]}
			if preferred != name {
				list = append(list, hashers[name])
			}
			got, err := newHashers(t, &passwords.Options{Hashers: list}).Check("secret", encoded)
			if err != nil {
				t.Fatal(err)
			}
			questions = append(questions, question{"check", preferred, "secret", encoded})
			want = append(want, answer{OK: got.OK, Upgrade: got.Upgrade})
		}
	}
	if diff := cmp.Diff(want, ask(t, classes, questions)); diff != "" {
		t.Errorf("-Go +Django:\n%s", diff)
	}
}
