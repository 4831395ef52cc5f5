/** What a command answers. */
export const print = (line: string) => void process.stdout.write(`${line}\n`);

/** What is told beside the answer. */
export const note = (line: string) => void process.stderr.write(`${line}\n`);
