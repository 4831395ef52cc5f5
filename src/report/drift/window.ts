import type { DriftReport } from '../../contracts/report.js';
import { count, counted, digest, listed, period } from '../format.js';
import type { Section } from '../page.js';
import { facts } from '../parts.js';

const MOST_NAMES = 20;

/** What was captured in the window, and what of it could be used. */
export function windowSection({ window, check }: DriftReport): Section {
  const { rows, otherVersions, brokenLines, withoutInputs, unknownFeatures, missingFeatures } = window;
  const others = otherVersions.map(
    (other) => `${counted(other.rows, 'row')} of version ${other.version} (${digest(other.sha256)})`,
  );
  return {
    id: 'window',
    title: 'Window',
    lead: 'What was captured, and what of it could be used.',
    body: facts([
      ['Time', period(window)],
      ['Rows judged', `${count(rows)} of version ${check.model.version}`],
      ['Other versions', others.length > 0 ? `${listed(others, MOST_NAMES)}, not judged` : 'none'],
      ['Broken lines', brokenLines > 0 ? `${count(brokenLines)}, left out` : 'none'],
      ['Without inputs', withoutInputs > 0 ? `${counted(withoutInputs, 'row')}: predictions and scores only` : 'none'],
      ['Unknown features', listed(unknownFeatures, MOST_NAMES) || 'none'],
      ['Missing features', listed(missingFeatures, MOST_NAMES) || 'none'],
    ]),
  };
}
