package neo4j_test

import (
	"testing"

	"xianjie/internal/register/registertest"
	"xianjie/internal/store/neo4j"
)

func TestFollowsChanges(t *testing.T) {
	registertest.FollowsChanges(t, openEmpty(t), 1, 25)
}

func TestMutations(t *testing.T) {
	registertest.Mutations(t, openEmpty(t))
}

func TestTwoEditorsOfTwoServers(t *testing.T) {
	registertest.TwoEditors(t, openEmpty(t), openOn(t, server, neo4j.Options{}), 200)
}

func TestRegisterKeepsAnswers(t *testing.T) {
	registertest.KeepsAnswers(t, openEmpty(t))
}
