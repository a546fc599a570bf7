//go:build !js

package main

import (
	"os"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv, time.Now))
}

func commands() []command {
	return []command{
		demoCommand, inspectCommand, verifyCommand, rotateCommand, signCommand, keygenCommand, vectorsCommand, manCommand(), completionCommand(),
	}
}
