import { z } from 'zod';
import { POLICY } from '../contracts/identity.js';
import { MAIN_ALIAS } from '../contracts/names.js';

/* Who lets a model into service, where it goes, how fast, and what makes it go back. */

const SECONDS = 60;
const MOST_MINUTES = 7 * 24 * 60;
/** Most steps that a linear strategy is written out as. */
const MOST_STEPS = 100;

const percent = z.number().gt(0).lt(100);

const step = z.strictObject({
  percent,
  bakeSeconds: z
    .number()
    .min(0)
    .max(MOST_MINUTES * SECONDS),
});

/** So much traffic goes to the new version for so long before it is judged. */
export type TrafficStep = z.output<typeof step>;

const strategy = z.strictObject({
  name: z.string().min(1).max(200),
  /** On the way to 100 %, which follows the last one; none is all at once. */
  steps: z.array(step).max(MOST_STEPS),
});

/** How traffic goes over to a new version, step by step. */
export type Strategy = z.output<typeof strategy>;

const PREFIX = 'CodeDeployDefault.';

/** One step, then everything. */
const canarySteps = (percent: number, bakeMinutes: number): TrafficStep[] => [
  { percent, bakeSeconds: bakeMinutes * SECONDS },
];

/** The same share more at each step: 10, 20, ... 90 for 10 %. */
const linearSteps = (percent: number, everyMinutes: number): TrafficStep[] =>
  Array.from({ length: Math.ceil(100 / percent) - 1 }, (_, i) => ({
    percent: Number((percent * (i + 1)).toFixed(6)),
    bakeSeconds: everyMinutes * SECONDS,
  }));

/** The strategies that CodeDeploy names for Lambda. */
const PRESETS: ReadonlyMap<string, TrafficStep[]> = new Map([
  ['LambdaAllAtOnce', []],
  ...[5, 10, 15, 30].map((m) => [`LambdaCanary10Percent${m}Minutes`, canarySteps(10, m)] as const),
  ...[1, 2, 3, 10].map(
    (m) => [`LambdaLinear10PercentEvery${m}Minute${m === 1 ? '' : 's'}`, linearSteps(10, m)] as const,
  ),
]);

const STRATEGIES = ['all-at-once', ...PRESETS.keys()];

const strategyName = z
  .string()
  .meta({ examples: STRATEGIES })
  .transform((text, context): Strategy => {
    const name = text === 'all-at-once' ? 'LambdaAllAtOnce' : text.replace(PREFIX, '');
    const steps = PRESETS.get(name);
    if (steps !== undefined) return { name: text, steps };
    const message = `must be one of ${STRATEGIES.join(', ')}, or an object of kind canary or linear`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const minutes = z.number().min(0).max(MOST_MINUTES);

const customStrategy = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('canary'), percent: percent.default(10), bakeMinutes: minutes.default(5) }),
    z.strictObject({
      kind: z.literal('linear'),
      percent: percent.min(1).default(10),
      everyMinutes: minutes.default(1),
    }),
  ])
  .transform((custom): Strategy =>
    custom.kind === 'canary'
      ? {
          name: `canary, ${custom.percent} % for ${custom.bakeMinutes} min`,
          steps: canarySteps(custom.percent, custom.bakeMinutes),
        }
      : {
          name: `linear, ${custom.percent} % every ${custom.everyMinutes} min`,
          steps: linearSteps(custom.percent, custom.everyMinutes),
        },
  );

const judge = z.strictObject({
  /** Fewer requests than this to the new version decide nothing. */
  minimumRequests: z.number().int().min(1).max(1000).default(20),
  /** Most failed requests as a share in [0, 1]. */
  maxErrorShare: z.number().min(0).max(1).default(0.01),
  /** The new median latency may be this many times the former one plus `latencyAllowanceMs`. */
  maxLatencyRatio: z.number().min(1).default(2),
  /** Milliseconds. */
  latencyAllowanceMs: z.number().min(0).default(50),
  /** Least share of rows that both versions have to answer alike, in [0, 1]. */
  minimumAgreement: z.number().min(0).max(1).default(0.8),
  /** Rows of the former version's data set that both are asked. */
  agreementRows: z.number().int().min(1).max(1000).default(200),
  /** With too few requests: wait for more (or for a person), or send requests of our own. */
  insufficient: z.enum(['hold', 'probe']).default('hold'),
});

/** When a new version is good enough for more traffic. */
export type JudgePolicy = z.output<typeof judge>;

/** An origin as browsers send it: scheme, host, port, and nothing behind it. `null` is that of sandboxed pages and files. */
const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text) || text.includes('*')) return false;
  const { protocol, origin } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && origin === text;
};

/** Characters of the policy in a variable of the function, which leave some to its other variables. */
const MOST_CORS = 3000;

