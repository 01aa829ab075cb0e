package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

const description = `The register of plans: it keeps what plans set and how they are linked, answers questions about them over GraphQL, and checks that they complement each other, agree, do not conflict and can be carried out (互为补充、协调一致、不冲突、可执行能落实).

Try it: "xianjie serve --demo", then open http://127.0.0.1:8080/graphiql in a browser.`

// printHelp is kong's help and the exit codes.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\nExit codes:\n")
	for code, meaning := range exitCodes() {
		fmt.Fprintf(&b, "  %d    %s\n", code, meaning)
	}
	_, err := ctx.Stdout.Write([]byte(b.String()))
	return err
}

// describeFlag is the help of a flag with the variable that it can be set by.
func describeFlag(value *kong.Value) string {
	name := value.Tag.Get("setting")
	if name == "" {
		return value.Help
	}
	return strings.TrimSuffix(value.Help, ".") + " (" + name + ")."
}
