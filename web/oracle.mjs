// The oracle of the read path: graphql-js answers the same operations over the same objects, with
// resolvers that know nothing of selections, stores or SQL. Called by a test of package graph:
// `node oracle.mjs FILE`, where FILE holds the schema, the kinds, the objects and the requests as
// JSON. Writes one line for each request.
import { readFileSync } from 'node:fs';
import { buildSchema, execute, getNamedType, isNonNullType, parse, validate } from 'graphql';

const { sdl, kinds, objects, requests } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const schema = buildSchema(sdl);

// The model: kinds with their fields and ends by name.
const kindsByName = new Map();
const kindsByPrefix = new Map();
for (const [order, kind] of kinds.entries()) {
  kind.order = order;
  kind.fields = new Map(kind.fields.map((f) => [f.name, f]));
  kind.ends = new Map(kind.ends.map((e) => [e.name, e]));
  kindsByName.set(kind.name, kind);
  kindsByPrefix.set(kind.prefix, kind);
}

// The objects: {kind, id, fields, edges, quantities} by id, and who points to whom.
const byID = new Map();
const byKind = new Map(kinds.map((k) => [k, []]));
const pointing = new Map();
for (const object of objects) {
  object.kind = kindsByName.get(object.kind);
  byID.set(object.id, object);
  byKind.get(object.kind).push(object);
  for (const [edge, ids] of Object.entries(object.edges)) {
    for (const id of ids) {
      const key = `${object.kind.name} ${edge} ${id}`;
      if (!pointing.has(key)) pointing.set(key, []);
      pointing.get(key).push(object);
    }
  }
}

// Walks.
function reach(object, end) {
  if (end.union) return end.union.flatMap((name) => reach(object, object.kind.ends.get(name)));
  if (end.across) {
    const [near, far] = end.reverse ? ['to', 'from'] : ['from', 'to'];
    const links = pointing.get(`Link ${near} ${object.id}`) ?? [];
    return links.filter((l) => l.fields.type === end.across).map((l) => byID.get(l.edges[far][0]));
  }
  if (end.reverse) return pointing.get(`${end.to[0]} ${end.edge} ${object.id}`) ?? [];
  return (object.edges[end.edge] ?? []).map((id) => byID.get(id));
}

// Order: values that are not stated are the largest, text by code point, the id decides.
function compareText(a, b) {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareValues(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === 'string' ? compareText(a, b) : a - b;
}

function comparePositions(a, b, order) {
  for (const [i, { desc }] of order.entries()) {
    const c = compareValues(a.values[i], b.values[i]);
    if (c !== 0) return desc ? -c : c;
  }
  const kindOf = (p) => kindsByPrefix.get(p.id.split(':')[0]).order;
  return kindOf(a) - kindOf(b) || compareText(a.id, b.id);
}

function position(object, order) {
  return { id: object.id, values: order.map(({ field }) => object.fields[field] ?? null) };
}

// Cursors are the JSON that encoding/json writes, which escapes what HTML might take for markup.
function cursorOf({ values, id }) {
  const json = JSON.stringify([...values, id]).replace(
    /[<>&\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
  return Buffer.from(json).toString('base64url');
}

function parseCursor(text) {
  const values = JSON.parse(Buffer.from(text, 'base64url').toString());
  return { id: values.pop(), values };
}

// Search.
const wide = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]$/u;

function tokens(text) {
  const normal = text.normalize('NFKC').toLowerCase();
  const runs = normal.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])[\p{L}\p{Nd}\p{M}])+/gu) ?? [];
  return runs.flatMap((run) => {
    const chars = [...run];
    if (!wide.test(chars[0])) return [run];
    if (chars.length === 1) return chars;
    return chars.slice(1).map((c, i) => chars[i] + c);
  });
}

function holdsPhrase(text, phrase) {
  const prefix = phrase.length === 1 && wide.test(phrase[0]);
  const all = tokens(text);
  return all.some((_, at) => phrase.every((token, i) => {
    const found = all[at + i];
    return prefix ? found?.startsWith(token) : found === token;
  }));
}

function found(object, text) {
  const phrases = text.normalize('NFKC').split(/\s+/u).map(tokens).filter((p) => p.length > 0);
  const texts = [...object.kind.fields.values()]
    .filter((f) => f.search)
    .flatMap((f) => object.fields[f.name] ?? []);
  return phrases.length > 0 && phrases.every((p) => texts.some((text) => holdsPhrase(text, p)));
}

// Filters.
const operators = {
  eq: (a, b) => compareValues(a, b) === 0,
  gt: (a, b) => compareValues(a, b) > 0,
  gte: (a, b) => compareValues(a, b) >= 0,
  lt: (a, b) => compareValues(a, b) < 0,
  lte: (a, b) => compareValues(a, b) <= 0,
  in: (a, b) => b.includes(a),
  prefix: (a, b) => a.startsWith(b),
};

function stated(members) {
  return Object.entries(members ?? {}).filter(([, value]) => value !== null && value !== undefined);
}

