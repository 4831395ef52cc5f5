import { whyItBegan } from '../../contracts/identity.js';
import type { TrainingReport } from '../../contracts/report.js';
import { type Content, html } from '../markup.js';
import type { Section } from '../page.js';
import { facts } from '../parts.js';

/** Where the model came from: with these, it can be made again byte for byte. */
export function lineageSection({ lineage, model, status }: TrainingReport): Section {
  const code = (text: string): Content => html`<code>${text}</code>`;
  const section = { id: 'lineage', title: 'Lineage' };
  if (!lineage)
    return {
      ...section,
      body: status.dataset
        ? facts([
            ['Data', code(status.dataset.uri)],
            ['Source, SHA-256', code(status.dataset.sha256)],
            ['Model', 'no version was registered'],
          ])
        : html`<p>No version was registered.</p>`,
    };
  return {
    ...section,
    lead: 'The same source, definition and code give the same model, byte for byte.',
    body: facts([
      ['Model, SHA-256', model.sha256 === null ? 'no version was registered' : code(model.sha256)],
      ['Candidate', lineage.candidate],
      ['Data', code(lineage.datasetUri)],
      ['Source, SHA-256', code(lineage.sourceSha256)],
      ['Data set, SHA-256', code(lineage.datasetSha256)],
      ['Definition, SHA-256', code(lineage.definitionSha256)],
      ['Code version', code(lineage.codeVersion)],
      ['Git commit', lineage.commit === null ? 'not known: the code was no checkout' : code(lineage.commit)],
      ['Why it ran', whyItBegan(lineage.origin)],
      ['Workflow', code(lineage.workflowId)],
      ['Workflow run', code(lineage.runId)],
    ]),
  };
}
