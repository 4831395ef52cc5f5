import type { Objects } from '../store/objects.js';
import { fileNameOf } from './file-names.js';
import type { ReportSink } from './sink.js';

/**
 * Reports in a bucket, `<model>/<training | drift>/<id>.html` and `.json`. Old ones go by a rule of the bucket.
 * @param uri address of the objects, as addresses of reports begin
 */
export const createObjectReportSink = (objects: Objects, uri: string): ReportSink => ({
  async write({ model, kind, id, html, json }) {
    const path = `${fileNameOf('model name', model)}/${kind}/${fileNameOf('id', id)}`;
    await objects.put(`${path}.json`, Buffer.from(json), 'always');
    await objects.put(`${path}.html`, Buffer.from(html), 'always'); // last: where the page is, the document is
    return { html: `${uri}/${path}.html`, json: `${uri}/${path}.json` };
  },
});