function passes(object, filter) {
  return stated(filter).every(([name, given]) => {
    switch (name) {
      case 'and': return given.every((f) => passes(object, f));
      case 'or': return given.some((f) => passes(object, f));
      case 'not': return !passes(object, given);
      case 'id': return given.includes(object.id);
      case 'kinds': return given.includes(enumOf(object.kind));
      case 'text': return found(object, given);
    }
    if (object.kind.fields.has(name)) return holds(object.fields[name] ?? null, given);
    const end = object.kind.ends.get(name);
    const reached = reach(object, end);
    if (!end.many) return reached.some((o) => passes(o, given));
    return stated(given).every(([quantifier, f]) =>
      reached.some((o) => passes(o, f)) === (quantifier === 'some'));
  });
}

function holds(value, given) {
  if (Array.isArray(given)) return given.includes(value);
  return stated(given).every(([name, operand]) => {
    if (name === 'stated') return (value !== null) === operand;
    return value !== null && operators[name](value, operand);
  });
}

function enumOf(kind) {
  return constantCase(kind.name);
}

function constantCase(name) {
  return name.replace(/(?!^)\p{Lu}/gu, '_$&').toUpperCase();
}

// Connections.
function connection(all, kind, args, parent) {
  const inText = parent?.name === 'Plan' || parent?.element;
  let order = inText && kind.fields.has('order') ? [{ field: 'order', desc: false }] : [];
  if (args.orderBy) {
    const field = [...kind.fields.keys()].find((f) => constantCase(f) === args.orderBy.field);
    order = [{ field, desc: args.orderBy.direction === 'DESC' }];
  }
  const places = all
    .filter((o) => passes(o, args.filter) && (!args.types || args.types.includes(o.fields.type)))
    .map((object) => ({ object, at: position(object, order) }))
    .sort((a, b) => comparePositions(a.at, b.at, order));
  const after = args.after ? parseCursor(args.after) : null;
  const before = args.before ? parseCursor(args.before) : null;
  const within = places.filter(({ at }) =>
    (!after || comparePositions(at, after, order) > 0) && (!before || comparePositions(at, before, order) < 0));
  const page = args.last ? within.slice(-args.last) : within.slice(0, args.first ?? 50);
  const cut = page.length < within.length;
  return {
    nodes: page.map((p) => p.object),
    edges: page.map((p) => ({ node: p.object, cursor: cursorOf(p.at) })),
    totalCount: places.length,
    pageInfo: {
      hasNextPage: (!args.last && cut) || before !== null,
      hasPreviousPage: (!!args.last && cut) || after !== null,
      startCursor: page.length > 0 ? cursorOf(page[0].at) : null,
      endCursor: page.length > 0 ? cursorOf(page.at(-1).at) : null,
    },
  };
}

// Members of stored objects, and of the value objects in them.
class Part {
  constructor(object, prefix) {
    this.object = object;
    this.prefix = prefix;
  }
}

function member(object, prefix, name, args) {
  const path = prefix + name;
  const field = object.kind.fields.get(path);
  if (field) return object.fields[path] ?? (field.list ? [] : null);
  if (path === 'links') return links(object, args);
  const end = object.kind.ends.get(path);
  if (end) {
    const reached = reach(object, end);
    if (!end.many) return reached[0] ?? null;
    return end.edge && !end.reverse ? reached : connection(reached, kindsByName.get(end.to[0]), args, object.kind);
  }
  const derived = object.quantities[prefix.slice(0, -1)];
  if (derived && name in derived) return name === 'converted' ? derived.converted[args.unit] : derived[name];
  const there = [...Object.keys(object.fields), ...Object.keys(object.edges)]
    .some((key) => key.startsWith(path + '.') && object.fields[key] !== false);
  return there ? new Part(object, path + '.') : null;
}

function links(object, args) {
  const end = { OUT: 'linksOut', IN: 'linksIn' }[args.direction];
  const ends = end ? [end] : ['linksOut', 'linksIn'];
  const all = ends.flatMap((name) => reach(object, object.kind.ends.get(name)));
  return connection(all, kindsByName.get('Link'), args);
}

function root(name, args) {
  switch (name) {
    case 'node': return byID.get(args.id) ?? null;
    case 'nodes': return args.ids.map((id) => byID.get(id) ?? null);
    case 'plan': return byID.get(args.id)?.kind.name === 'Plan' ? byID.get(args.id) : null;
    case 'search': {
      const among = kinds.filter((k) => !args.kinds || args.kinds.includes(enumOf(k)));
      const all = objects.filter((o) => among.includes(o.kind) && found(o, args.text));
      return connection(all, among.length === 1 ? among[0] : null, args);
    }
  }
  const kind = kinds.find((k) => k.plural === name);
  return connection(byKind.get(kind), kind, args);
}

function fieldResolver(source, args, _, info) {
  if (info.parentType === schema.getQueryType()) return root(info.fieldName, args);
  if (source instanceof Part) return member(source.object, source.prefix, info.fieldName, args);
  if (source.kind) return member(source, '', info.fieldName, args);
  const value = source[info.fieldName];
  const truth = isNonNullType(info.returnType) && getNamedType(info.returnType).name === 'Boolean';
  return value ?? (truth ? false : null);
}

const typeResolver = (object) => object.kind.name;

for (const { query, variables } of requests) {
  const document = parse(query);
  const invalid = validate(schema, document);
  const { data, errors } = invalid.length > 0
    ? { data: null, errors: invalid }
    : execute({ schema, document, variableValues: variables, fieldResolver, typeResolver });
  const failures = errors?.map((e) => ({ path: e.path ?? null, message: e.message })) ?? [];
  process.stdout.write(JSON.stringify({ data, errors: failures }) + '\n');
}
