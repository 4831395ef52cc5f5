import { z } from 'zod';
import { programCommand } from '../contracts/commands.js';
import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { TimeWindow } from '../contracts/values.js';
import type { CheckEntry, CheckMode, Comparison } from '../contracts/monitoring.js';
import { decide, earlierChecks } from '../monitoring/decide.js';
import { schedulesOf } from '../vendors/temporal/schedules.js';
import type { MonitoringTarget } from '../registry/monitoring-log.js';
import { championAlias } from '../registry/registry.js';
import { asked, checkMode, comparison, timeWindow } from './inputs/monitoring.js';
import { definition, runName, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';

/** Where a definition's model serves. */
export const monitoringTarget = ({ model, deployment: { functionName, alias } }: Definition): MonitoringTarget => ({
  model,
  functionName,
  alias,
});

/** Monitor: schedules of a deployed model, and the steps of one drift check. */
export function createMonitorActivities(
  ports: Pick<
    Ports,
    'project' | 'registry' | 'schedules' | 'monitoringLog' | 'compute' | 'captureUri' | 'running' | 'now'
  >,
) {
  const { project, registry, schedules, monitoringLog, compute, captureUri, running, now } = ports;
  return {
    /** Makes or changes the schedules of a model that serves, or takes them away when it is not to be watched. Gives their ids. */
    async scheduleMonitoring({ definition }: { definition: Definition }): Promise<string[]> {
      const specs = schedulesOf(definition, project.store);
      for (const spec of specs) {
        if (definition.monitoring.enabled) await schedules.ensure(spec);
        else await schedules.remove(spec.id);
      }
      return definition.monitoring.enabled ? specs.map(({ id }) => id) : [];
    },

    /** @throws NotServing when there is nothing to check */
    async compareWindow({ definition, window }: { definition: Definition; window: TimeWindow }): Promise<Comparison> {
      const { model, deployment, monitoring, split } = definition;
      const champion = await registry.alias(model, championAlias(model, deployment));
      if (champion === null)
        throw new PipelineFailure(
          'NotServing',
          `Nothing of model ${model} serves behind ${deployment.functionName}:${deployment.alias}, so there is nothing to check; ${programCommand('start-pipeline')} deploys one.`,
        );
      const { version } = champion;
      const { sha256 } = champion.model;
      const result = await compute.run(
        'compare-window/1',
        {
          captureUri,
          model,
          sha256,
          window,
          policy: monitoring,
          seed: split.seed,
          reference: champion.lineage.reference,
          crossValidated: champion.crossValidated[monitoring.performance.metric],
        },
        running(),
      );
      return { ...result, model: { name: model, version, sha256 } };
    },

    /** Concludes what the window means after those before it, and writes that down, in one step. */
    async concludeCheck(input: {
      definition: Definition;
      mode: CheckMode;
      asked?: CheckEntry['asked'];
      window: TimeWindow;
      run: string;
      comparison: Comparison;
    }): Promise<CheckEntry> {
      const { definition, mode, asked, window, run, comparison } = input;
      const { details: _, model, performance, requests, ...found } = comparison;
      const { found: inWords, ...measured } = performance;
      const { found: __, ...counted } = requests;
      const target = monitoringTarget(definition);
      const latest = earlierChecks(definition.monitoring);
      const judge = (earlier: CheckEntry[]): CheckEntry => {
        const at = now().toISOString();
        const decision = decide({
          ...found,
          asked,
          model,
          policy: definition.monitoring,
          earlier,
          now: at,
          performance: { state: performance.state, found: inWords },
          requests,
          window: { ...window, rows: comparison.rows },
        });
        return { ...found, run, mode, asked, at, model, window, performance: measured, requests: counted, decision };
      };
      if (mode === 'scheduled') return monitoringLog.concludeCheck(target, run, latest, judge);
      const dryRun = judge(await monitoringLog.checks(target, latest));
      await monitoringLog.recordDryRun(target, dryRun);
      return dryRun;
    },
  };
}

/** Stage and schema of each. */
export const MONITOR_INPUTS = inputsOf<ReturnType<typeof createMonitorActivities>>()({
  scheduleMonitoring: { stage: 'monitor', input: z.strictObject({ definition }) },
  compareWindow: { stage: 'monitor', input: z.strictObject({ definition, window: timeWindow }) },
  concludeCheck: {
    stage: 'monitor',
    input: z.strictObject({
      definition,
      mode: checkMode,
      asked: asked.exactOptional(),
      window: timeWindow,
      run: runName,
      comparison,
    }),
  },
});
