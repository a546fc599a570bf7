package main

import (
	"slices"

	"github.com/seed-52756201/saltine/vectors"
)

// port is an implementation that is held to the vectors.
type port struct {
	name     string
	version  string
	from     string // where it was had
	part     string // what it claims to implement, for the table
	language string
	claims   func(*vectors.Group, *vectors.Test) bool
	source   source
	script   string // source npm: the adapter, in the folder node
}

// source tells how an adapter comes to its port.
type source int

const (
	inProcess source = iota // this program, started again
	npm                     // installed into a folder of its own
	debian                  // a package of the system
)

// ports are all of them, in the order of the table.
var ports = []port{
	{
		name: "saltine", version: "this tree", language: "Go", from: "this repository",
		part:   "everything",
		claims: func(*vectors.Group, *vectors.Test) bool { return true },
	},
	{
		name: "by hand", version: "this tree", language: "Go", from: "this repository",
		part:   "signing and sessions in cookies, SHA-1 and SHA-256",
		claims: claimsByHand,
	},
	{
		name: "itsdangerous", version: "2.1.2", language: "Python", from: "Debian", source: debian,
		part:   partOfItsdangerous,
		claims: claimsSigner,
	},
	{
		name: "itsdangerous.js", version: "1.1.5", language: "JavaScript", from: "npm", source: npm,
		script: "itsdangerous.mjs",
		part:   partOfItsdangerous,
		claims: claimsSigner,
	},
	{
		name: "reallydangerous", version: "2.1.0", language: "JavaScript", from: "npm", source: npm,
		script: "reallydangerous.mjs",
		part:   "Signer: the same keys and signatures, without objects",
		claims: func(g *vectors.Group, t *vectors.Test) bool { return claimsSigner(g, t) && !g.Object },
	},
}

const partOfItsdangerous = "Signer: keys as Django derives them, other timestamps"

func claimsSigner(g *vectors.Group, _ *vectors.Test) bool { return g.Kind == vectors.KindSigner }

func claimsByHand(g *vectors.Group, _ *vectors.Test) bool {
	kinds := []vectors.Kind{vectors.KindSigner, vectors.KindTimestampSigner, vectors.KindSigningDumps, vectors.KindSession}
	return slices.Contains(kinds, g.Kind) && !isConstruction(g) && g.Serializer == "" && g.LegacyAlgorithm == "" &&
		!g.EnforcesSessionExpiry && (g.Algorithm == "sha1" || g.Algorithm == "sha256")
}
