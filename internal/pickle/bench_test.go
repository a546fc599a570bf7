package pickle_test

import (
	"testing"

	"github.com/seed-52756201/saltine/internal/pickle"
)

// BenchmarkMembers reads the session of a login, as Django with Python 3.11 pickles it.
func BenchmarkMembers(b *testing.B) {
	data := login(b)
	var room [4]pickle.Member
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pickle.Members(room[:0], data, pickle.Options{MaxSize: maxSize}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	members, err := read(login(b))
	if err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		if dst, err = pickle.Append(dst[:0], members); err != nil {
			b.Fatal(err)
		}
	}
}

func login(t testing.TB) []byte {
	t.Helper()
	for _, r := range recordings(t) {
		if r.Name == "auth" && r.WrittenBy == "3.9 (Django 4.0.10)" {
			return r.Pickle
		}
	}
	t.Fatal("no recording of a login")
	return nil
}

func TestReadingALoginAllocatesLittle(t *testing.T) {
	data := login(t)
	var room [4]pickle.Member
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := pickle.Members(room[:0], data, pickle.Options{MaxSize: maxSize}); err != nil {
			t.Error(err)
		}
	})
	if allocs > 10 {
		t.Errorf("%v allocations", allocs)
	}
}
