import type { Warning } from '../../contracts/results.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { bullets } from '../parts.js';

/** What a person should know before trusting the model. */
export const warningsSection = (warnings: Warning[]): Section => ({
  id: 'warnings',
  title: 'Warnings',
  body: warnings.length > 0 ? bullets(warnings.map(({ message }) => message)) : html`<p>None.</p>`,
});
