# "make help" lists what there is.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

generated := graph/generated.go graph/models_gen.go internal/coherence/RULES.md
graphiql := internal/server/web/graphiql.min.js

.PHONY: help build run web graphiql neo4j generate test npm fresh format vet staticcheck go-test bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/xianjie
	go build -o bin/xianjie ./cmd/xianjie

run: graphiql build ## Serve the demonstration on http://127.0.0.1:8080
	exec bin/xianjie serve --demo

web: npm ## Bring GraphiQL's files, which the program embeds, from npm
	npm run --prefix web copy

# Like web, but only when the files are not there yet, and the server does without them.
graphiql:
	@if [ -e $(graphiql) ]; then exit 0; fi; \
	if ! command -v npm >/dev/null; then \
		echo "npm is not there: going on without GraphiQL. Install Node.js, then: make web"; \
	elif ! $(MAKE) --no-print-directory web; then \
		echo "npm could not bring GraphiQL's files: going on without them. Try again: make web"; \
	fi

neo4j: build ## Start a Neo4j to try the register on, and throw it away at the end
	go run ./internal/store/neo4j/neo4jtest/try

generate: ## Generate graph/ anew from schema.graphqls, and the document of the rules from their catalogue
	go tool gqlgen generate
	go generate ./internal/coherence

test: npm fresh format vet staticcheck go-test ## Run everything that a change must pass

npm:
	npm ci --prefix web --no-audit --no-fund

fresh: ## Fail when generated files are not what they are generated from
	@before=$$(cksum $(generated)); \
	$(MAKE) --no-print-directory generate; \
	if [ "$$before" != "$$(cksum $(generated))" ]; then \
		echo "stale generated files; they are generated anew now, see: git diff $(generated)"; exit 1; \
	fi

format:
	@unformatted=$$(gofmt -l cmd graph internal); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...

staticcheck:
	go tool staticcheck ./...

# The store that needs a server is tested first: it waits more than it works, and the others run beside it. All but SQLite's
# own code, which is C turned into Go and four times slower when watched, is watched for races.
go-test:
	go test -race -gcflags='modernc.org/...=-race=false' -timeout 40m ./internal/store/neo4j ./...

# With STORE=neo4j a Neo4j is measured beside SQLite, one that is launched with the memory of a production server or
# the one that XIANJIE_TEST_NEO4J_URL names, which is emptied.
STORE ?= sqlite
bench: ## Measure reads, writes and the check on a synthetic register; STORE=neo4j: on Neo4j beside SQLite
	XIANJIE_BENCH_STORE=$(STORE) XIANJIE_TEST_NEO4J_FAST=1 go test -timeout 40m -run '^$$' -bench . ./internal/bench/...

clean: ## Remove what was built
	rm -rf bin
