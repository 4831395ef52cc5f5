import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../src/capture/feedback.js';
import { createFileSource } from '../../src/capture/file-source.js';
import { readLabelled } from '../../src/capture/labelled.js';
import { giveFeedback } from '../../src/cli/feedback.js';
import { temporaryDirectory } from '../support/temp.js';
import { HOUR, idOf, linesOf, MODEL, OTHER_SHA256, SHA256, WINDOW } from './lines.js';

const LABELS = { Yes: 1, No: 0, 'Severe, chronic': 1 } as const;
const target = { source: 'Anaemic', labels: { ...LABELS }, positive: 'anaemic', negative: 'not anaemic' };

const withIds = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => idOf(name));

/** A capture with its own clock, which goes on by an hour with every file of labels. */
async function open() {
  const directory = await temporaryDirectory();
  const uri = pathToFileURL(join(directory, 'capture')).href;
  const capture = createFileSource(uri);
  const path = join(directory, 'labels.csv');
  let hour = 4;
  let part = 0;
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
        `${HOUR}/part-${part++}.jsonl`,
        requests
          .flatMap((request) => linesOf({ ...request, id: idOf(request.id) }))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    /** Names between braces stand for their ids. */
    give: async (text: string | Uint8Array) => {
      await writeFile(path, typeof text === 'string' ? withIds(text) : text);
      const now = () => new Date(Date.UTC(2026, 0, 2, hour++));
      return acceptFeedback({ capture, model: MODEL, target, path, now });
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
    const text =
      'id,label,row\n{one},Yes,\n{batch},no,2\n{batch}, YES ,1\n"{one}","yes","1"\n{other},1,0\n{elsewhere},0,\n';
    expect(await give(text)).toEqual({ accepted: 4, positives: 3, duplicates: 0, unmatched: 2, blanks: 0 });
    expect(await labelled()).toEqual({
      scores: [0.9, 0.5, 0.75],
      predictions: [1, 1, 1],
      labels: [1, 1, 0],
      known: 4,
      unmatched: 1,
    });
    expect(await labelled({ from: WINDOW.to, to: '2026-01-02T05:00:00.000Z' })).toMatchObject({
      labels: [],
      known: 4,
      unmatched: 4,
    });
  });

  it('finds rows of a batch that the log splits', async () => {
    const { predict, give, labelled } = await open();
    const inputs = Array.from({ length: 10_000 }, (_, i) => [i / 101, 30, 10]);
    const scores = inputs.map((_, i) => i / 10_000);
    await predict({ id: 'batch', inputs, scores });
    await give('row,id,label\n9999,{batch},1\n0,{batch},0\n5000,{batch},1\n');
    expect(await labelled()).toMatchObject({ scores: [0, 0.5, 0.9999], labels: [0, 1, 1], unmatched: 0 });
  });

  it('lets the label count that came last, in a file or after it', async () => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    expect(await give('id,label\n{one},0\n{two},0\n{one},1\n')).toMatchObject({
      ...{ accepted: 2, positives: 1, duplicates: 1 },
    });
    expect(await labelled()).toMatchObject({ labels: [1, 0], known: 2 });
    await give('id,label\n{two},Yes\n');
    expect(await labelled()).toMatchObject({ labels: [1, 1], known: 2, unmatched: 0 });
  });

  it('takes what is known already no second time, however it is written', async () => {
    const { predict, give, labelled, files } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    await give('id,label\n{one},Yes\n');
    const again = '\uFEFF"id","label","row"\r\n"{one}"," yes ",0\r\n';
    expect(await give(again)).toMatchObject({ accepted: 0, positives: 0, duplicates: 1 });
    expect(await give(`${again}{two},1,0\r\n`)).toMatchObject({ accepted: 1, positives: 1, duplicates: 1 });
    expect(await files()).toHaveLength(2);
    expect(await labelled()).toMatchObject({ labels: [1, 1] });
  });

  it('lets a correction be corrected back', async () => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' });
    for (const label of ['Yes', 'No', 'Yes'])
      expect(await give(`id,label\n{one},${label}\n`)).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await labelled()).toMatchObject({ labels: [1] });
  });

  it('does not read predictions while no label is known, nor lines without one', async () => {
    const { capture, predict, give, labelled, opened } = await open();
    await predict({ id: 'one' });
    expect(await labelled()).toEqual({ scores: [], predictions: [], labels: [], known: 0, unmatched: 0 });
    expect(opened).toEqual([]);
    await give('id,label\n{one},1\n');
    const [line] = linesOf({ id: idOf('two') });
    await capture.put(`${HOUR}/torn.jsonl`, `${line!.slice(0, -10)}\n`);
    expect(await labelled()).toMatchObject({ labels: [1] });
  });

  it('skips a broken line of labels, and labels from before the window', async () => {
    const { capture, predict, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    const line = (id: string) =>
      `${JSON.stringify({ type: 'feedback', id: idOf(id), row: 0, label: 1, time: WINDOW.to })}\n`;
    const text = `${line('one')}{"type":"feedb\n{"type":"feedback","id":"${idOf('two')}","row":0,"label":2}\n`;
    await capture.put(`${MODEL}/feedback/date=2026-01-02/a.jsonl`, text);
    await capture.put(`${MODEL}/feedback/date=2025-12-31/a.jsonl`, line('two'));
    expect(await labelled()).toMatchObject({ labels: [1], known: 1 });
  });

  const SECRET = 'Anna Muster';
  it.each([
    ['', 'is empty; give a header id,label'],
    [`${SECRET},1\n`, 'line 1 is not the header'],
    [`id,${SECRET}\n{x},1\n`, 'line 1 is not the header'],
    [`id,label,label\n{x},1,0\n`, 'line 1 is not the header'],
    [
      `id,label\n{x},1\n{y},${SECRET}\n{z},maybe\n`,
      'line 3 has a label that the definition does not know; write Yes, No',
    ],
    [`id,label\n{x},1\n\n"a\nb",1\n`, 'line 4 has no prediction id'],
    [`id,label\n,1\n`, 'line 2 has no prediction id'],
    [`id,label\n${SECRET},1\n`, 'line 2 has no prediction id, which is a UUID'],
    [`id,label,row\n{x},1,-1\n`, 'line 2 has a row that is no whole number'],
    [`id,label,row\n{x},1,1.5\n`, 'line 2 has a row that is no whole number'],
    [`id,label\n${SECRET},1,2\n`, 'line 2 has 3 fields where the header has 2'],
    [`id,label\n${SECRET}\n`, 'line 2 has 1 fields where the header has 2'],
    [`id,label\n"${SECRET},1\n`, 'the quote opened in line 2 is never closed'],
    [Buffer.from(`id,label\n${SECRET},1\n`, 'utf16le'), 'line 2 has no prediction id'],
  ])('refuses %j as a whole, without what a field holds', async (text, message) => {
    const { predict, give, files } = await open();
    await predict({ id: 'x' }, { id: 'y' }, { id: 'z' });
    const error = await give(text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DataContract', message: expect.stringContaining(`labels.csv: `) as string });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain(SECRET);
    expect((error as Error).message).not.toContain('maybe');
    expect(await files()).toEqual([]);
  });

  it.each([
    ['numbers as pandas writes them', 'id,label,row\n{one},1.0,0\n{two},0.0,0.0\n'],
    ['truth values', 'id,label\n{one},True\n{two},FALSE\n'],
    ['the names of the classes', 'id,label\n{one},Anaemic\n{two},not anaemic\n'],
    ['semicolons', 'id;label;row\n{one};1;0\n"{two}";0;\n'],
    ['tabs', 'id\tlabel\n{one}\t1\n{two}\t0\n'],
    ['an index without a name', ',id,label\n0,{one},1\n1,{two},0\n'],
    ['more columns', 'clinic,id,seen,label\nA,{one},,1\nB,{two},,0\n'],
    ['other names of the columns', 'prediction_id,actual\n{one},1\n{two},0\n'],
    ['ids in capitals', `id,label\n${idOf('one').toUpperCase()},1\n${idOf('two').toUpperCase()},0\n`],
    ['labels that are not known yet', 'id,label\n{one},1\n{three},\n{three},<NA>\n{two},0\n'],
  ])('reads %s', async (_, text) => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' }, { id: 'three' });
    const blanks = text.includes('{three}') ? 2 : 0;
    expect(await give(text)).toEqual({ accepted: 2, positives: 1, duplicates: 0, unmatched: 0, blanks });
    expect(await labelled()).toMatchObject({ labels: [1, 0], known: 2 });
  });

  it('lets the definition call a number or a truth value otherwise', async () => {
    const { capture, predict, path, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' }, { id: 'three' });
    await writeFile(path, withIds('id,label\n{one},2.0\n{two},1\n{three},true\n'));
    const turned = { labels: { 1: 0, 2: 1, true: 0 } as const, positive: 'left', negative: 'stayed' };
    await acceptFeedback({ capture, model: MODEL, target: turned, path, now: () => new Date(Date.UTC(2026, 0, 2, 5)) });
    expect(await labelled()).toMatchObject({ labels: [1, 0, 0] });
  });

  it('takes a number for that of the definition however either is written, and no number that it does not spell', async () => {
    const { capture, predict, path, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    const turned = { labels: { '2.0': 1, '1.0': 0 } as const, positive: 'left', negative: 'stayed' };
    const accept = async (text: string) => {
      await writeFile(path, withIds(text));
      return acceptFeedback({ capture, model: MODEL, target: turned, path, now: () => new Date(Date.UTC(2026, 0, 2)) });
    };
    await expect(accept('id,label\n{one},0\n')).rejects.toThrow('does not know; write 2.0, 1.0; no other line');
    await accept('id,label\n{one},1\n{two},2\n');
    expect(await labelled()).toMatchObject({ labels: [0, 1] });
  });

  it('keeps nothing of labels that belong to no captured prediction', async () => {
    const { predict, give, files } = await open();
    await predict({ id: 'one' }, { id: 'ours', purpose: 'probe' });
    await expect(give('id,label\n{a},1\n{b},0\n{ours},0\n')).rejects.toMatchObject({
      type: 'DataContract',
      message: expect.stringMatching(/^labels.csv: none of its 3 labels belongs to a captured prediction/) as string,
    });
    expect(await files()).toEqual([]);
    const some = await give('id,label,row\n{a},1,0\n{one},1,0\n{one},1,5000\n');
    expect(some).toMatchObject({ accepted: 1, unmatched: 2 });
  });

  it('refuses a label of a batch that does not say of which row', async () => {
    const { predict, give, files } = await open();
    await predict({ id: 'one' }, { id: 'batch', inputs: Array.from({ length: 300 }, () => [43, 30, 10]) });
    await expect(give(`id,label\n{one},1\n${'{batch},1\n'.repeat(300)}`)).rejects.toThrow(
      'line 3 does not say of which of the 300 rows of its request the label is; add a column row',
    );
    expect(await files()).toEqual([]);
  });

  it('finds predictions of any time, and reads no further back than it must', async () => {
    const { capture, predict, give, labelled } = await open();
    await predict({ id: 'new' });
    const [early] = linesOf({ id: idOf('early'), time: '2025-06-01T10:59:59.000Z' });
    await capture.put(`${MODEL}/date=2025-06-01/hour=11/part.jsonl`, `${early!}\n`);
    expect(await give('id,label\n{early},1\n{new},0\n')).toMatchObject({ accepted: 2, unmatched: 0 });
    expect(await labelled()).toMatchObject({ labels: [0] });
  });

  it('says what is wrong with a file that cannot be read', async () => {
    const { uri, path } = await open();
    const give = (file: string) => giveFeedback(createFileSource(uri), { model: MODEL, target }, file);
    await expect(give(path)).rejects.toThrow('labels.csv: does not exist; check the path after --file');
    await expect(give(dirname(path))).rejects.toThrow('is a directory; name one CSV file');
  });

  it('counts the lines that it refuses', async () => {
    const { give } = await open();
    await expect(give('id,label\n{x},!\n{y},1\n{z},!\n')).rejects.toThrow('line 2 has a label');
    await expect(give('id,label\n{x},!\n{y},1\n{z},!\n')).rejects.toThrow(
      '2 lines are refused in all, and no label was taken',
    );
    await expect(give('id,label\n{x},!\n{y},1\n')).rejects.toThrow('no other line is refused');
  });

  it('tells on the command line what became of a file', async () => {
    const { uri, path, predict } = await open();
    await predict({ id: 'a' }, { id: 'b' }, { id: 'c' });
    const give = async (text: string) => {
      await writeFile(path, withIds(text));
      return giveFeedback(createFileSource(uri), { model: MODEL, target }, path);
    };
    expect(await give('id,label\n{a},Yes\n{b},No\n{c},"Severe, chronic"\n')).toBe(
      'Took 3 labels of anemia, 2 of them anaemic.',
    );
    expect(await give('id,label\n{a},1\n{b},0\n{c},1\n')).toBe(
      'Nothing new for anemia. 3 labels known already or given twice.',
    );
    expect(await give('id,label\n{a},1\n{a},0\n{x},1\n{y},0\n{b},\n')).toBe(
      'Took 1 label of anemia, 0 of them anaemic. 1 label known already or given twice. 2 labels left out, whose id and row are of no captured prediction of anemia. 1 line without a label left out.',
    );
    expect(await give('id,label\n')).toBe('The file holds no label; anemia has as many as before.');
  });
});
