package neo4j_test

import (
	"testing"

	"xianjie/internal/demo/demotest"
)

func TestFacts(t *testing.T) { demotest.Run(t, openEmpty(t)) }
