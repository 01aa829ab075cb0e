package coherence_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xianjie/internal/coherence"
)

// mutantTimeout is far more than one mutant needs to be compiled and tried.
const mutantTimeout = 2 * time.Minute

func TestEveryRuleHasAMutant(t *testing.T) {
	all := mutants()
	for _, rule := range coherence.Rules() {
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.rule == rule.ID }) {
			t.Errorf("%s has no mutant", rule.ID)
		}
	}
	for _, m := range all {
		if _, err := coherence.RulesNamed(m.rule); err != nil {
			t.Errorf("mutant %q: %v", m.fault, err)
		}
	}
}

// TestMutantsAreFound builds the package anew with one fault at a time, lets the rule's own tests run on it, and wants one of them to fail.
func TestMutantsAreFound(t *testing.T) {
	for _, m := range mutants() {
		t.Run(m.rule+" "+m.fault, func(t *testing.T) {
			t.Parallel()
			overlay := m.overlay(t)
			ctx, cancel := context.WithTimeout(t.Context(), mutantTimeout)
			defer cancel()
			// What is tried once needs no optimizing, no symbols and no vetting: that halves the time.
			cmd := exec.CommandContext(ctx, "go", "test", "-overlay", overlay, "-vet=off", "-gcflags=-N -l", "-ldflags=-s -w", "-count=1",
				"-run", "^Test"+m.rule, ".")
			out, err := cmd.CombinedOutput()
			switch {
			case err == nil:
				t.Errorf("no test of %s minds: %s", m.rule, out)
			case !strings.Contains(string(out), "--- FAIL: Test"+m.rule):
				t.Errorf("the tests of %s did not run: %v\n%s", m.rule, err, out)
			}
		})
	}
}

// overlay makes the file with the fault, and the file by which the compiler takes it for the real one.
func (m mutant) overlay(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.old); n != 1 || m.old == m.new {
		t.Fatalf("%q stands %d times in %s, want once, and something else in its place", m.old, n, m.file)
	}
	real, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	faulty, overlay := filepath.Join(dir, m.file), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {real: faulty}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(faulty, []byte(strings.Replace(string(source), m.old, m.new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, replace, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}
