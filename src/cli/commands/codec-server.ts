import type { Config } from '../../config/config.js';
import { encrypts } from '../../vendors/temporal/codec/keys.js';
import { openCodec } from '../../vendors/temporal/codec/data-converter.js';
import { startCodecServer } from '../../vendors/temporal/codec/server.js';
import { newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run, signalled } from '../run-command.js';

export const command = newCommand('codec-server')
  .description('decrypt payloads for the Web UI, with the keys of the workers')
  .action(run(codecServer, { serves: true, bucket: false }));

/** Serves the Web UI until a signal. */
async function codecServer(config: Config): Promise<number> {
  const { host, port } = config.codec.server;
  if (!encrypts(config.codec))
    throw new Error(
      'The codec server has no keys: set MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS as the workers have it.',
    );
  const server = await startCodecServer({ codec: await openCodec(config.codec), host, port, ui: config.ui });
  print(
    `Codec server listens on ${host}:${port}, for pages of ${config.ui ?? 'no Web UI: name its address in MLOPS_UI'}.`,
  );
  await signalled();
  await server.close();
  return 0;
}
