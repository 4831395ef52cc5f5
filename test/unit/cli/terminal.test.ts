import { afterEach, describe, expect, it, vi } from 'vitest';
import { forTerminal, parserSays } from '../../../src/cli/output.js';
import { history } from '../../../src/cli/commands/history.js';
import { show } from '../../../src/cli/commands/models/show.js';
import { plainProgress } from '../../../src/cli/text/progress.js';
import { readConfig } from '../../../src/config/config.js';
import { asTyped } from '../../../src/config/environment.js';
import { programCommand } from '../../../src/contracts/commands.js';
import { plainly } from '../../../src/contracts/text.js';
import { nothingKnown } from '../../../src/contracts/pipeline.js';
import { openRegistry, openStore } from '../../../src/compose/composition.js';
import { serializeModelDocument } from '../../../src/model/model-document.js';
import { draftsIn } from '../registry/draft.js';
import { modelDocument } from '../model/models.js';
import { temporaryDirectory } from '../../support/temp.js';

const ESCAPE = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const OVERRIDE = String.fromCharCode(0x202e);

/** Clears the screen, sets a title, moves the cursor, hides what follows and forges a line. */
const HOSTILE = `Ada${ESCAPE}[2J${ESCAPE}]0;title\u0007${CSI}1A${ESCAPE}[8m${OVERRIDE}\n✔ deploy`;

/** What a terminal must not get: anything but line ends and the colours and weights of ours. */
const obeyed = (text: string): string[] =>
  // eslint-disable-next-line no-control-regex -- it is these that are looked for
  text.replace(/\u001b\[\d{1,2}m/g, '').match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g) ??
  [];

afterEach(() => vi.restoreAllMocks());

/** What a command writes to stdout. */
async function reported(command: () => Promise<number>): Promise<string> {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await command();
  } finally {
    write.mockRestore();
  }
  return lines.join('');
}

/** A home whose registry holds a version with a decision of somebody hostile. */
async function hostileHome() {
  const config = readConfig({ MLOPS_HOME: await temporaryDirectory() });
  const registry = openRegistry(config);
  const store = openStore(config);
  const draft = (await draftsIn(store))('a', 'anemia');
  const model = await store.put(serializeModelDocument(modelDocument()));
  await registry.register({ ...draft, model, lineage: { ...draft.lineage, commit: null, workflowId: HOSTILE } });
  const cause = { by: HOSTILE, reason: `because${HOSTILE}` };
  await registry.record('anemia', { event: 'decision', version: 1, decision: 'approved', run: 'r', ...cause });
  const shares = [{ version: 1, functionVersion: '1', percent: 100 }];
  await registry.record('anemia', { event: 'traffic', target: 'anemia:live', shares, ...cause });
  return config;
}

describe('what reaches the terminal', () => {
  it('keeps colours and line ends of ours, and obeys nothing else', () => {
    const ours = `${ESCAPE}[1m${ESCAPE}[32mfine${ESCAPE}[39m${ESCAPE}[22m\nnext`;
    expect(forTerminal(ours)).toBe(ours);
    expect(obeyed(forTerminal(HOSTILE))).toEqual([]);
    expect(forTerminal(`${ESCAPE}[8mhidden`)).toBe('\\u001b[8mhidden');
    expect(forTerminal(`a\rb\tc${CSI}2J`)).toBe('a\\u000db\\u0009c\\u009b2J');
  });

  it('names scripts in the project, and the program where a project has it as a package', () => {
    const text = `See ${programCommand('models')}.`;
    expect(forTerminal(text)).toBe('See npm run models.');
    expect(asTyped(text, false)).toBe('See `anemia-mlops models`.');
  });

  it('is harmless and has no forged line when names and reasons of a log are not', async () => {
    const config = await hostileHome();
    for (const command of [
      () => history(config, {}),
      () => history(config, { at: '2999-01-01T00:00Z' }),
      () => show(config, '1', {}),
    ]) {
      const text = await reported(command);
      expect(text).toContain('\\u001b');
      expect(obeyed(text)).toEqual([]);
      expect(text).not.toMatch(/^\s*✔ deploy/m);
    }
  });

  it('is as much JSON as before, with nothing to obey in it', async () => {
    const config = await hostileHome();
    const text = await reported(() => history(config, { json: true }));
    expect(obeyed(text)).toEqual([]);
    expect(text.trim().split('\n')).toHaveLength(1);
    const { anemia } = JSON.parse(text) as { anemia: { by: string }[] };
    expect(anemia.at(-1)!.by).toBe(HOSTILE);
  });

  it('tells what the parser of commands says in one line, whatever was typed', () => {
    expect(parserSays(`error: unknown option '--${HOSTILE}${ESCAPE}[32m'\n(Did you mean --set?)\n`)).toMatch(
      /^error: unknown option '--Ada[^\n]*\\u001b\[32m' \(Did you mean --set\?\)\n$/,
    );
  });

  it('tells an error in one line, whoever worded it', () => {
    expect(plainly(new Error(`The server said ${HOSTILE}`))).not.toContain('\n');
    expect(obeyed(plainly(`thrown ${HOSTILE}`))).toEqual([]);
  });

  it('shows the steps of a run in lines of their own', () => {
    const lines: string[] = [];
    const view = plainProgress((line) => lines.push(line));
    const status = nothingKnown();
    Object.assign(status.stages[0]!, { state: 'done', found: HOSTILE });
    view.update(status);
    view.notice(HOSTILE);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(obeyed(line)).toEqual([]);
      expect(line).not.toContain('\n');
    }
  });
});
