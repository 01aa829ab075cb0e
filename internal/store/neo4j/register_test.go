package neo4j_test

import (
	"testing"

	"xianjie/internal/register/registertest"
)

func TestRegisterKeepsAnswers(t *testing.T) {
	registertest.KeepsAnswers(t, openEmpty(t))
}
