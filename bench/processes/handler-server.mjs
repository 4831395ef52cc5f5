// handler-server.mjs HANDLER: answers HTTP with a handler in this very process, without anything of Lambda around it; sends
// its URL to the parent, and ends with it.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const http = { method: request.method, path: request.url };
  const event = { version: '2.0', rawPath: request.url, headers: request.headers, requestContext: { http }, body };
  const answer = await handler({ ...event, isBase64Encoded: false });
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
});
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/`));
