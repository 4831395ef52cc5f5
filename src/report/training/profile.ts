import type { ExploratoryProfile, FeatureProfile, TrainingReport } from '../../contracts/results.js';
import { count, counted, measure, percent, ratio } from '../format.js';
import { html, type Markup, table } from '../markup.js';
import type { Section } from '../page.js';

/** A table of more features would be too wide to read. */
const MOST_CORRELATED = 20;

/** A first look at the data. */
export function profileSection({ profile, features, labels }: TrainingReport): Section {
  const section = { id: 'profile', title: 'Data' };
  if (!profile) return { ...section, body: html`<p>There is no exploratory profile: no version was registered.</p>` };
  const units = new Map(features.map(({ name, unit }) => [name, unit]));
  return {
    ...section,
    lead: html`${looked(profile)} ${counted(profile.labels.positive, 'row')} ${labels.positive}
    (${percent(profile.labels.positiveShare)}), ${count(profile.labels.negative)} ${labels.negative}. Low, high and
    quartiles are each the mean of at least five neighbouring rows.`,
    body: [
      statistics(profile.features, units),
      html`<div class="pair">
        <div>${classMeans(profile.features, labels, units)}</div>
        ${profile.features.length > 1 && html`<div>${correlations(profile)}</div>`}
      </div>`,
    ],
  };
}

const looked = ({ rows, totalRows }: ExploratoryProfile) =>
  rows < totalRows ? `${count(rows)} of ${count(totalRows)} rows, evenly spaced.` : `${count(rows)} rows.`;

const named = (name: string, units: Map<string, string>) => {
  const unit = units.get(name) ?? '';
  return html`${name}${unit === '' ? null : html` <small>${unit}</small>`}`;
};

const STATISTICS = ['mean', 'std', 'low', 'q1', 'median', 'q3', 'high'] as const;
const STATISTIC_LABELS = ['Mean', 'Deviation', 'Low', '1st quartile', 'Median', '3rd quartile', 'High'];

const statistics = (features: FeatureProfile[], units: Map<string, string>): Markup =>
  table(
    'Features',
    [
      { head: 'Feature' },
      { head: 'Values', number: true },
      { head: 'Missing', number: true },
      ...STATISTIC_LABELS.map((head) => ({ head, number: true })),
    ],
    features.map((feature) => ({
      cells: [
        named(feature.name, units),
        count(feature.count),
        percent(feature.count + feature.missing > 0 ? feature.missing / (feature.count + feature.missing) : null),
        ...STATISTICS.map((statistic) => measure(feature[statistic])),
      ],
    })),
  );

const classMeans = (features: FeatureProfile[], labels: TrainingReport['labels'], units: Map<string, string>): Markup =>
  table(
    'Means by class',
    [
      { head: 'Feature' },
      { head: labels.positive, number: true },
      { head: labels.negative, number: true },
      { head: 'Difference', number: true },
      { head: 'In deviations', number: true },
    ],
    features.map(({ name, std, classMeans: { positive, negative } }) => {
      const difference = positive === null || negative === null ? null : positive - negative;
      return {
        cells: [
          named(name, units),
          measure(positive),
          measure(negative),
          measure(difference),
          ratio(difference === null || std === null || std === 0 ? null : difference / std),
        ],
      };
    }),
  );

function correlations({ features, correlation }: ExploratoryProfile): Markup {
  const names = features.slice(0, MOST_CORRELATED).map(({ name }) => name);
  const caption =
    names.length < features.length
      ? `Correlation (Pearson) of the first ${count(names.length)} features`
      : 'Correlation (Pearson)';
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table class="heat">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Feature</th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name, row) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${names.map((_, column) => heat(correlation[row]?.[column] ?? null))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const heat = (r: number | null): Markup =>
  r === null
    ? html`<td class="none">–</td>`
    : html`<td class="${r < 0 ? 'negative' : 'positive'}" style="--strength:${Math.min(Math.abs(r), 1).toFixed(2)}">
        ${r.toFixed(2).replace('-', '−')}
      </td>`;
