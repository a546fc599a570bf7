package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-52756201/saltine/internal/paste"
)

// completionCommand is a function because it lists all commands, itself included.
func completionCommand() command {
	return command{
		name:    "completion",
		args:    " bash|zsh|fish",
		summary: "print the completion of commands and flags for a shell",
		about: `Prints what makes a shell complete commands, flags and algorithms. Try it with

  source <(saltine completion bash)

To keep it, write it to a file that the shell reads:

  saltine completion bash > ~/.local/share/bash-completion/completions/saltine
  saltine completion zsh > "${fpath[1]}/_saltine"
  saltine completion fish > ~/.config/fish/completions/saltine.fish`,
		define: func(*request, *flag.FlagSet) {},
		run:    (*app).completion,
	}
}

// completion is what completion prints as JSON.
type completion struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

// shellScript returns the completion of a shell, empty for an unknown one.
func shellScript(shell string) string {
	switch shell {
	case "bash":
		return bashCompletion()
	case "zsh":
		return zshCompletion()
	case "fish":
		return fishCompletion()
	}
	return ""
}

func (a *app) completion(r *request, args []string) (int, error) {
	if len(args) != 1 || shellScript(args[0]) == "" {
		return 0, errors.New("which shell? Give bash, zsh or fish")
	}
	script := shellScript(args[0])
	if r.json {
		return exitOK, a.writeJSON(completion{args[0], script})
	}
	a.out.WriteString(script)
	return exitOK, nil
}

func commandNames() []string {
	names := []string{"help"}
	for _, c := range commands() {
		names = append(names, c.name)
	}
	slices.Sort(names)
	return names
}

// flagNames are the flags of a command, with their hyphens.
func (c command) flagNames() []string {
	var names []string
	c.flags(&request{}).VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

func bashCompletion() string {
	var b strings.Builder
	b.WriteString(`# completion of saltine for bash
_saltine() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	case $before in
	--key-file) COMPREPLY=($(compgen -f -- "$word")); return ;;
`)
	fmt.Fprintf(&b, "\t--algorithm | --legacy-algorithm) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", strings.Join(paste.AlgorithmNames(), " "))
	b.WriteString("\tesac\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n")
	fmt.Fprintf(&b, "\t\tCOMPREPLY=($(compgen -W '%s' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n", strings.Join(commandNames(), " "))
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t%s) COMPREPLY=($(compgen %s-W '%s' -- \"$word\")) ;;\n", c.name, fileOption(c.name), strings.Join(append(c.flagNames(), words(c.name)...), " "))
	}
	fmt.Fprintf(&b, "\thelp) COMPREPLY=($(compgen -W '%s' -- \"$word\")) ;;\n\tesac\n}\ncomplete -F _saltine saltine\n", strings.Join(commandNames(), " "))
	return b.String()
}

// fileOption makes bash complete files too where a command takes them.
func fileOption(name string) string {
	if name == "vectors" {
		return "-f "
	}
	return ""
}

// words are the arguments of a command that are known.
func words(name string) []string {
	if name == "completion" {
		return []string{"bash", "fish", "zsh"}
	}
	return nil
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef saltine\n# completion of saltine for zsh\n_saltine() {\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t\t%s\n", shellQuote(c.name+":"+c.summary))
	}
	b.WriteString("\t\t'help:tell more'\n\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe 'command' commands\n\t\treturn\n\tfi\n\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t%s)\n\t\t_arguments -s", c.name)
		c.flags(&request{}).VisitAll(func(f *flag.Flag) {
			fmt.Fprintf(&b, " \\\n\t\t\t%s", shellQuote(zshFlag(f)))
		})
		fmt.Fprintf(&b, " \\\n\t\t\t%s\n\t\t;;\n", shellQuote(zshArgument(c.name)))
	}
	fmt.Fprintf(&b, "\thelp) _values command %s ;;\n\tesac\n}\n_saltine \"$@\"\n", strings.Join(commandNames(), " "))
	return b.String()
}

func zshFlag(f *flag.Flag) string {
	value, usage := flag.UnquoteUsage(f)
	usage, _, _ = strings.Cut(usage, "\n")
	spec := "--" + f.Name + "[" + strings.NewReplacer("[", "(", "]", ")", ":", " ").Replace(usage) + "]"
	switch {
	case value == "":
		return spec
	case value == "FILE":
		return spec + ":file:_files"
	case strings.HasSuffix(f.Name, "algorithm"):
		return "*" + spec + ":algorithm:(" + strings.Join(paste.AlgorithmNames(), " ") + ")"
	}
	return spec + ":" + strings.ToLower(value) + ":"
}

func zshArgument(name string) string {
	switch name {
	case "vectors":
		return "*:file:_files"
	case "completion":
		return "*:shell:(bash zsh fish)"
	}
	return "*::value:"
}

func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# completion of saltine for fish\ncomplete -c saltine -f\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "complete -c saltine -n __fish_use_subcommand -a %s -d %s\n", c.name, shellQuote(c.summary))
	}
	b.WriteString("complete -c saltine -n __fish_use_subcommand -a help -d 'tell more'\n")
	for _, c := range commands() {
		seen := "-n '__fish_seen_subcommand_from " + c.name + "'"
		c.flags(&request{}).VisitAll(func(f *flag.Flag) {
			value, usage := flag.UnquoteUsage(f)
			usage, _, _ = strings.Cut(usage, "\n")
			fmt.Fprintf(&b, "complete -c saltine %s -l %s%s -d %s\n", seen, f.Name, fishValue(f.Name, value), shellQuote(usage))
		})
		switch c.name {
		case "completion":
			fmt.Fprintf(&b, "complete -c saltine %s -a 'bash zsh fish'\n", seen)
		case "vectors":
			fmt.Fprintf(&b, "complete -c saltine %s -F\n", seen)
		}
	}
	return b.String()
}

func fishValue(name, value string) string {
	switch {
	case value == "":
		return ""
	case value == "FILE":
		return " -r -F"
	case strings.HasSuffix(name, "algorithm"):
		return " -x -a '" + strings.Join(paste.AlgorithmNames(), " ") + "'"
	}
	return " -x"
}

// shellQuote puts text into single quotes, which both zsh and fish read.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
