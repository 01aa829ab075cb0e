package cli

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/demo"
)

func TestRehearse(t *testing.T) {
	var all []string
	for _, q := range demo.Questions() {
		all = append(all, q.Query)
	}
	for _, test := range []struct {
		name    string
		stopped bool // with the first question
		want    []string
	}{
		{"all, whatever the answers", false, all},
		{"no more after a stop", true, all[:1]},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var asked []string
			rehearse(ctx, slog.New(slog.DiscardHandler), func(_ context.Context, query string) error {
				asked = append(asked, query)
				if test.stopped {
					stop()
				}
				return errors.New("there is no such plan")
			})
			if diff := cmp.Diff(test.want, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}
