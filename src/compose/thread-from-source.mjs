// Entry of a compute thread when the program runs from TypeScript source: threads do not inherit tsx.
import { register } from 'tsx/esm/api';

register();
const { default: thread } = await import('./thread.ts');
export default thread;
