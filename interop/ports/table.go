package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-52756201/saltine/vectors"
)

// kinds are the columns of the second table.
var kinds = []vectors.Kind{
	vectors.KindSigner, vectors.KindTimestampSigner, vectors.KindSigningDumps, vectors.KindSession,
	vectors.KindSessionData, vectors.KindSignedCookie, vectors.KindMessages,
}

const summaryHead = "| port | version | from | claims | passes | refuses what Django accepts | accepts what Django refuses |" +
	" reads another value | crashes, hangs | misses most |\n|---|---|---|---|---|---|---|---|---|---|\n"

// summaryRow is the row of a port in the first table.
func summaryRow(p *port, r *report) string {
	return fmt.Sprintf("| %s (%s) | %s | %s | %s | %d of %d | %d | %d | %d | %d, %d | %s |\n",
		p.name, p.language, p.version, p.from, p.part, r.passed, r.of,
		r.count(refusesGood), r.count(acceptsBad), r.count(otherValue), r.count(crashed), r.count(hung), r.most())
}

func kindsHead() string {
	var head, rule strings.Builder
	for _, kind := range kinds {
		head.WriteString(" " + string(kind) + " |")
		rule.WriteString("---|")
	}
	return "| port |" + head.String() + "\n|---|" + rule.String() + "\n"
}

// kindsRow is the row of a port in the second table.
func kindsRow(p *port, r *report) string {
	var row strings.Builder
	fmt.Fprintf(&row, "| %s |", p.name)
	for _, kind := range kinds {
		s, ok := r.byKind[kind]
		if ok {
			fmt.Fprintf(&row, " %d of %d |", s.passed, s.of)
		} else {
			row.WriteString(" – |")
		}
	}
	return row.String() + "\n"
}

// most tells the way and the flag that most misses share.
func (r *report) most() string {
	type trait struct{ way, flag string }
	found := map[trait]int{}
	for _, m := range r.misses {
		for _, flag := range m.flags {
			if flag != string(m.kind) && flag != "tamper" && flag != "crafted" { // which tell little
				found[trait{m.way, flag}]++
			}
		}
	}
	if len(found) == 0 {
		return "–"
	}
	traits := make([]trait, 0, len(found))
	for t := range found {
		traits = append(traits, t)
	}
	slices.SortFunc(traits, func(a, b trait) int {
		if found[a] != found[b] {
			return found[b] - found[a]
		}
		return strings.Compare(a.way+a.flag, b.way+b.flag)
	})
	t := traits[0]
	return t.way + ": `" + t.flag + "` (" + strconv.Itoa(found[t]) + ")"
}

// listing is every miss of a port, one in a line.
func (r *report) listing() string {
	var b strings.Builder
	for _, m := range r.misses {
		fmt.Fprintf(&b, "  %d %s: %s %v\n", m.id, m.kind, m.way, m.flags)
	}
	return b.String()
}
