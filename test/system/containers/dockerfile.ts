import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../src/config/config.js';

export interface Instruction {
  /** Like `COPY`, in capitals. */
  name: string;
  /** All that follows, on one line. */
  text: string;
}

/** Directory of the checkout, which is what the image is made from. */
export const CHECKOUT = readConfig().packageRoot;

/** The Dockerfile's stages in order, each with the instructions that follow its FROM. */
export async function readStages(): Promise<{ from: string; instructions: Instruction[] }[]> {
  const text = await readFile(join(CHECKOUT, 'Dockerfile'), 'utf8');
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const line of text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name === 'FROM') stages.push({ from: rest, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

/** The stage that becomes the image. */
export async function imageStage(): Promise<Instruction[]> {
  return (await readStages()).at(-1)!.instructions;
}

/** What one instruction of this name says. @throws Error when there is not exactly one */
export function only(instructions: Instruction[], name: string): string {
  const found = instructions.filter((instruction) => instruction.name === name);
  if (found.length !== 1) throw new Error(`The Dockerfile has ${found.length} of ${name} in its last stage, not one.`);
  return found[0]!.text;
}

/** The words of an instruction in its JSON form. */
export const words = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];
