package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/seed-52756201/saltine"
)

// wasi is a compiled program in a WASI runtime.
type wasi struct {
	runtime wazero.Runtime
	program wazero.CompiledModule
}

func newWASI(t *testing.T, file string) *wasi {
	t.Helper()
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	runtime := wazero.NewRuntime(ctx)
	t.Cleanup(func() { runtime.Close(context.Background()) }) //nolint:errcheck // the test is over
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	program, err := runtime.CompileModule(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("wazero compiled the module in %v", time.Since(start).Round(time.Millisecond))
	return &wasi{runtime, program}
}

// realTime passes the machine's clocks. Without them, wazero's tell an instance
// that it is 2022.
func realTime() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithSysWalltime().WithSysNanotime().WithSysNanosleep()
}

// run runs the program from start to end.
func (w *wasi) run(t *testing.T, config wazero.ModuleConfig, in []byte) (output, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	instance, err := w.runtime.InstantiateModule(t.Context(), w.program,
		config.WithName("").WithStdin(bytes.NewReader(in)).WithStdout(&stdout).WithStderr(&stderr))
	if instance != nil {
		instance.Close(t.Context()) //nolint:errcheck // it has ended
	}
	return output{stdout.String(), stderr.String()}, err
}

func TestWASI(t *testing.T) {
	w := newWASI(t, build(t, "wasip1"))
	h := host(func(t *testing.T, key saltine.Key, requests []byte) (output, error) {
		return w.run(t, realTime().WithEnv("SECRET_KEY", string(key)), requests)
	})
	h.check(t)
	t.Run("start", func(t *testing.T) {
		start := time.Now()
		h.serve(t, "/")
		t.Logf("a new instance started, answered a request and ended in %v", time.Since(start).Round(100*time.Microsecond))
	})
	t.Run("same bytes", func(t *testing.T) { checkSameBytes(t, w) })
}

// checkSameBytes stops the clock: tokens depend on input, key and time alone,
// and not on the machine.
func checkSameBytes(t *testing.T, w *wasi) {
	t.Helper()
	stopped := realTime().WithEnv("SECRET_KEY", string(testKey)).
		WithWalltime(func() (sec int64, nsec int32) { return 1700000000, 0 }, sys.ClockResolution(1))
	out, err := w.run(t, stopped, []byte(`{"path":"/"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got response
	if err := json.Unmarshal([]byte(out.stdout), &got); err != nil {
		t.Fatal(err)
	}
	store, err := saltine.NewCookieStore(keyring(t), &saltine.StoreOptions{
		Now: func() time.Time { return time.Unix(1700000000, 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	session := store.New()
	session.Set("visits", 1)
	want, err := store.Save(session)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("sessionid="+want, cookieOf(got)); diff != "" {
		t.Errorf("(-native +wasip1):\n%s", diff)
	}
}

func TestWASIVectors(t *testing.T) {
	w := newWASI(t, buildTest(t, "wasip1", module))
	out, err := w.run(t, realTime().WithArgs("saltine.test", "-test.run=^TestVectors$", "-test.v"), nil)
	checkVectors(t, out, err)
}

func TestWASITiming(t *testing.T) {
	w := newWASI(t, buildTest(t, "wasip1", "./timing"))
	checkTiming(t, func(args ...string) (output, error) {
		return w.run(t, realTime().WithArgs(append([]string{"timing.test"}, args...)...), nil)
	})
}
