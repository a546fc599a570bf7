// Command ports holds other implementations of Django's signing to vectors/django.json, and prints what passes:
//
//	go run .                       the tables of docs/vectors.md
//	go run . -write                writes them there
//	go run . -list                 the tests that each port misses, too
//	go run . -adapter 'node my.mjs' -kinds signer,session
//
// With -adapter it runs a program of yours in place of the ports that it knows.
// docs/vectors.md tells what such a program reads and answers.
//
// Each port runs in a process of its own, which has limited time and memory. Ports of npm
// are installed, at pinned versions, into a folder that is removed again. A port that
// cannot be had is named on standard error, and left out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/vectors"
)

func main() {
	if name, ok := os.LookupEnv(serveVariable); ok {
		exit(serve(name, os.Stdin, os.Stdout))
	}
	var opts options
	flag.BoolVar(&opts.write, "write", false, "write the tables into "+page)
	flag.BoolVar(&opts.list, "list", false, "list the tests that are missed")
	flag.StringVar(&opts.adapter, "adapter", "", "command of an adapter to run in place of the known ports")
	flag.StringVar(&opts.kinds, "kinds", "", "kinds that the adapter claims, with commas; empty: all")
	flag.Parse()
	exit(opts.run(context.Background(), os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

type options struct {
	write   bool
	list    bool
	adapter string
	kinds   string
}

func (o *options) run(ctx context.Context, out, log io.Writer) error {
	file, err := vectors.Django()
	if err != nil {
		return err
	}
	if o.adapter != "" {
		return o.runAdapter(ctx, file, out)
	}
	all, err := runAll(ctx, file)
	if err != nil {
		return err
	}
	for _, o := range all.absent {
		fmt.Fprintln(log, "WARNING:", o)
	}
	if o.list {
		for _, res := range all.results {
			fmt.Fprintf(out, "%s misses %d\n%s\n", res.port.name, len(res.report.misses), res.report.listing())
		}
	}
	if !o.write {
		fmt.Fprint(out, all.tables())
		return nil
	}
	if len(all.absent) > 0 {
		return errors.New("not written: a table must have every port")
	}
	return writePage(all.tables())
}

// runAdapter runs a program of the user.
func (o *options) runAdapter(ctx context.Context, file *vectors.File, out io.Writer) error {
	chosen := strings.Split(o.kinds, ",")
	p := &port{
		name: "adapter", version: "–", language: "–", from: "–", part: o.kinds,
		claims: func(g *vectors.Group, _ *vectors.Test) bool {
			return o.kinds == "" || slices.Contains(chosen, string(g.Kind))
		},
	}
	r, err := run(ctx, p, &adapter{command: []string{"sh", "-c", o.adapter}, timeout: mostTime}, file)
	if err != nil {
		return err
	}
	if o.list {
		fmt.Fprint(out, r.listing())
	}
	fmt.Fprint(out, summaryHead+summaryRow(p, &r)+"\n"+kindsHead()+kindsRow(p, &r))
	return nil
}

// outcome is a port and its report.
type outcome struct {
	port   *port
	report report
}

// outcomes are those of all ports.
type outcomes struct {
	results []outcome
	absent  []string // why a port was not run
}

// runAll runs every port that can be had.
func runAll(ctx context.Context, file *vectors.File) (all outcomes, err error) {
	folder, err := os.MkdirTemp("", "ports")
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	prepared := adapters{folder: folder}
	for i := range ports {
		p := &ports[i]
		a, err := prepared.of(ctx, p)
		if absent, ok := errors.AsType[*absentError](err); ok {
			all.absent = append(all.absent, fmt.Sprintf("%s %s was NOT RUN: %s", p.name, p.version, absent.why))
			continue
		}
		if err != nil {
			return all, err
		}
		r, err := run(ctx, p, a, file)
		if err != nil {
			return all, err
		}
		all.results = append(all.results, outcome{p, r})
	}
	return all, nil
}

// tables are what docs/vectors.md shows.
func (all *outcomes) tables() string {
	var summary, byKind strings.Builder
	for i := range all.results {
		o := &all.results[i]
		summary.WriteString(summaryRow(o.port, &o.report))
		byKind.WriteString(kindsRow(o.port, &o.report))
	}
	return summaryHead + summary.String() + "\n" + kindsHead() + byKind.String()
}
