import type { ArtifactRef } from '../../contracts/artifact.js';
import type { MonitoringReference } from '../../contracts/monitoring-reference.js';
import type { Evaluation } from '../../contracts/report.js';
import type { NestedScores } from '../../contracts/option-search.js';
import type { FoldMetrics } from '../../contracts/results.js';
import type { ArtifactStore } from '../../store/artifacts.js';

/** Stores a document as one line of JSON. */
export const putJson = (
  store: ArtifactStore,
  value: Evaluation | MonitoringReference | FoldMetrics | NestedScores,
): Promise<ArtifactRef> => store.put(Buffer.from(`${JSON.stringify(value)}\n`));
