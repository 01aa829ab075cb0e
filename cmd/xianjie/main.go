// Command xianjie is the register of plans: server, importer, checker. Everything is in package cli.
package main

import (
	"os"

	"xianjie/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
