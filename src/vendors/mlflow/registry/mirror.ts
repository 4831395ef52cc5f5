import { type MlflowClient, MlflowRefusal } from '../client.js';
import { setModelAlias, setVersionTag } from '../models.js';
import { pointersOf } from '../../../registry/history.js';
import type { Alias, LogEntry } from '../../../registry/registry.js';

/** Looks before one gives up for this try, as others keep changing it. */
const LOOKS = 20;

/** MLflow may refuse one of two who set the same at once; so many refusals are taken for such before one is passed on. */
const REFUSALS = 5;

/** Tags of a version: the latest verdict of its gate, and the latest decision on it. */
export const GATE = 'mlops.gate';
const APPROVAL = 'mlops.approval';

/** What {@link GATE} says. */
export const gateTag = ({ passed }: { passed: boolean }): string => (passed ? 'passed' : 'refused');

/** What MLflow shows and what it is to show; `set` makes it so. */
interface Shown<T> {
  wanted: T;
  found: T;
  set: (wanted: T) => Promise<void>;
}

/**
 * Has MLflow show what the log says. It looks again after each change, so that of two writers the later one's truth
 * stays, and at the first look mends what a killed writer left.
 */
async function untilShown<T>(look: () => Promise<Shown<T>[]>): Promise<void> {
  let refusals = 0;
  for (let again = 0; again < LOOKS; again++) {
    const different = (await look()).filter(({ wanted, found }) => wanted !== found);
    if (different.length === 0) return;
    for (const { wanted, set } of different) {
      try {
        await set(wanted);
      } catch (error) {
        if (!(error instanceof MlflowRefusal) || ++refusals > REFUSALS) throw error;
      }
    }
  }
  throw new Error('Others changed what MLflow shows of a model all the time; try again.');
}

/** An alias as MLflow takes them, letters, digits, `_` and `-`: different ones stay different. */
export const mlflowAlias = (alias: Alias): string =>
  alias.replace(/[^A-Za-z0-9-]/g, (character) => (character === '_' ? '__' : '_-'));

/** Has an alias of the registered model point where the log says. */
export const showAlias = (
  client: MlflowClient,
  name: string,
  alias: Alias,
  look: () => Promise<{ log: LogEntry[]; aliases: Map<string, number> }>,
): Promise<void> =>
  untilShown(async () => {
    const { log, aliases } = await look();
    const wanted = pointersOf(log).get(alias) ?? null;
    const found = aliases.get(mlflowAlias(alias)) ?? null;
    return [{ wanted, found, set: (version) => setModelAlias(client, name, mlflowAlias(alias), version) }];
  });

/** Has the tags of a version tell the latest verdict of its gate and the latest decision on it. */
export const showVerdicts = (
  client: MlflowClient,
  name: string,
  version: number,
  look: () => Promise<{ gate: { passed: boolean }; decision: string | null; tags: Map<string, string> }>,
): Promise<void> =>
  untilShown(async () => {
    const { gate, decision, tags } = await look();
    const wanted = { [GATE]: gateTag(gate), ...(decision !== null && { [APPROVAL]: decision }) };
    return Object.entries(wanted).map(([tag, wanted]) => ({
      wanted,
      found: tags.get(tag),
      set: () => setVersionTag(client, name, version, tag, wanted),
    }));
  });
