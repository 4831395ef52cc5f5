import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
}

it('has a SHA-512 of every package, and names no place of its own to get one from', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const loose = Object.entries(packages)
    .filter(([path, { integrity, resolved, link }]) => {
      return path !== '' && (!integrity?.startsWith('sha512-') || resolved !== undefined || link === true);
    })
    .map(([path]) => path);
  expect([Object.keys(packages).length > 500, loose]).toEqual([true, []]);
});

it('pins what it depends on to one version each', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
  const ranges = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
  );
  expect(ranges).toEqual([]);
});
