// What a client of graphql-js makes of the served schema. `node introspection.mjs` prints the
// standard introspection query; `node introspection.mjs FILE`, where FILE holds its answer as
// `data` and the schema as `sdl`, prints both schemas in one form, as JSON {served, written}.
import { readFileSync } from 'node:fs';
import {
  buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema,
} from 'graphql';

const file = process.argv[2];
if (file) {
  const { data, sdl } = JSON.parse(readFileSync(file, 'utf8'));
  const print = (schema) => printSchema(lexicographicSortSchema(schema));
  process.stdout.write(JSON.stringify({ served: print(buildClientSchema(data)), written: print(buildSchema(sdl)) }));
} else {
  process.stdout.write(getIntrospectionQuery());
}
