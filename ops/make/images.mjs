// Images in ECR: built from a commit, and pushed once, because a tag stays what it is.
import { readFileSync } from 'node:fs';
import { ask, Refusal, run } from './tools.mjs';

const BASES = { NODE_IMAGE: 'node:22-bookworm-slim', PYTHON_IMAGE: 'python:3.12-slim-bookworm' };

/** Commit that an image is built from. @throws Refusal without one, and when what goes into the image differs from it */
export function committed() {
  const commit = ask('git', 'rev-parse', 'HEAD');
  if (!commit) throw new Refusal('Git tells no commit: deploy from a clone of the repository, with git on PATH.');
  const files = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  const paths = ['Dockerfile', 'ops/services', ...[...files].map(([, path]) => path)];
  const changes = ask('git', 'status', '--porcelain', '--', ...paths);
  if (changes === null) throw new Refusal('git status failed: check that this folder is a clone that Git may read.');
  if (changes !== '')
    throw new Refusal(
      'Files that go into the image differ from the commit: commit them, or put them away (git stash -u).',
    );
  return commit;
}

/** Builds and pushes an image for the processors that the workers have, unless its repository has the tag already. */
export function bring(image, base, args) {
  const [, registry, repository, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(image);
  const known = ['--repository-name', repository, '--image-ids', `imageTag=${tag}`];
  if (ask('aws', 'ecr', 'describe-images', ...known) !== null) {
    console.log(`${image} is in its repository already.`);
    return;
  }
  const password = ask('aws', 'ecr', 'get-login-password');
  if (password === null) throw new Refusal('ECR gives no password: check that your credentials may push images.');
  run('docker', ['login', '--username', 'AWS', '--password-stdin', registry], { input: password });
  const platform = process.env['IMAGE_PLATFORM'] ?? 'linux/arm64';
  const from = ['--build-arg', `${base}=${process.env[base] || digestOf(base, platform)}`];
  run('docker', ['build', '--platform', platform, ...from, '--tag', image, ...args]);
  run('docker', ['push', image]);
}

/** The base image as its digest is now: a tag can be moved. */
function digestOf(base, platform) {
  run('docker', ['pull', '--platform', platform, BASES[base]]);
  const digest = ask('docker', 'image', 'inspect', '--format', '{{index .RepoDigests 0}}', BASES[base]);
  if (!digest) throw new Refusal(`Docker tells no digest of ${BASES[base]}: set ${base} to one.`);
  return digest;
}
