package neo4jtest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Version is the server's.
const Version = "5.26.30"

//go:embed pom.xml
var pom []byte

// fetch gives the folder with the server's jars, which Maven fills the first time.
func fetch(ctx context.Context) (string, error) {
	var missing []string
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "xianjie", "neo4j-"+Version)
	jars := filepath.Join(folder, "lib")
	if _, err := os.Stat(jars); err == nil && (len(missing) == 0 || missing[0] != "java") {
		return jars, nil
	}
	if len(missing) > 0 {
		return "", fmt.Errorf(`neo4jtest: %s not found. The tests of the Neo4j store run on a real server, which needs Java 17 or 21 and, the first time, Maven:
  Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven
  macOS:          brew install openjdk@21 maven
or set XIANJIE_TEST_NEO4J_URL, _USER and _PASSWORD to a running Neo4j 5.26 whose database may be emptied`, strings.Join(missing, " and "))
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(folder, "fetch-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	file := filepath.Join(work, "pom.xml")
	if err := os.WriteFile(file, pom, 0o644); err != nil {
		return "", err
	}
	got := filepath.Join(work, "lib")
	mvn := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+got)
	if out, err := mvn.CombinedOutput(); err != nil {
		return "", fmt.Errorf("neo4jtest: Maven could not bring Neo4j %s: %w\n%s", Version, err, out)
	}
	// Another process may have been faster; what it put there is the same.
	if err := os.Rename(got, jars); err != nil {
		if _, there := os.Stat(jars); there != nil {
			return "", errors.Join(err, there)
		}
	}
	return jars, nil
}
