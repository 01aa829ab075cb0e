package server

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
)

// The audits of GraphQL over HTTP that the npm package graphql-http defines, run by Node against a
// running server.
func TestAudits(t *testing.T) {
	web := filepath.Join("..", "..", "web")
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: install Node.js 20 or later")
	}
	if _, err := filepath.EvalSymlinks(filepath.Join(web, "node_modules", "graphql-http")); err != nil {
		t.Fatal("web/node_modules is missing: run npm ci --prefix web")
	}
	r, _ := run(t, nil)
	cmd := exec.Command("node", "audit.mjs", "http://"+r.addr+"/graphql")
	cmd.Dir = web
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("%v: %s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	var audits []struct{ ID, Name, Status, Reason string }
	if err := json.Unmarshal(out, &audits); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	passed := 0
	for _, a := range audits {
		if a.Status == "ok" {
			passed++
			continue
		}
		t.Errorf("%s %s: %s: %s", a.ID, a.Name, a.Status, a.Reason)
	}
	if passed != 61 || len(audits) != 61 {
		t.Errorf("%d of %d audits passed, want 61 of 61", passed, len(audits))
	}
	if err := r.end(t); err != nil {
		t.Error(err)
	}
}
