import type { Ports } from '../../../src/activities/ports.js';
import { createAlertActivities } from '../../../src/activities/alert.js';
import { createMonitorActivities } from '../../../src/activities/monitor.js';
import { createRetrainActivities } from '../../../src/activities/retrain.js';
import type { Definition } from '../../../src/contracts/definition.js';
import type { CheckEntry, DriftState, RetrainingEntry } from '../../../src/contracts/monitoring.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import type { MonitoringLog } from '../../../src/registry/monitoring-log.js';
import { draftOf } from '../registry/draft.js';
import { comparison } from '../../workflows/scripted.js';
import { PROJECT } from '../../support/project.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-01T00:00:00Z');

/** Monitoring and retraining of a model that serves, with a clock that is moved by hand. */
export class World {
  clock = START;
  /** Why a schedule is paused. */
  readonly paused = new Map<string, string>();
  /** What schedules started, like `<schedule>: <run>`. */
  readonly started = new Set<string>();
  /** Retrainings that run. */
  readonly open = new Set<string>();
  readonly monitoringLog: MonitoringLog = createMonitoringLog(createMemoryObjects());
  readonly activities: ReturnType<typeof createMonitorActivities> &
    ReturnType<typeof createRetrainActivities> &
    ReturnType<typeof createAlertActivities>;

  constructor(public definition: Definition) {
    const champion = { ...draftOf('a'), version: 3, createdAt: '', decisions: [] };
    const ports = {
      project: PROJECT,
      registry: { alias: () => Promise.resolve(champion) },
      schedules: {
        pause: (id: string, note: string) => Promise.resolve(void this.paused.set(id, note)),
        pauseNote: (id: string) => Promise.resolve(this.paused.get(id) ?? null),
        ensure: () => Promise.resolve(),
        hasStarted: (id: string, run: string) => Promise.resolve(this.started.has(`${id}: ${run}`)),
      },
      runs: { isOpen: (run: string) => Promise.resolve(this.open.has(run)) },
      alerts: [{ name: 'log', send: () => Promise.resolve() }],
      monitoringLog: this.monitoringLog,
      now: () => new Date(this.clock),
    } as unknown as Ports; // the other ports are not used by what runs here
    this.activities = {
      ...createMonitorActivities(ports),
      ...createAlertActivities(ports),
      ...createRetrainActivities(ports),
    };
  }

  static async open(): Promise<World> {
    return new World(await loadDefinition('pipelines/anemia.json'));
  }

  /** What the activities of one scheduled check do, with this verdict of its window. */
  check(drift: DriftState, length = HOUR): Promise<CheckEntry> {
    const to = new Date(this.clock).toISOString();
    const window = { from: new Date(this.clock - length).toISOString(), to };
    return this.activities.concludeCheck({
      ...{
        definition: this.definition,
        window,
        mode: 'scheduled',
        run: `drift-${this.definition.deployment.alias}-${to}/run`,
      },
      comparison: {
        ...comparison,
        drift,
        driftedCount: drift === 'drift' ? 1 : 0,
        driftedColumns: drift === 'drift' ? ['r'] : [],
      },
    });
  }

  /** Asks for a retraining on data of this name and ends it so. */
  async retrain(data: string, outcome: NonNullable<RetrainingEntry['outcome']>): Promise<boolean> {
    const run = `retrain-${this.clock}`;
    const claim = await this.activities.claimRetraining({
      definition: this.definition,
      cause: 'drift',
      run,
      datasetSha256: data.padEnd(64, '0'),
    });
    if (claim.allowed)
      await this.activities.finishRetraining({ definition: this.definition, cause: 'drift', run, outcome, reason: '' });
    return claim.allowed;
  }

  /** Hours of the run in which an episode began. */
  async hourly(days: number, driftAt: (hour: number) => DriftState, skip: (hour: number) => boolean = () => false) {
    const begun: number[] = [];
    const retrained: number[] = [];
    for (let hour = 0; hour < days * 24; hour++, this.clock += HOUR) {
      if (skip(hour)) continue;
      const { decision } = await this.check(driftAt(hour));
      if (decision.begun.length > 0) begun.push(hour);
      if (decision.retrain !== null && (await this.retrain(`data-${Math.floor(hour / 24)}`, 'refused')))
        retrained.push(hour);
    }
    return { begun, retrained };
  }
}
