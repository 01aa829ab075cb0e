package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"xianjie/internal/coherence"
)

type versionCommand struct{}

func (*versionCommand) run(_ context.Context, s *session) error {
	_, err := fmt.Fprintf(s.Stdout, "xianjie %s\nrules   %s\ngo      %s %s/%s\n",
		version(), coherence.RuleSet(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is that of the module or the commit that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}
