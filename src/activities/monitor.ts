import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import {
  type CheckEntry,
  type CheckMode,
  type Comparison,
  type MonitoringPolicy,
  type TimeWindow,
} from '../contracts/monitoring.js';
import { decide } from '../ml/monitoring/decide.js';
import { schedulesOf } from '../monitoring-schedules.js';
import { championAlias } from '../registry/registry.js';
import type { Ports } from './ports.js';

/** At least so many checks before a new one are looked at, those by hand and of the past included. */
const EARLIER_CHECKS = 200;

/** `decide` needs two cooldowns of checks; as many again may be by hand or of the past. */
const earlierChecks = ({ everyMinutes, drift: { cooldownHours, alarm } }: MonitoringPolicy) =>
  Math.max(EARLIER_CHECKS, 4 * (Math.ceil((cooldownHours * 60) / everyMinutes) + alarm.of));

/** Monitor: schedules of a deployed model, and the steps of one drift check. */
export function createMonitorActivities(ports: Ports) {
  const { registry, schedules, monitoringLog, compute, captureUri, running, now } = ports;
  return {
    /** Makes or changes the schedules of a model that serves, or takes them away when it is not to be watched. Gives their ids. */
    async scheduleMonitoring({ definition }: { definition: Definition }): Promise<string[]> {
      const wishes = schedulesOf(definition);
      for (const wish of wishes) {
        if (definition.monitoring.enabled) await schedules.ensure(wish);
        else await schedules.remove(wish.id);
      }
      return definition.monitoring.enabled ? wishes.map(({ id }) => id) : [];
    },

    /** @throws NotServing when there is nothing to check */
    async compareWindow({ definition, window }: { definition: Definition; window: TimeWindow }): Promise<Comparison> {
      const { model, deployment, monitoring, split } = definition;
      const champion = await registry.alias(model, championAlias(model, deployment));
      if (champion === null)
        throw new PipelineFailure(
          'NotServing',
          `Nothing of model ${model} serves behind ${deployment.functionName}:${deployment.alias}, so there is nothing to check; npm run start-pipeline deploys one.`,
        );
      const { version } = champion;
      const { sha256 } = champion.model;
      const result = await compute.run(
        'compareWindow',
        {
          ...{ captureUri, model, sha256, window, policy: monitoring, seed: split.seed },
          reference: champion.lineage.reference,
          crossValidated: champion.crossValidated[monitoring.performance.metric],
        },
        running(),
      );
      return { ...result, model: { name: model, version, sha256 } };
    },

    /** What the window means after those before it. Nothing is written down yet. */
    async concludeCheck(input: {
      definition: Definition;
      mode: CheckMode;
      window: TimeWindow;
      run: string;
      comparison: Comparison;
    }): Promise<CheckEntry> {
      const { definition, mode, window, run, comparison } = input;
      const { details: _, model, performance, ...found } = comparison;
      const at = now().toISOString();
      const { found: inWords, ...measured } = performance;
      const decision = decide({
        ...found,
        model,
        performance: { state: performance.state, found: inWords },
        window: { ...window, rows: comparison.rows },
        policy: definition.monitoring,
        earlier: await monitoringLog.checks(model.name, earlierChecks(definition.monitoring)),
        now: at,
      });
      return { ...found, run, mode, at, model, window, performance: measured, decision, report: null };
    },

    recordCheck: (entry: CheckEntry): Promise<void> => monitoringLog.recordCheck(entry),
  };
}