const cors = z
  .strictObject({
    /** Origins like `https://clinic.example`, or `*` alone for every page. */
    allowOrigins: z
      .array(
        z
          .string()
          .refine((text) => text === '*' || isOrigin(text), 'must be an origin like https://clinic.example, or *'),
      )
      .min(1)
      .max(100)
      .refine((origins) => origins.length === 1 || !origins.includes('*'), 'must hold * alone'),
    /** Request headers that such a page may send, in lower case. */
    allowHeaders: z
      .array(z.string().regex(/^[a-z0-9-]{1,100}$/, 'must be a name of a header in lower case'))
      .max(100)
      .default(['content-type']),
    /** Seconds for which a browser may remember the answer. */
    maxAgeSeconds: z.number().int().min(0).max(86_400).default(300),
  })
  .refine(
    (policy) => JSON.stringify(policy).length <= MOST_CORS,
    `must take at most ${MOST_CORS} characters as JSON, because all variables of a function take at most 4 KB`,
  );

/** Which pages of other origins may ask a function, as browsers understand it (CORS). No cookies are ever taken. */
export type CorsPolicy = z.output<typeof cors>;

const functionSettings = z.strictObject({
  /** Create a missing function, and keep an existing one at these settings. */
  create: z.boolean().default(false),
  /** ARN of its execution role; needed on AWS to create it. */
  role: z
    .string()
    .regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, 'must be the ARN of an IAM role')
    .nullable()
    .default(null),
  runtime: z
    .string()
    .regex(/^nodejs(2[2-9]|[3-9]\d)\.x$/, 'must be nodejs22.x or newer')
    .default('nodejs22.x'),
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  memoryMiB: z.number().int().min(128).max(10_240).default(256),
  timeoutSeconds: z.number().int().min(1).max(900).default(10),
  /** Most simultaneous executions, `null` for no reservation. */
  reservedConcurrency: z.number().int().min(1).nullable().default(null),
  /** Whether predictions are logged with their inputs; `null` leaves the function as it is, which is with them at first. */
  captureInputs: z.boolean().nullable().default(null),
  /** Who may call the function URL: callers that AWS knows, or everyone. */
  urlAccess: z.enum(['AWS_IAM', 'NONE']).default('AWS_IAM'),
  /** `null` leaves the function as it is, which is closed to pages of other origins at first. */
  cors: cors.nullable().default(null),
});

/** How a function is made, where this project and not Terraform owns it. */
export type FunctionSettings = z.output<typeof functionSettings>;

/** Names that alone may decide: of keys, of the operating system's users, or ARNs. */
const deciders = z.array(z.string().trim().min(1).max(2048)).max(100);

/** `approval`: `"manual"` is short for `{"mode": "manual"}`. */
export const approval = z.preprocess(
  (value) => (typeof value === 'string' ? { mode: value } : value),
  z
    .strictObject({
      mode: z.enum(['automatic', 'manual']).default('automatic'),
      timeoutHours: z
        .number()
        .gt(0)
        .max(24 * 365)
        .default(72),
      atTimeout: z.enum(['reject', 'approve']).default('reject'),
      /** Names that alone may decide, and only with proof; empty for everybody. */
      by: deciders
        .refine((names) => new Set(names).size === names.length, 'must name everybody once')
        .refine((names) => !names.includes(POLICY), `must name people, and not "${POLICY}"`)
        .default([]),
      /** Whoever started the run may not approve it, and both have to be proved. */
      fourEyes: z.boolean().default(false),
    })
    .superRefine(({ mode, atTimeout, by, fourEyes }, context) => {
      if (by.length === 0 && !fourEyes) return;
      const key = by.length > 0 ? 'by' : 'fourEyes';
      const refuse = (message: string) => context.addIssue({ code: 'custom', path: [key], message });
      if (mode === 'automatic')
        refuse('says who may approve, but nobody does where approval is automatic: add "mode": "manual"');
      else if (atTimeout === 'approve')
        refuse('says who may approve, but nobody does where silence approves: leave out "atTimeout": "approve"');
    })
    .prefault({}),
);

/** Who lets a model that passed its gate go on to deployment. */
export type ApprovalPolicy = z.output<typeof approval>;

/** What a function and its alias may be called. */
export const functionName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens and underscores');
export const aliasName = z
  .string()
  .regex(/^(?!\d+$)[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, hyphens and underscores, and no number');

const deploymentKeys = z.strictObject({
  functionName: functionName.optional(),
  alias: aliasName.default(MAIN_ALIAS),
  strategy: z.union([strategyName, customStrategy]).prefault('all-at-once'),
  judge: judge.prefault({}),
  /** What to do while another deployment of the function runs. */
  whenBusy: z.enum(['wait', 'refuse']).default('wait'),
  /** Minutes to wait for it at most. */
  busyMinutes: z
    .number()
    .min(0)
    .max(24 * 60)
    .default(240),
  function: functionSettings.prefault({}),
});

/** `deployment`: where to, how fast, and what makes it go back. */
export const deployment = deploymentKeys.prefault({});

/** The same as runs are told it: the function has its name, the strategy is written out. */
export const completeDeployment = deploymentKeys.extend({ functionName, strategy });

/** Where and how a model goes into service. */
export type DeploymentPolicy = z.output<typeof completeDeployment>;
