import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../../src/capture/feedback.js';
import { feedbackText } from '../../../src/cli/commands/feedback.js';
import { giveFeedback } from '../../../src/client/captures.js';
import { open, target, withIds } from './labels.js';
import { HOUR, idOf, linesOf, MODEL, OTHER_SHA256, WINDOW, putText } from './lines.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

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
    expect(await give(text)).toEqual({
      accepted: 4,
      positives: 3,
      duplicates: 0,
      contradicted: 0,
      unmatched: 2,
      blanks: 0,
    });
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
      ...{ accepted: 2, positives: 1, duplicates: 0, contradicted: 1 },
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
    await putText(capture, `${HOUR}/torn.jsonl`, `${line!.slice(0, -10)}\n`);
    expect(await labelled()).toMatchObject({ labels: [1] });
  });

  it('skips a broken line of labels, and labels from before the window', async () => {
    const { capture, predict, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' });
    const line = (id: string) =>
      `${JSON.stringify({ type: 'feedback', id: idOf(id), row: 0, label: 1, time: WINDOW.to })}\n`;
    const text = `${line('one')}{"type":"feedb\n{"type":"feedback","id":"${idOf('two')}","row":0,"label":2}\n`;
    await putText(capture, `${MODEL}/feedback/date=2026-01-02/a.jsonl`, text);
    await putText(capture, `${MODEL}/feedback/date=2025-12-31/a.jsonl`, line('two'));
    expect(await labelled()).toMatchObject({ labels: [1], known: 1 });
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

  it.each([
    [
      'id,label,row\n{batch},1,1\n{batch},0,2\n{batch},1,3\n',
      'line 4 gives the last row of its request as row 3, and no',
    ],
    ['id,label,row\n{batch},1,1\n{batch},0,3\n{one},1,1\n', 'count the rows of a request from 0 on; 2 lines are'],
  ])('refuses rows that are counted from 1: %j', async (text, message) => {
    const { predict, give, files } = await open();
    await predict({ id: 'one' }, { id: 'batch', inputs: [1, 2, 3].map((r) => [r, 30, 10]) });
    await expect(give(text)).rejects.toThrow(message);
    expect(await files()).toEqual([]);
    expect(await give('id,label,row\n{batch},1,0\n{batch},0,3\n')).toMatchObject({ accepted: 1, unmatched: 1 });
  });

  it('refuses a label of a batch that does not say of which row', async () => {
    const { predict, give, files } = await open();
    await predict({ id: 'one' }, { id: 'batch', inputs: Array.from({ length: 300 }, () => [43, 30, 10]) });
    await expect(give(`id,label\n{one},1\n${'{batch},1\n'.repeat(300)}`)).rejects.toThrow(
      'line 3 does not say of which of the 300 rows of its request the label is; add a column row with the index in the request, from 0 on; 300 lines are refused in all',
    );
    expect(await files()).toEqual([]);
  });

  it('finds predictions of any time, and reads no further back than it must', async () => {
    const { capture, predict, give, labelled } = await open();
    await predict({ id: 'new' });
    const [early] = linesOf({ id: idOf('early'), time: '2025-06-01T10:59:59.000Z' });
    await putText(capture, `${MODEL}/date=2025-06-01/hour=11/part.jsonl`, `${early!}\n`);
    expect(await give('id,label\n{early},1\n{new},0\n')).toMatchObject({ accepted: 2, unmatched: 0 });
    expect(await labelled()).toMatchObject({ labels: [0] });
  });

  it('tells on the command line what became of a file', async () => {
    const { uri, path, predict } = await open();
    await predict({ id: 'a' }, { id: 'b' }, { id: 'c' });
    const give = async (text: string) => {
      await writeFile(path, withIds(text));
      const definition = { model: MODEL, target };
      return feedbackText(definition, await giveFeedback(createFileObjects(fileURLToPath(uri)), definition, path));
    };
    expect(await give('id,label\n{a},Yes\n{b},No\n{c},"Severe, chronic"\n')).toBe(
      'Took 3 labels of anemia, 2 of them anaemic.',
    );
    expect(await give('id,label\n{a},1\n{b},0\n{c},1\n')).toBe(
      'Nothing new for anemia. 3 labels known already or given twice.',
    );
    expect(await give('id,label\n{a},1\n{a},0\n{x},1\n{y},0\n{b},\n')).toBe(
      'Took 1 label of anemia, 0 of them anaemic. 1 label left out, since a later line of the file says otherwise of the same prediction. 2 labels left out, whose id and row are of no captured prediction of anemia. 1 line without a label left out.',
    );
    expect(await give('id,label\n')).toBe('The file holds no label; anemia has as many as before.');
  });
});
