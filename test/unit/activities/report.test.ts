import { describe, expect, it } from 'vitest';
import type { Ports } from '../../../src/activities/ports.js';
import { createReportActivities } from '../../../src/activities/report.js';
import type { RunOrigin } from '../../../src/contracts/identity.js';
import type { TrainingReport } from '../../../src/contracts/results.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { trainingReportSchema } from '../../../src/report/schema/training-report.js';
import { draftOf } from '../registry/draft.js';
import { textOf } from '../report/reading.js';
import { trainingReport } from '../report/training-documents.js';
import { modelDocument } from '../model/models.js';

/** The report of a run that registered a version, as people and as programs get it. */
async function reported(origin: RunOrigin | null) {
  const { lineage, ...draft } = draftOf('a');
  const version = { ...draft, lineage: { ...lineage, origin }, version: 3, createdAt: '', decisions: [] };
  const { evaluation, profile, status } = trainingReport();
  const held = new Map<string, unknown>([
    [version.model.uri, modelDocument()],
    [lineage.evaluation.uri, evaluation],
    [lineage.profile.uri, profile],
  ]);
  const written: { html: string; json: string }[] = [];
  const ports = {
    registry: { version: () => Promise.resolve(version) },
    store: { get: ({ uri }: { uri: string }) => Promise.resolve(Buffer.from(JSON.stringify(held.get(uri)))) },
    reports: { write: (files: { html: string; json: string }) => Promise.resolve(void written.push(files)) },
    tracker: { ended: () => Promise.resolve() },
    running: () => ({ workflowId: 'train-1', runId: 'run-1' }),
    now: () => new Date(0),
    runUrl: () => null,
  } as unknown as Ports; // the other ports are not used by what runs here
  const definition = await loadDefinition('pipelines/anemia.json');
  await createReportActivities(ports).reportTraining({
    definition,
    status,
    outcome: 'deployed',
    reason: 'gate passed',
  });
  const { html, json } = written[0]!;
  return { text: textOf(html), document: JSON.parse(json) as TrainingReport };
}

describe('the report of a training run says why the run began', () => {
  it.each<[RunOrigin | null, string]>([
    [{ kind: 'person', by: { name: 'Ada', proof: 'claimed' } }, 'started by Ada (claimed)'],
    [{ kind: 'schedule', id: 'retrain-anemia-live' }, 'retrained by schedule retrain-anemia-live'],
    [
      { kind: 'episode', id: 'drift-7', what: 'data drift of hb' },
      'retrained because of data drift of hb (episode drift-7)',
    ],
    [{ kind: 'run', workflowId: 'check-1' }, 'started by run check-1'],
    [null, 'started by somebody who did not say why'],
  ])('%j', async (origin, words) => {
    const { text, document } = await reported(origin);
    expect(text).toContain(`Why it ran ${words}`);
    expect(document.lineage?.origin).toEqual(origin);
    expect(trainingReportSchema.shape.lineage.parse(document.lineage)).toEqual(document.lineage);
  });

  it('and not what proves who a person is', async () => {
    const claim = { by: 'Ada', at: '', evidence: { kind: 'os-user', mac: 'kept-back' } } as const;
    const { text, document } = await reported({ kind: 'person', by: { name: 'Ada', proof: 'os-user' }, claim });
    expect(document.lineage?.origin).toEqual({ kind: 'person', by: { name: 'Ada', proof: 'os-user' } });
    expect(text + JSON.stringify(document)).not.toContain('kept-back');
  });
});
