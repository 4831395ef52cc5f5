// lambda-endpoint.ts DIRECTORY: serves the local Lambda endpoint on a free port, sends its URL to the parent, and ends
// with it.
import { startLambdaEndpoint } from '../../src/lambda-emulator/endpoint.js';

const [directory] = process.argv.slice(2) as [string];
const endpoint = await startLambdaEndpoint({ directory, port: 0 });
process.once('disconnect', () => void endpoint.close());
process.send!(endpoint.url);
