// What the deploy scripts share: programs run in sight of the person, refusals in one sentence, consent.
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';

/** A reason not to go on, told as it is. */
export class Refusal extends Error {}

/** Runs a script; a refusal ends it with its sentence and exit code 1. */
export async function main(script) {
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Output of a program, `null` when it is missing or fails. */
export function ask(program, ...args) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a program with its output shown. @throws Refusal when it fails */
export function run(program, args, { env = {}, input } = {}) {
  const stdio = [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'];
  const { status } = spawnSync(program, args, { env: { ...process.env, ...env }, stdio, input });
  if (status !== 0) throw new Refusal(`${program} ${args[0]} failed: see the lines above, then run this again.`);
}

/** @throws Refusal with the remedy when the program does not answer */
export function need(remedy, program, ...args) {
  if (ask(program, ...args) === null) throw new Refusal(remedy);
}

/** Docker, its engine and its compose plugin. */
export function needDocker() {
  need('docker was not found on PATH: install Docker Engine 24 or newer.', 'docker', '--version');
  const compose = ask('docker', 'compose', 'version', '--short');
  if (compose === null || !/^v?([2-9]|\d\d)\./.test(compose))
    throw new Refusal('docker compose 2 or newer was not found: install the compose plugin of Docker.');
  need('The Docker engine does not answer: start it, or check DOCKER_HOST.', 'docker', 'info');
}

/** Goes on with CONFIRM=yes or a typed yes. @throws Refusal otherwise, and where nobody can be asked */
export async function consent(what) {
  if (process.env['CONFIRM'] === 'yes') return;
  if (!process.stdin.isTTY) throw new Refusal(`${what} needs consent and nobody can be asked here: set CONFIRM=yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${what}? Type yes to go on: `);
  terminal.close();
  if (answer.trim() !== 'yes') throw new Refusal('Nothing was changed, because the answer was not yes.');
}
