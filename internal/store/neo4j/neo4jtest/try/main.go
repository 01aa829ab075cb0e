// Command try starts a Neo4j of its own for a user to try the register on, and throws it away when
// it is interrupted.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"xianjie/internal/store/neo4j/neo4jtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	fmt.Println("starting Neo4j; the first time its files come from Maven Central, some 100 MB")
	server, err := neo4jtest.Try(ctx)
	if err != nil {
		return err
	}
	fmt.Printf(`Neo4j answers at %[1]s, user %[2]s, password %[3]s. In another shell:

  export XIANJIE_STORE=%[1]s XIANJIE_STORE_PASSWORD=%[3]s
  bin/xianjie import internal/demo/neimenggu
  bin/xianjie serve

and in Cypher:

  curl -s -u %[2]s:%[3]s %[4]s/db/neo4j/query/v2 -H 'content-type: application/json' \
    -d '{"statement": "MATCH (p:Plan) RETURN p.title ORDER BY p.code LIMIT 5"}'

stop with Ctrl-C, and all that is in it is gone
`, server.URL, server.User, server.Password, server.HTTP)
	<-ctx.Done()
	return server.Close()
}
