//go:build js

package main

import (
	"errors"
	"flag"
	"syscall/js"
	"time"
)

// main gives the page of inspect --web the function saltine, and waits for its calls.
func main() {
	js.Global().Set("saltine", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return answer(args[0].String(), time.Now)
	}))
	select {}
}

// commands are those that the page uses.
func commands() []command { return []command{inspectCommand, verifyCommand, signCommand} }

func defineWeb(*request, *flag.FlagSet) {}

func (*app) web(*request, []string) (int, error) { return 0, errors.ErrUnsupported }
