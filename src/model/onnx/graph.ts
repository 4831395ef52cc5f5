import { ATTRIBUTE_TYPES, DATA_TYPES, type AttributeProto, type NodeProto, type TensorProto } from './onnx-proto.js';

/** Domain of the operators for classical models; '' is the domain of all others. */
export const ML_DOMAIN = 'ai.onnx.ml';

const BYTES = { uint8: 1, int64: 8, double: 8 } as const;
const VECTOR = -1;

/**
 * A constant.
 * @param dims its shape; by default a vector of all values, `[]` for a scalar
 */
export function tensor(type: keyof typeof BYTES, values: readonly number[], dims: number[] = [VECTOR]): TensorProto {
  const rawData = new Uint8Array(values.length * BYTES[type]);
  const view = new DataView(rawData.buffer);
  values.forEach((value, i) => {
    if (type === 'double') view.setFloat64(8 * i, value, true);
    else if (type === 'int64') view.setBigInt64(8 * i, BigInt(value), true);
    else rawData[i] = value;
  });
  return { dims: dims.map((dim) => (dim === VECTOR ? values.length : dim)), dataType: DATA_TYPES[type], rawData };
}

type AttributeValue = number | number[] | TensorProto;

/**
 * Collects the nodes and constants of a graph. Names of values begin with a capital, as names of features cannot, and
 * are numbered where they repeat.
 */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  private readonly taken = new Map<string, number>();

  /** Adds a node and names its only output. */
  add(
    opType: string,
    input: string[],
    name: string,
    attributes: Record<string, AttributeValue> = {},
    domain = '',
  ): string {
    const output = this.nameOf(name);
    this.addNode(opType, input, output, attributes, domain);
    return output;
  }

  /** Adds a node whose output is an output of the graph, by its own name. */
  addOutput(opType: string, input: string[], output: string): void {
    this.addNode(opType, input, output, {}, '');
  }

  /** Doubles: a scalar for a number, a vector for a list, of another shape when `dims` says so. */
  double(name: string, value: number | readonly number[], dims?: number[]): string {
    return this.constant(
      name,
      typeof value === 'number' ? tensor('double', [value], []) : tensor('double', value, dims),
    );
  }

  /** Integers: a scalar for a number, a vector for a list. */
  integer(name: string, value: number | readonly number[]): string {
    return this.constant(name, typeof value === 'number' ? tensor('int64', [value], []) : tensor('int64', value));
  }

  private constant(name: string, value: TensorProto): string {
    const own = this.nameOf(name);
    this.constants.push({ ...value, name: own });
    return own;
  }

  private addNode(
    opType: string,
    input: string[],
    output: string,
    attributes: Record<string, AttributeValue>,
    domain: string,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.nodes.push({ name: `Make${output}`, opType, domain, input, output: [output], attribute });
  }

  private nameOf(name: string): string {
    const count = (this.taken.get(name) ?? 0) + 1;
    this.taken.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  }
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPES.int, i: value };
  if (Array.isArray(value)) return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
  return { name, type: ATTRIBUTE_TYPES.tensor, t: value };
}

/**
 * Adds the logistic function, from the exponential that is at most 1 as ours is: the operator of that name loses the
 * lower tail.
 */
export function addSigmoid(graph: GraphBuilder, z: string): string {
  const one = graph.double('One', 1);
  const exponential = graph.add('Exp', [graph.add('Neg', [graph.add('Abs', [z], 'Size')], 'MinusSize')], 'Exponential');
  const isUpper = graph.add('GreaterOrEqual', [z, graph.double('Zero', 0)], 'IsUpper');
  const numerator = graph.add('Where', [isUpper, one, exponential], 'Numerator');
  return graph.add('Div', [numerator, graph.add('Add', [one, exponential], 'Denominator')], 'Logistic');
}

/** Adds `offset + slope * x`. */
export function addLine(graph: GraphBuilder, x: string, slope: number, offset: number): string {
  const product = graph.add('Mul', [graph.double('Slope', slope), x], 'Sloped');
  return graph.add('Add', [graph.double('Offset', offset), product], 'OnLine');
}
