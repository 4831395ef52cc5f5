import autocannon from 'autocannon';

/** What came back under load. */
export interface Load {
  /** Milliseconds from request to answer, ascending, of answers with status 200. */
  latencies: number[];
  /** Right answers per second. */
  rate: number;
  /** Connections that broke, answers that did not come in 10 s, and wrong ones of any status. */
  failed: number;
}

type Request = Pick<autocannon.Options, 'url' | 'headers' | 'body'>;
type Amount = Required<Pick<autocannon.Options, 'connections'>> &
  (Required<Pick<autocannon.Options, 'amount'>> | Required<Pick<autocannon.Options, 'duration'>>);

/** Posts the same request again and again, one at a time on each connection. An answer is right when it tells a score. */
export function load(request: Request, amount: Amount): Promise<Load> {
  const latencies: number[] = [];
  return new Promise((resolve, reject) => {
    const verifyBody = (body: unknown) => String(body).includes('"score":');
    const instance = autocannon({ method: 'POST', ...request, ...amount, verifyBody }, (error, result) => {
      if (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      const { duration, errors, mismatches, requests } = result; // mismatches of any status
      const answered = result['2xx'] + result.non2xx;
      const underWay = 'duration' in amount ? amount.connections : 0; // at the end of the time
      const unanswered = requests.sent - answered - underWay; // a connection closed in order is no error to autocannon
      const failed = Math.max(errors, unanswered) + mismatches;
      resolve({ latencies: latencies.sort((a, b) => a - b), rate: (answered - mismatches) / duration, failed });
    });
    instance.on('response', (_, status, __, milliseconds) => {
      if (status === 200) latencies.push(milliseconds);
    });
  });
}

/** The nearest rank: the smallest of ascending values that so large a share of them does not exceed. */
export function quantile(ascending: number[], share: number): number {
  const value = ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
  if (value === undefined) throw new RangeError('there is no quantile of nothing');
  return value;
}
