import { describeFault, type RefusedRequests } from '../../contracts/refused-requests.js';
import type { DriftReport } from '../../contracts/report.js';
import { count, counted, digest, listed, percent, period } from '../format.js';
import type { Markup } from '../markup.js';
import type { Section } from '../page.js';
import { facts, table } from '../parts.js';

const MOST_NAMES = 20;
const MOST_FAULTS = 20;

/** What was captured in the window, and what of it could be used. */
export function windowSection({ window, check }: DriftReport): Section {
  const { rows, otherVersions, brokenLines, refusals, withoutInputs, unknownFeatures, missingFeatures } = window;
  const others = otherVersions.map(
    (other) => `${counted(other.rows, 'row')} of version ${other.version} (${digest(other.sha256)})`,
  );
  return {
    id: 'window',
    title: 'Window',
    lead: 'What was captured, and what of it could be used.',
    body: [
      facts([
        ['Time', period(window)],
        ['Rows judged', `${count(rows)} of version ${check.model.version}`],
        ['Other versions', others.length > 0 ? `${listed(others, MOST_NAMES)}, not judged` : 'none'],
        ['Refused requests', refusedText(refusals)],
        ['Broken lines', brokenLines > 0 ? `${count(brokenLines)}, left out` : 'none'],
        [
          'Without inputs',
          withoutInputs > 0 ? `${counted(withoutInputs, 'row')}: predictions and scores only` : 'none',
        ],
        ['Unknown features', listed(unknownFeatures, MOST_NAMES) || 'none'],
        ['Missing features', listed(missingFeatures, MOST_NAMES) || 'none'],
      ]),
      refusals.refused > 0 ? faultsTable(refusals) : null,
    ],
  };
}

const refusedText = ({ refused, requests }: RefusedRequests): string =>
  refused > 0 ? `${count(refused)} of ${counted(requests, 'request')}: nothing of them was scored` : 'none';

/** What callers send that the model does not take: a field with another name, type or unit. */
const faultsTable = ({ faults, refused }: RefusedRequests): Markup =>
  table(
    'Why requests were refused',
    [{ head: 'Fault' }, { head: 'Requests', number: true }, { head: 'Share of refused', number: true }],
    faults
      .slice(0, MOST_FAULTS)
      .map((fault) => ({ cells: [describeFault(fault), count(fault.requests), percent(fault.requests / refused)] })),
  );
