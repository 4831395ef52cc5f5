// Temporal's protocol without what the command line never sends or gets: its SDK makes every message of a description at every
// start, also those of the server's cloud, of workers and of calls that no client of ours makes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whose calls are looked for: what the client is made of, and our sources. */
const CALLERS = ['node_modules/@temporalio/client/lib', 'node_modules/@temporalio/common/lib', 'src'];

/** Packages of messages that come inside others, by their names at run time alone, and of the numbers that all of them have. */
const WHOLE = /^(?:google\.protobuf|google\.rpc|temporal\.api\.(?:enums|errordetails|failure))\b/;

/** Services that a client asks. */
const SERVICES = /^(?:temporal\.api\.(?:workflowservice|operatorservice)\.v1|grpc\.health\.v1)\./;

/** The path of the description in a project. */
export const DESCRIPTION = 'node_modules/@temporalio/proto/protos/json-module.js';

/**
 * The module of the description with the calls that are made, the messages that are named, and all that these consist of.
 * @param root of the project
 */
export function prunedProtos(root) {
  const text = readFileSync(join(root, DESCRIPTION), 'utf8');
  const start = text.indexOf('.addJSON(') + '.addJSON('.length;
  const end = text.lastIndexOf('});') + 1;
  const description = { nested: JSON.parse(text.slice(start, end)) };
  const sources = CALLERS.flatMap((folder) => sourcesBelow(join(root, folder))).join('\n');
  removeUnused(description, '', usedBy(description, sources));
  return `${text.slice(0, start)}${JSON.stringify(description.nested)}${text.slice(end)}`;
}

const sourcesBelow = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

const isDefinition = ({ fields, values, methods }) => Boolean(fields ?? values ?? methods);

/** Names of messages, numbers and services that the sources need; calls that they do not make are taken from the services. */
function usedBy(description, sources) {
  const at = (name) => name.split('.').reduce((entry, part) => entry?.nested?.[part], description);
  const used = new Set();
  const waiting = [];
  const use = (name) => {
    if (name === null || used.has(name)) return;
    used.add(name);
    waiting.push(name);
  };
  const called = new Set([...sources.matchAll(/\.(\w+)\(/g)].map(([, name]) => name));
  for (const [name, entry] of definitionsIn(description, '')) {
    if (WHOLE.test(name)) use(name);
    if (!entry.methods || !SERVICES.test(name)) continue;
    use(name);
    for (const method of Object.keys(entry.methods))
      if (!called.has(method[0].toLowerCase() + method.slice(1))) Reflect.deleteProperty(entry.methods, method);
  }
  for (const [name] of sources.matchAll(/\b(?:temporal|coresdk|google|grpc)(?:\.\w+)+/g))
    use(definitionAround(name, at));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const { fields = {}, methods = {}, nested = {} } = at(name);
    for (const { type } of Object.values(fields)) use(resolved(type, name, at));
    for (const { requestType, responseType } of Object.values(methods))
      for (const type of [requestType, responseType]) use(resolved(type, name, at));
    for (const inner of Object.keys(nested)) use(`${name}.${inner}`);
  }
  return used;
}

function* definitionsIn(entry, prefix) {
  for (const [key, inner] of Object.entries(entry.nested ?? {})) {
    if (isDefinition(inner)) yield [`${prefix}${key}`, inner];
    yield* definitionsIn(inner, `${prefix}${key}.`);
  }
}

/** The longest beginning of a dotted name that is a definition. */
function definitionAround(name, at) {
  const parts = name.split('.');
  for (let length = parts.length; length > 0; length--) {
    const candidate = parts.slice(0, length).join('.');
    const entry = at(candidate);
    if (entry !== undefined && isDefinition(entry)) return candidate;
  }
  return null;
}

/** The definition that a type means within a scope: that of the innermost one; `null` for a built-in type. */
function resolved(type, scope, at) {
  const parts = type.startsWith('.') ? [] : scope.split('.');
  for (let depth = parts.length; depth >= 0; depth--) {
    const candidate = [...parts.slice(0, depth), type.replace(/^\./, '')].join('.');
    if (at(candidate) !== undefined) return candidate;
  }
  return null;
}

/** What nothing uses, and annotations of the description, whose types nothing else has. */
function removeUnused(entry, prefix, used) {
  for (const [key, inner] of Object.entries(entry.nested ?? {})) {
    const name = `${prefix}${key}`;
    if (used.has(name)) continue;
    if (!isDefinition(inner)) removeUnused(inner, `${name}.`, used);
    const isEmpty = Object.keys(inner.nested ?? {}).length === 0;
    if (isDefinition(inner) || isEmpty) Reflect.deleteProperty(entry.nested, key);
  }
}
