import { describe, expect, it } from 'vitest';
import { dataset, ingest, ingestFile, labelled, parquet, temporaryFolder } from './fixtures.js';

describe('a label', () => {
  it.each([
    [{ '1': 1, '0': 0 }, ['1', '1.0', '1.00', '1e0', '+1', ' 1 ', 'true', 'TRUE'], ['0', '0.0', '-0', 'False']],
    [{ '1.0': 1, '0.0': 0 }, ['1', '1.0', 'true'], ['0', '0.000']],
    [{ true: 1, false: 0 }, ['TRUE', 'True', '1', '1.0'], ['FALSE', '0', '0.0']],
    [{ '2': 1, '1': 0 }, ['2', '2.0'], ['1', '1.0', 'true']],
    [{ '1': 0, '0': 1 }, ['0', 'false'], ['1', 'true']],
    [{ Yes: 1, No: 0 }, ['yes', ' YES '], ['no', 'nO']],
    [{ 'gu\u0308t': 1, '\u00c4 ': 0 }, ['g\u00fct', 'GU\u0308T'], ['a\u0308', '\u00e4']],
  ] as [Record<string, 0 | 1>, string[], string[]][])(
    'of %j is the same in every spelling of the value',
    async (labels, ones, zeros) => {
      const rows = [...ones, ...zeros].map((text) => `1,${text}\n`).join('');
      const { counts, table } = await ingest(`A,T\n${rows}`, { definition: labelled(labels) });
      expect(counts.rejects).toEqual([]);
      expect([...table.labels]).toEqual([...ones.map(() => 1), ...zeros.map(() => 0)]);
    },
  );

  it.each(
    [
      [
        '(range % 2)::TINYINT',
        '(range % 2)::BIGINT',
        '(range % 2)::DOUBLE',
        '(range % 2)::FLOAT',
        '(range % 2)::DECIMAL(9,3)',
      ],
      [
        'range % 2 = 1',
        `(range % 2)::VARCHAR`,
        `((range % 2)::DOUBLE)::VARCHAR`,
        `(range % 2 = 1)::VARCHAR`,
        '(range % 2)::HUGEINT',
      ],
    ].flat(),
  )('of a Parquet column that is %s is that of the number', async (sql) => {
    const folder = await temporaryFolder();
    const path = await parquet(`SELECT 1.0 AS "A", ${sql} AS "T" FROM range(5)`, folder);
    for (const labels of [
      { '1': 1, '0': 0 },
      { '1.0': 1, '0.0': 0 },
      { true: 1, FALSE: 0 },
    ] as Record<string, 0 | 1>[]) {
      const { table, counts } = await ingestFile(path, labelled(labels), folder);
      expect(counts.rejected).toBe(0);
      expect([...table.labels]).toEqual([0, 1, 0, 1, 0]);
    }
  });

  it('beyond what a double tells apart is compared as text', async () => {
    const { counts } = await ingest('A,T\n1,9007199254740993\n1,9007199254740992\n', {
      definition: labelled({ '9007199254740993': 1, '0': 0 }),
    });
    expect(counts).toMatchObject({ rows: 1, positives: 1, rejected: 1 });
  });

  it('with a line break inside is that label in CSV, where it is read as a space, and in Parquet', async () => {
    const rules = labelled({ 'very\r\nill': 1, 'not\nill': 0 });
    const { table } = await ingest('A,T\n1,"very\r\nill"\n2,"Not\nill"\n3,not ill\n', { definition: rules });
    expect([...table.labels]).toEqual([1, 0, 0]);
    const folder = await temporaryFolder();
    const path = await parquet(
      `SELECT * FROM (VALUES (1, E'VERY\\r\\nill'), (2, E'not\\nill')) AS t("A", "T")`,
      folder,
    );
    expect([...(await ingestFile(path, rules, folder)).table.labels]).toEqual([1, 0]);
  });

  it('that is not known is refused with the labels that are', async () => {
    const strict = { ...labelled({ sick: 1, well: 0 }), dataset: dataset({ maxRejectedShare: 0 }) };
    await expect(ingest('A,T\n1,sick\n1,ill\n', { definition: strict })).rejects.toThrow(
      "1 unknown-label in 'T' (line 3); target.labels knows sick, well; mend these lines",
    );
  });
});
