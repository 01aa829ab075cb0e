// Copies the browser files of GraphiQL to where the server embeds them.
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";

const from = join(import.meta.dirname, "node_modules");
const to = join(import.meta.dirname, "..", "internal", "server", "web");

mkdirSync(to, { recursive: true });
for (const file of [
  "graphiql/graphiql.min.css",
  "graphiql/graphiql.min.js",
  "react/umd/react.production.min.js",
  "react-dom/umd/react-dom.production.min.js",
]) {
  copyFileSync(join(from, file), join(to, basename(file)));
}
for (const name of ["graphiql", "react", "react-dom"]) {
  copyFileSync(join(from, name, "LICENSE"), join(to, `${name}.LICENSE`));
}
