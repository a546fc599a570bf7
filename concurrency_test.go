package saltine_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/seed-52756201/saltine"
)

// One store serves many goroutines, whose pooled buffers never show a byte of
// one session in another: sessions of different lengths, good and bad, large
// and small, while the collector empties the pools.
func TestPooledStatesStayApart(t *testing.T) {
	store := newStore(t, &saltine.StoreOptions{Options: saltine.Options{
		Fallbacks:        []saltine.Key{"old"},
		LegacyAlgorithms: []saltine.Algorithm{saltine.SHA1},
	}})
	const user saltine.Field[string] = "user"
	const filler saltine.Field[string] = "filler"
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				name := fmt.Sprintf("user-%d-%d", worker, i)
				fill := strings.Repeat(name+"/", (worker*31+i*7)%300)
				s := store.New()
				user.Set(s, name)
				filler.Set(s, fill)
				value, err := store.Save(s)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := store.Load("x" + value); kind(t, err) != "bad signature" {
					t.Error(err)
				}
				loaded, err := store.Load(value)
				if err != nil {
					t.Error(err)
					return
				}
				gotName, _ := user.Get(loaded)
				gotFill, _ := filler.Get(loaded)
				if gotName != name || gotFill != fill {
					t.Errorf("session of %s came back as %s", name, gotName)
				}
				if i%50 == 0 {
					runtime.GC()
				}
			}
		})
	}
	group.Wait()
}

// What a session holds is its own: it does not change when the state that read
// it serves others.
func TestSessionsKeepNothingOfThePool(t *testing.T) {
	store := newStore(t, nil)
	first := store.New()
	first.Set("text", strings.Repeat("first", 100))
	s, err := store.Load(save(t, store, first))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		other := store.New()
		other.Set("text", strings.Repeat("other", 100+i))
		if _, err := store.Load(save(t, store, other)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Get("text"); got != strings.Repeat("first", 100) {
		t.Error("a loaded session changed")
	}
}
