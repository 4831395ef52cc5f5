import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../src/capture/feedback.js';
import { createFileSource } from '../../src/capture/file-source.js';
import { readLabelled } from '../../src/capture/labelled.js';
import { giveFeedback } from '../../src/cli/feedback.js';
import { temporaryDirectory } from '../support/temp.js';
import { HOUR, linesOf, MODEL, OTHER_SHA256, SHA256, WINDOW } from './lines.js';

const LABELS = { Yes: 1, No: 0, 'Severe, chronic': 1 } as const;
const target = { source: 'Anaemic', labels: { ...LABELS }, positive: 'anaemic', negative: 'not anaemic' };

/** A capture with its own clock, which goes on by an hour with every file of labels. */
async function open() {
  const directory = await temporaryDirectory();
  const uri = pathToFileURL(join(directory, 'capture')).href;
  const capture = createFileSource(uri);
  const path = join(directory, 'labels.csv');
  let hour = 4;
  const opened: string[] = [];
  const source = {
    list: (folder: string) => capture.list(folder),
    open: (file: string) => {
      opened.push(file);
      return capture.open(file);
    },
  };
  return {
    ...{ uri, capture, path, opened },
    predict: (...requests: Parameters<typeof linesOf>[0][]) =>
      capture.put(
        `${HOUR}/part.jsonl`,
        requests
          .flatMap(linesOf)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    give: async (text: string | Uint8Array) => {
      await writeFile(path, text);
      const now = () => new Date(Date.UTC(2026, 0, 2, hour++));
      return acceptFeedback({ capture, model: MODEL, labels: LABELS, path, now });
    },
    labelled: async (window = WINDOW) => {
      const read = await readLabelled({ source, model: MODEL, sha256: SHA256, window });
      return {
        ...read,
        scores: [...read.scores],
        predictions: [...read.predictions],
        labels: [...read.labels],
      };
    },
    files: () => capture.list(`${MODEL}/feedback/`),
  };
}

describe('feedback', () => {
  it('joins labels with the predictions they belong to', async () => {
    const { predict, give, labelled } = await open();
    const batch = {
      inputs: [
        [43, 30, 10],
        [44, 31, 11],
        [45, 32, 12],
      ],
      scores: [0.25, 0.5, 0.75],
    };
    await predict(
      { id: 'one' },
      { id: 'batch', ...batch },
      { id: 'unlabelled' },
      { id: 'other', sha256: OTHER_SHA256 },
    );
    const text = 'id,label,row\none,Yes,\nbatch,no,2\nbatch, YES ,1\n"one","yes","1"\nother,1,0\nelsewhere,0,\n';
    expect(await give(text)).toEqual({ accepted: 6, positives: 4, duplicates: 0 });
    expect(await labelled()).toEqual({
      scores: [0.9, 0.5, 0.75],
      predictions: [1, 1, 1],
      labels: [1, 1, 0],
      known: 6,
      unmatched: 3,
    });
    expect(await labelled({ from: WINDOW.to, to: '2026-01-02T05:00:00.000Z' })).toMatchObject({
      labels: [],
      known: 6,
      unmatched: 6,
    });
  });

  it('finds rows of a batch that the log splits', async () => {
    const { predict, give, labelled } = await open();
    const inputs = Array.from({ length: 10_000 }, (_, i) => [i / 101, 30, 10]);
    const scores = inputs.map((_, i) => i / 10_000);
    await predict({ id: 'batch', inputs, scores });
    await give('row,id,label\n9999,batch,1\n0,batch,0\n5000,batch,1\n');
    expect(await labelled()).toMatchObject({ scores: [0, 0.5, 0.9999], labels: [0, 1, 1], unmatched: 0 });
  });

  it('lets the label count that came last, in a file or after it', async () => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    expect(await give('id,label\none,0\ntwo,0\none,1\n')).toEqual({ accepted: 2, positives: 1, duplicates: 1 });
    expect(await labelled()).toMatchObject({ labels: [1, 0], known: 2 });
    await give('id,label\ntwo,Yes\n');
    expect(await labelled()).toMatchObject({ labels: [1, 1], known: 2, unmatched: 0 });
  });

  it('takes what is known already no second time, however it is written', async () => {
    const { predict, give, labelled, files } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    await give('id,label\none,Yes\n');
    const again = '\uFEFF"id","label","row"\r\n"one"," yes ",0\r\n';
    expect(await give(again)).toEqual({ accepted: 0, positives: 0, duplicates: 1 });
    expect(await give(`${again}two,1,0\r\n`)).toEqual({ accepted: 1, positives: 1, duplicates: 1 });
    expect(await files()).toHaveLength(2);
    expect(await labelled()).toMatchObject({ labels: [1, 1] });
  });

  it('lets a correction be corrected back', async () => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' });
    for (const label of ['Yes', 'No', 'Yes'])
      expect(await give(`id,label\none,${label}\n`)).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await labelled()).toMatchObject({ labels: [1] });
  });

  it('does not read predictions while no label is known, nor lines without one', async () => {
    const { capture, predict, give, labelled, opened } = await open();
    await predict({ id: 'one' });
    expect(await labelled()).toEqual({ scores: [], predictions: [], labels: [], known: 0, unmatched: 0 });
    expect(opened).toEqual([]);
    await give('id,label\none,1\n');
    const [line] = linesOf({ id: 'two' });
    await capture.put(`${HOUR}/torn.jsonl`, `${line!.slice(0, -10)}\n`);
    expect(await labelled()).toMatchObject({ labels: [1] });
  });

  it('skips a broken line of labels, and labels from before the window', async () => {
    const { capture, predict, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    const line = (id: string) => `${JSON.stringify({ type: 'feedback', id, row: 0, label: 1, time: WINDOW.to })}\n`;
    const text = `${line('one')}{"type":"feedb\n{"type":"feedback","id":"two","row":0,"label":2}\n`;
    await capture.put(`${MODEL}/feedback/date=2026-01-02/a.jsonl`, text);
    await capture.put(`${MODEL}/feedback/date=2025-12-31/a.jsonl`, line('two'));
    expect(await labelled()).toMatchObject({ labels: [1], known: 1 });
  });

  const SECRET = 'Anna Muster';
  it.each([
    ['', 'is empty; give a header id,label'],
    [`${SECRET},1\n`, 'line 1 is not the header'],
    [`id,label,${SECRET}\n1,1,1\n`, 'line 1 is not the header'],
    [`id;label\n1;${SECRET}\n`, 'line 1 is not the header'],
    [`id,label\nx,1\ny,${SECRET}\nz,maybe\n`, 'line 3 has a label that the definition does not know; write Yes, No'],
    [`id,label\nx,1\n\n"a\nb",${SECRET}\n`, 'line 4 has no prediction id'],
    [`id,label\n,${SECRET}\n`, 'line 2 has no prediction id'],
    [`id,label\n${SECRET.repeat(30)},1\n`, 'line 2 has no prediction id'],
    [`id,label,row\n${SECRET},1,-1\n`, 'line 2 has a row that is no whole number'],
    [`id,label,row\n${SECRET},1,1.5\n`, 'line 2 has a row that is no whole number'],
    [`id,label\n${SECRET},1,2\n`, 'line 2 has 3 fields where the header has 2'],
    [`id,label\n${SECRET}\n`, 'line 2 has 1 fields where the header has 2'],
    [`id,label\n"${SECRET},1\n`, 'the quote opened in line 2 is never closed'],
    [Buffer.from(`id,label\n${SECRET},1\n`, 'utf16le'), 'is encoded as UTF-16'],
  ])('refuses %j as a whole, without what a field holds', async (text, message) => {
    const { give, files } = await open();
    const error = await give(text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DataContract', message: expect.stringContaining(`labels.csv: `) as string });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain(SECRET);
    expect((error as Error).message).not.toContain('maybe');
    expect(await files()).toEqual([]);
  });

  it('says what is wrong with a file that cannot be read', async () => {
    const { uri, path } = await open();
    const give = (file: string) => giveFeedback(createFileSource(uri), { model: MODEL, target }, file);
    await expect(give(path)).rejects.toThrow('labels.csv: does not exist; check the path after --file');
    await expect(give(dirname(path))).rejects.toThrow('is a directory; name one CSV file');
  });

  it('counts the lines that it refuses', async () => {
    const { give } = await open();
    await expect(give('id,label\nx,?\ny,1\nz,?\n')).rejects.toThrow('line 2 has a label');
    await expect(give('id,label\nx,?\ny,1\nz,?\n')).rejects.toThrow(
      '2 lines are refused in all, and no label was taken',
    );
    await expect(give('id,label\nx,?\ny,1\n')).rejects.toThrow('no other line is refused');
  });

  it('tells on the command line what became of a file', async () => {
    const { uri, path } = await open();
    const give = async (text: string) => {
      await writeFile(path, text);
      return giveFeedback(createFileSource(uri), { model: MODEL, target }, path);
    };
    expect(await give('id,label\na,Yes\nb,No\nc,"Severe, chronic"\n')).toBe(
      'Took 3 labels of anemia, 2 of them anaemic.',
    );
    expect(await give('id,label\na,1\nb,0\nc,1\n')).toBe('Nothing new: 3 labels of anemia, known already.');
    expect(await give('id,label\na,1\na,0\n')).toBe(
      'Took 1 label of anemia, 0 of them anaemic. 1 label known already or given twice.',
    );
    expect(await give('id,label\n')).toBe('The file holds no label; anemia has as many as before.');
  });
});
