package main

// What the tests need of a package that nobody imports.
var (
	Run           = run
	Answer        = answer
	Pretty        = pretty
	SplitKeys     = splitKeys
	CheckLines    = checkLines
	AlgorithmName = algorithmName
)
