import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { giveFeedback } from '../../../src/client/captures.js';
import { open, target, withIds } from '../capture/labels.js';
import { idOf, MODEL } from '../capture/lines.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

describe('a file of labels', () => {
  const SECRET = 'Anna Muster';
  it.each([
    ['', 'holds no header line; the first line must name the columns'],
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
    [
      `id,label\n{x},1\nid,label\n{y},1\n`,
      'line 3 repeats the header, as files that were joined do; take the line out',
    ],
    [
      `{x},Yes\n{y},No\nid,label\n`,
      'line 1 has a label before the header; put the header id,label or id,label,row first; 2',
    ],
    [`'id','label'\n'{x}','${SECRET}'\n`, 'line 1 is not the header id,label or id,label,row; name these columns once'],
    [`[{"id":"{x}","label":"${SECRET}"}]`, 'is a JSON document, and no CSV file; export the table as CSV'],
    [`PAR1${SECRET}PAR1`, 'is a Parquet file, and no CSV file; export the table as CSV'],
    [gzipSync(`PAR1${SECRET}PAR1`), 'is a Parquet file, and no CSV file; export the table as CSV'],
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
    ['an index of R, for which the header has no name', '"id","label"\n"1","{one}",1\n"2","{two}",0\n'],
    ['a comma at the end of every line', 'id,label\n{one},1,\n{two},0,\n'],
    ["Excel's line that names the separator", 'sep=;\r\nid;label\r\n{one};1\r\n{two};0\r\n'],
    ['a title before the header', 'Labels of May\n\nid,label\n{one},1\n{two},0\n'],
    ['Windows-1252', Buffer.from(withIds('id,label,note\n{one},1,f\xfcr\n{two},0,\n'), 'latin1')],
    ['UTF-16', Buffer.from(withIds('\ufeffid\tlabel\r\n{one}\t1\r\n{two}\t0\r\n'), 'utf16le')],
    ['gzip', gzipSync(withIds('id,label\n{one},1\n{two},0\n'))],
    ['a separator within quotes of another column', '"note, if any";id;label\n"a,b";{one};1\n;{two};0\n'],
    ['rows of single predictions that are blank', 'id,label,row\n{one},1,NaN\n{two},0,\n'],
    ['labels that are not known yet', 'id,label\n{one},1\n{three},\n{three},<NA>\n{two},0\n'],
  ])('reads %s', async (_, text) => {
    const { predict, give, labelled } = await open();
    await predict({ id: 'one' }, { id: 'two' }, { id: 'three' });
    const blanks = typeof text === 'string' && text.includes('{three}') ? 2 : 0;
    expect(await give(text)).toEqual({
      accepted: 2,
      positives: 1,
      duplicates: 0,
      contradicted: 0,
      unmatched: 0,
      blanks,
    });
    expect(await labelled()).toMatchObject({ labels: [1, 0], known: 2 });
  });

  it('says what is wrong with a file that cannot be read', async () => {
    const { uri, path } = await open();
    const give = (file: string) => giveFeedback(createFileObjects(fileURLToPath(uri)), { model: MODEL, target }, file);
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
});
