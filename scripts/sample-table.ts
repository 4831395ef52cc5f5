import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What `data/anemia-sample.csv` is made with. */
export const SAMPLE_ROWS = 104;
export const SAMPLE_SEED = 49;

/** As in the published file, with its seven empty columns at the end. */
const HEADER = 'Number,Name,%Red Pixel,%Green pixel,%Blue pixel,Hb,Anaemic,,,,,,,';
const EMPTY_COLUMNS = ',,,,,,,';

/** Share of people with anemia. */
const POSITIVE_SHARE = 0.25;
/** Share of people whose haemoglobin looks like the other class: what keeps the best single cut near 98 %. */
const OVERLAP_SHARE = 0.02;
const COLOUR_DECIMALS = 4;

/** A class as normal distributions: mean, standard deviation and correlations, rounded from published aggregates. */
interface ClassShape {
  label: string;
  /** Per cent of red and green pixels; blue is the rest to 100. */
  red: { mean: number; deviation: number };
  green: { mean: number; deviation: number };
  redGreen: number;
  /** g/dL, drawn again until inside the limits. */
  haemoglobin: { mean: number; deviation: number; low: number; high: number };
}

const HEALTHY: ClassShape = {
  label: 'No',
  red: { mean: 46.2, deviation: 2.7 },
  green: { mean: 28.4, deviation: 1.3 },
  redGreen: -0.7,
  haemoglobin: { mean: 13.3, deviation: 1.4, low: 10.8, high: 17 },
};

const ANAEMIC: ClassShape = {
  label: 'Yes',
  red: { mean: 43.9, deviation: 2.6 },
  green: { mean: 30.4, deviation: 1.1 },
  redGreen: -0.7,
  haemoglobin: { mean: 8.7, deviation: 1.7, low: 3, high: 10.6 },
};

/** A made-up table in the shape of the published anemia data; the same rows and seed give the same bytes. */
export function sampleCsv(rows: number, seed: number): string {
  return [...sampleLines(rows, seed)].join('');
}

/** The lines of `sampleCsv` one by one, each with its line break, for tables that would fill the memory. */
export function* sampleLines(rows: number, seed: number): Generator<string, void, undefined> {
  const random = createRandom(seed);
  const positives = Math.round(rows * POSITIVE_SHARE);
  const digits = Math.max(3, String(rows).length);
  const isSmudged = smudgeOnce(rows);
  let left = positives;
  yield `${HEADER}\n`;
  for (let row = 0; row < rows; row++) {
    // Selection sampling (Knuth, 3.4.2 S): exactly so many positives, in random places.
    const positive = random.uniform() * (rows - row) < left;
    if (positive) left -= 1;
    const [own, other] = positive ? [ANAEMIC, HEALTHY] : [HEALTHY, ANAEMIC];
    const blood = random.uniform() < OVERLAP_SHARE ? other : own;
    const colours = drawColours(own, random).map((value) => Number(value.toFixed(COLOUR_DECIMALS)));
    const label = isSmudged(row, positive) ? `${own.label} ` : own.label;
    const name = `sample-${String(row + 1).padStart(digits, '0')}`;
    yield `${[row + 1, name, ...colours, drawHaemoglobin(blood, random), label].join(',')}${EMPTY_COLUMNS}\n`;
  }
}

/** The published file has one label with a space behind it; so has the sample: the first `No` of its second half. */
function smudgeOnce(rows: number): (row: number, positive: boolean) => boolean {
  let done = false;
  return (row, positive) => {
    if (done || positive || row < rows / 2) return false;
    done = true;
    return true;
  };
}

function drawColours(shape: ClassShape, random: Random): [red: number, green: number, blue: number] {
  const first = random.normal();
  const second = shape.redGreen * first + Math.sqrt(1 - shape.redGreen ** 2) * random.normal();
  const red = shape.red.mean + shape.red.deviation * first;
  const green = shape.green.mean + shape.green.deviation * second;
  return [red, green, 100 - red - green];
}

function drawHaemoglobin({ haemoglobin }: ClassShape, random: Random): number {
  for (;;) {
    const value = Number((haemoglobin.mean + haemoglobin.deviation * random.normal()).toFixed(1));
    if (value >= haemoglobin.low && value <= haemoglobin.high) return value;
  }
}

interface Random {
  /** In [0, 1). */
  uniform: () => number;
  /** Standard normal, by Box and Muller's transform. */
  normal: () => number;
}

function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
