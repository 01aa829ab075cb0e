package coherence

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write RULES.md anew")

const rulesDocument = "RULES.md"

func TestRulesDocument(t *testing.T) {
	want, err := Markdown()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(rulesDocument, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(rulesDocument)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is stale, run: make generate\n%s", rulesDocument, diff)
	}
}

func TestRetiredIDsStayRetired(t *testing.T) {
	for _, old := range RetiredRules() {
		if find(Rules(), old.ID) != nil {
			t.Errorf("%s is given again", old.ID)
		}
		if old.Title == "" || old.Reason == "" {
			t.Errorf("it isn't said what %s was, or why it is gone", old.ID)
		}
	}
}
