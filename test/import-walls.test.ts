import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

let lint: (file: string, code: string) => Promise<string[]>;

beforeAll(() => {
  const eslint = new ESLint({
    ruleFilter: ({ ruleId }) => ruleId.endsWith('no-restricted-imports'),
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  });
  lint = async (file, code) => {
    const [result] = await eslint.lintText(code, { filePath: file });
    return result!.messages
      .filter(({ ruleId }) => ruleId?.endsWith('no-restricted-imports'))
      .map(({ message }) => message);
  };
});

/** A file of each walled folder, to lint other text under its name. */
const FILES = {
  contracts: 'src/contracts/results.ts',
  ml: 'src/ml/metrics.ts',
  serving: 'src/serving/predict.ts',
  workflows: 'src/workflows/training-pipeline.ts',
  store: 'src/store/file-store.ts',
  registry: 'src/registry/embedded.ts',
  report: 'src/report/drift-report.ts',
  deploy: 'src/deploy/lambda-deployer.ts',
  data: 'src/data/ingest.ts',
  capture: 'src/capture/read.ts',
  alerts: 'src/alerts/webhook-sink.ts',
  schedules: 'src/schedules/temporal-schedules.ts',
  mlflow: 'src/mlflow/client.ts',
  tracking: 'src/tracking/tracker.ts',
  portable: 'src/portable/portable-files.ts',
  http: 'src/http/exchange.ts',
  evidently: 'src/evidently/snapshot.ts',
  aws: 'src/aws/aws-errors.ts',
  s3: 'src/s3/s3-objects.ts',
  codec: 'src/codec/encryption-codec.ts',
  identity: 'src/identity/identities.ts',
  telemetry: 'src/telemetry/tracing.ts',
  inputs: 'src/inputs/parse.ts',
};

describe('import walls', () => {
  it.each([
    ['contracts', '../ml/metrics.js'],
    ['contracts', 'zod'],
    ['ml', '../data/read.js'],
    ['ml', '../serving/predict.js'],
    ['ml', '../config.js'],
    ['ml', 'node:fs'],
    ['ml', '@duckdb/node-api'],
    ['serving', '../ml/metrics.js'],
    ['serving', '../definition.js'],
    ['serving', 'zod'],
    ['workflows', '../activities/ingest.js'],
    ['workflows', '../ml/metrics.js'],
    ['workflows', '../config.js'],
    ['workflows', 'node:fs'],
    ['workflows', 'zod'],
    ['workflows', '../inputs/parse.js'],
    ['inputs', '../activities/ingest.js'],
    ['inputs', '../store/files.js'],
    ['workflows', '@temporalio/client'],
    ['identity', '../config/identity-settings.js'],
    ['identity', '../registry/approvers.js'],
    ['codec', '../config/codec-settings.js'],
    ['codec', '../store/artifacts.js'],
    ['store', '../registry/registry.js'],
    ['registry', '../deploy/deployer.js'],
    ['report', '../registry/registry.js'],
    ['report', '../ml/metrics.js'],
    ['report', '../config.js'],
    ['report', '@temporalio/activity'],
    ['deploy', '../registry/registry.js'],
    ['data', '../activities/reuse.js'],
    ['capture', '../serving/prediction-log.js'],
    ['capture', '../config.js'],
    ['alerts', '../registry/registry.js'],
    ['alerts', '@temporalio/activity'],
    ['schedules', '../workflows/check-drift.js'],
    ['mlflow', '../registry/registry.js'],
    ['mlflow', '../config.js'],
    ['tracking', '../registry/registry.js'],
    ['portable', '../serving/predict.js'],
    ['portable', 'zod'],
    ['http', '../mlflow/client.js'],
    ['http', 'zod'],
    ['evidently', '../mlflow/client.js'],
    ['evidently', '../report/sink.js'],
    ['s3', '../registry/registry.js'],
    ['aws', '../s3/s3-client.js'],
    ['telemetry', '../worker/create-workers.js'],
    ['telemetry', '../registry/embedded.js'],
  ] as const)('%s may not import %s', async (folder, specifier) => {
    expect(await lint(FILES[folder], `import { x } from '${specifier}';\nx();\n`)).toHaveLength(1);
  });

  it.each([
    ['workflows', "import type { Activities } from '../activities/index.js';\nexport type A = Activities;\n"],
    ['workflows', "import { STAGES } from '../contracts/pipeline.js';\nSTAGES.at(0);\n"],
    ['workflows', "import { sleep } from '@temporalio/workflow';\nawait sleep(1);\n"],
    ['ml', "import { METRIC_NAMES } from '../contracts/metrics.js';\nMETRIC_NAMES.at(0);\n"],
    ['capture', "import { isMissing } from '../store/files.js';\nisMissing(1);\n"],
    ['registry', "import { isMissing } from '../store/files.js';\nisMissing(1);\n"],
    ['mlflow', "import { isPassing } from '../http/exchange.js';\nisPassing(1);\n"],
    ['evidently', "import { isPassing } from '../http/exchange.js';\nisPassing(1);\n"],
    ['telemetry', "import type { ModelRegistry } from '../registry/registry.js';\nexport type R = ModelRegistry;\n"],
    ['registry', "import { MlflowRefusal } from '../mlflow/client.js';\nnew MlflowRefusal('', '');\n"],
  ] as const)('%s may write %j', async (folder, code) => {
    expect(await lint(FILES[folder], code)).toEqual([]);
  });
});
