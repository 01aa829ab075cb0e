// Runs the GraphQL-over-HTTP audits of graphql-http against the address given, and prints one JSON
// array of {id, name, status, reason}.
import { serverAudits } from "graphql-http";

const results = [];
for (const audit of serverAudits({ url: process.argv[2] })) {
  const { status, reason } = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status, reason });
}
console.log(JSON.stringify(results));
