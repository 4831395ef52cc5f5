// cold-start.mjs HANDLER EVENT-JSON: imports a handler, asks it once, prints {milliseconds} of both. Plain Node, as on
// Lambda: nothing else is loaded before.
import { pathToFileURL } from 'node:url';

const [path, event] = process.argv.slice(2);
const start = process.hrtime.bigint();
const { handler } = await import(pathToFileURL(path).href);
await handler(JSON.parse(event));
const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
console.log(JSON.stringify({ milliseconds }));
