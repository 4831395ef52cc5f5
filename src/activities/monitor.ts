import { z } from 'zod';
import { programCommand } from '../contracts/commands.js';
import type { Definition, MonitoringPolicy } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { TimeWindow, ReportAddress } from '../contracts/values.js';
import type { Alert, CheckEntry, CheckMode, Comparison } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/names.js';
import { decide } from '../monitoring/decide.js';
import { schedulesOf } from '../vendors/temporal/schedules.js';
import type { MonitoringTarget } from '../registry/monitoring-log.js';
import { championAlias } from '../registry/registry.js';
import { asked, checkEntry, checkMode, comparison, timeWindow } from './inputs/monitoring.js';
import { reportAddress } from './inputs/results.js';
import { definition, runName, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';
import { retrainingAlerts } from './alert.js';

/** At least so many checks before a new one are looked at. */
const EARLIER_CHECKS = 200;

/** `decide` needs two cooldowns of checks, and as many as lie in `alarm.of` windows that do not overlap. */
const earlierChecks = ({ everyMinutes, windowMinutes, drift: { cooldownHours, alarm } }: MonitoringPolicy) =>
  Math.max(
    EARLIER_CHECKS,
    2 * (Math.ceil((cooldownHours * 60) / everyMinutes) + alarm.of),
    alarm.of * Math.ceil(windowMinutes / everyMinutes),
  );

/** Where a definition's model serves. */
export const targetOf = ({ model, deployment: { functionName, alias } }: Definition): MonitoringTarget => ({
  ...{ model, functionName, alias },
});

/** An alert that a sink has yet to be told. */
export interface DueAlert {
  alert: Alert;
  sink: string;
}

/** Monitor: schedules of a deployed model, and the steps of one drift check. */
export function createMonitorActivities(ports: Ports) {
  const { project, registry, schedules, monitoringLog, alerts, compute, captureUri, running, now } = ports;
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
          ...{ captureUri, model, sha256, window, policy: monitoring, seed: split.seed },
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
      const target = targetOf(definition);
      const latest = earlierChecks(definition.monitoring);
      const judge = (earlier: CheckEntry[]): CheckEntry => {
        const at = now().toISOString();
        const decision = decide({
          ...{ ...found, asked, model, policy: definition.monitoring, earlier, now: at },
          ...{ performance: { state: performance.state, found: inWords }, requests },
          window: { ...window, rows: comparison.rows },
        });
        return { ...found, run, mode, asked, at, model, window, performance: measured, requests: counted, decision };
      };
      if (mode === 'scheduled') return monitoringLog.concludeCheck(target, run, latest, judge);
      const dryRun = judge(await monitoringLog.checks(target, latest));
      await monitoringLog.recordDryRun(target, dryRun);
      return dryRun;
    },

    /**
     * What somebody has yet to be told: of the episodes that go on, of a pause and of
     * retrainings that failed, whatever kept it from being told before.
     */
    async dueAlerts(input: {
      definition: Definition;
      entry: CheckEntry;
      report: ReportAddress | null;
    }): Promise<DueAlert[]> {
      const { definition, entry, report } = input;
      const target = targetOf(definition);
      const heard = new Set((await monitoringLog.delivered(target)).map(({ alert, sink }) => `${alert} ${sink}`));
      const reported: Alert[] = entry.decision.episodes.map(({ id, kind }) => ({
        ...{ id: `${target.model}/${id}`, kind, at: entry.at, message: entry.decision.why },
        model: { name: target.model, version: entry.model.version },
        report: report?.html ?? null,
      }));
      const known = await monitoringLog.retrainings(target);
      const pauseNote = await schedules.pauseNote(retrainSchedule(definition));
      reported.push(...retrainingAlerts(definition, known, { pauseNote, now: now(), version: entry.model.version }));
      return reported.flatMap((alert) =>
        alerts.flatMap(({ name: sink }) => (heard.has(`${alert.id} ${sink}`) ? [] : [{ alert, sink }])),
      );
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
  dueAlerts: {
    stage: 'alert',
    input: z.strictObject({ definition, entry: checkEntry, report: reportAddress.nullable() }),
  },
});
