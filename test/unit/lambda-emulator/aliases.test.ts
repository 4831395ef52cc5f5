import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf, FunctionName, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const { create, invoke, draws } = lab;

describe('aliases', () => {
  const alias = { FunctionName, Name: 'live' };

  beforeEach(async () => {
    await create(zipOf('return "one"'), { Publish: true });
    await lab.client.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf('return "two"'), Publish: true }),
    );
  });

  it('moves under an optimistic lock', async () => {
    const { RevisionId } = await lab.client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
    expect(await failureOf(lab.client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' })))).toEqual([
      'ResourceConflictException',
      409,
    ]);
    const moved = await lab.client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '2', RevisionId }));
    expect(moved.FunctionVersion).toBe('2');
    expect(
      await failureOf(lab.client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '1', RevisionId }))),
    ).toEqual(['PreconditionFailedException', 412]);
    expect(await invoke({}, 'live')).toEqual({ payload: 'two', version: '2', error: undefined });
    expect((await lab.client.send(new ListAliasesCommand({ FunctionName }))).Aliases).toHaveLength(1);
    await lab.client.send(new DeleteAliasCommand(alias));
    expect(await failureOf(lab.client.send(new GetAliasCommand(alias)))).toEqual(['ResourceNotFoundException', 404]);
  });

  it('draws by weight', async () => {
    await lab.client.send(
      new CreateAliasCommand({
        ...alias,
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } },
      }),
    );
    draws.push(0, 0.2499, 0.25, 0.99);
    const versions: unknown[] = [];
    for (let i = 0; i < 4; i++) versions.push((await invoke({}, 'live')).version);
    expect(versions).toEqual(['2', '2', '1', '1']);
    const { RoutingConfig } = await lab.client.send(new GetAliasCommand(alias));
    expect(RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.25 } });
    const cleared = await lab.client.send(
      new UpdateAliasCommand({ ...alias, RoutingConfig: { AdditionalVersionWeights: {} } }),
    );
    expect(cleared.RoutingConfig).toBeUndefined();
  });

  it.each<[string, object]>([
    ['a weight above 1', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 1.5 } } }],
    ['a weight for itself', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } }],
    [
      'a weight beside $LATEST',
      { FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } },
    ],
    ['three versions', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.1, 3: 0.1 } } }],
    ['a number for a name', { Name: '7', FunctionVersion: '1' }],
  ])('refuses %s', async (_, more) => {
    const input = { ...alias, FunctionVersion: '1', ...more };
    expect(await failureOf(lab.client.send(new CreateAliasCommand(input)))).toEqual([
      'InvalidParameterValueException',
      400,
    ]);
  });

  it('has a policy of its own, whose statements have ids of at most 100 characters', async () => {
    for (const Name of ['live', 'other'])
      await lab.client.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }));
    const allow = (Qualifier: string, StatementId: string) =>
      lab.client.send(
        new AddPermissionCommand({
          FunctionName,
          Qualifier,
          StatementId,
          Action: 'lambda:InvokeFunction',
          Principal: '*',
        }),
      );
    await allow('live', 'public-url');
    await allow('other', 'public-url');
    expect(await failureOf(allow('live', 'public-url'))).toEqual(['ResourceConflictException', 409]);
    expect(await failureOf(allow('live', 'x'.repeat(101)))).toEqual(['InvalidParameterValueException', 400]);
  });

  it('knows no alias to a missing version', async () => {
    expect(await failureOf(lab.client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '9' })))).toEqual([
      'ResourceNotFoundException',
      404,
    ]);
    expect(await failureOf(invoke({}, 'live'))).toEqual(['ResourceNotFoundException', 404]);
  });
});
