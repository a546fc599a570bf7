package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
	"github.com/seed-52756201/saltine/sessionhttp"
)

// The Go service is this test binary, run with another environment.
const (
	socketVariable   = "SALTINE_CART_SOCKET"
	keyVariable      = "SALTINE_KEY"
	fallbackVariable = "SALTINE_FALLBACK"
)

func TestMain(m *testing.M) {
	socket := os.Getenv(socketVariable)
	if socket == "" {
		os.Exit(m.Run())
	}
	if err := serveCart(socket, keys{os.Getenv(keyVariable), os.Getenv(fallbackVariable)}); err != nil {
		log.Fatal(err)
	}
}

// keys are what a process signs with, and what else it accepts.
type keys struct{ key, fallback string }

// store has the settings of Django 3.2.
func (k keys) store() (*saltine.CookieStore, error) {
	ring, err := saltine.ParseKeyring(k.key+"\n"+k.fallback, nil)
	if err != nil {
		return nil, err
	}
	return saltine.NewCookieStore(ring, &saltine.StoreOptions{ExpiryPolicy: saltine.ExpiryCookieAge})
}

// startCart starts one of the processes of the service behind the site.
func (s *site) startCart(t *testing.T, number int, k keys) *program {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, command{
		dir: s.dir,
		env: []string{
			"GORACE=atexit_sleep_ms=0", // the race detector's default is to exit a second late
			fmt.Sprintf("%s=cart%d.sock", socketVariable, number),
			keyVariable + "=" + k.key,
			fallbackVariable + "=" + k.fallback,
		},
		args:  []string{binary},
		ready: "ready",
	})
	t.Cleanup(func() {
		p.stop()
		if said := p.log.String(); strings.Count(said, "\n") != 1 {
			t.Errorf("process %d has more to say than that it is ready:\n%s", number, said)
		}
	})
	return p
}

// serveCart serves until SIGTERM, and finishes what was begun.
func serveCart(socket string, k keys) error {
	store, err := k.store()
	if err != nil {
		return err
	}
	sessions, err := sessionhttp.New(store, nil)
	if err != nil {
		return err
	}
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM) // for good: the signal may come twice, and the second time must not kill
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: sessions.Handler(cart()), ReadHeaderTimeout: 20 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Print("ready")
	<-terminated
	if err := server.Shutdown(context.Background()); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

const (
	items = saltine.Field[[]string]("cart")
	count = saltine.Field[int]("count")
)

func cart() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, handler func(w http.ResponseWriter, r *http.Request, s *saltine.Session)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			handler(w, r, sessionhttp.FromContext(r.Context()))
		})
	}
	handle("GET /cart/{$}", func(w http.ResponseWriter, _ *http.Request, s *saltine.Session) {
		for key, value := range s.Items() {
			fmt.Fprintf(w, "%s %T %v\n", key, value, value)
		}
	})
	handle("POST /cart/add", func(_ http.ResponseWriter, r *http.Request, s *saltine.Session) {
		have, _ := items.Get(s) // none yet
		items.Set(s, append(have, r.PostFormValue("item")))
	})
	handle("POST /cart/cycle-key", func(w http.ResponseWriter, _ *http.Request, s *saltine.Session) {
		if err := s.CycleKey(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	handle("POST /cart/sign-out", func(w http.ResponseWriter, _ *http.Request, s *saltine.Session) {
		if err := s.Flush(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	handle("GET /cart/count", func(w http.ResponseWriter, _ *http.Request, s *saltine.Session) {
		n, _ := count.Get(s) // 0 where there is none
		fmt.Fprint(w, n)
	})
	handle("POST /cart/count", func(w http.ResponseWriter, _ *http.Request, s *saltine.Session) {
		n, _ := count.Get(s) // likewise
		count.Set(s, n+1)
		fmt.Fprint(w, n+1)
	})
	return mux
}
