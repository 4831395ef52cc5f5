import { expect, it } from 'vitest';
import { notices } from '../../../src/cli/commands/drift-check.js';
import { driftReport } from '../report/drift-documents.js';

it('tells of captured files that were removed while they were read, and of nothing where none were', () => {
  const { window, reference } = driftReport();
  const gone = notices({ window: { ...window, goneFiles: 2 }, reference });
  expect(gone).toContain('2 captured files were removed while they were read, and count for nothing');
  expect(gone.filter((line) => !line.includes('files'))).toEqual(notices({ window, reference }));
});
