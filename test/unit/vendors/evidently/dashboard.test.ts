import { describe, expect, it } from 'vitest';
import { withPanels } from '../../../../src/vendors/evidently/pusher.js';

const own = withPanels({ tabs: [], panels: [] })!;

describe('panels', () => {
  it('are made in a tab of an empty dashboard, and not again', () => {
    expect(own.tabs).toMatchObject([{ title: 'Drift', panels: own.panels.map(({ id }) => id) }]);
    expect(withPanels(own)).toBeNull();
    expect(withPanels({ tabs: [], panels: [] })).toEqual(own);
  });

  it('come to the tab that there is, with all that others put there', () => {
    const theirs = { tabs: [{ id: 't', title: 'Mine', panels: ['p'] }], panels: [{ id: 'p', title: 'My panel' }] };
    const both = withPanels(theirs)!;
    expect(both.panels).toEqual([...theirs.panels, ...own.panels]);
    expect(both.tabs).toEqual([{ id: 't', title: 'Mine', panels: ['p', ...own.panels.map(({ id }) => id)] }]);
    expect(withPanels(both)).toBeNull();
  });

  it('stay as a person left them', () => {
    expect(withPanels({ tabs: own.tabs, panels: [] })).toBeNull();
    expect(withPanels({ tabs: [], panels: own.panels.slice(2, 3) })).toBeNull();
  });
});
