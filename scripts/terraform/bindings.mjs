// Reads what a file of generated bindings tells of a resource: its arguments, blocks and results, in the form in which
// `terraform providers schema -json` tells them.

const SIMPLE = [
  [/Fn\.tolist\(this\.getNumberListAttribute\(/, ['set', 'number']],
  [/Fn\.tolist\(this\.getListAttribute\(/, ['set', 'string']],
  [/getNumberListAttribute\(/, ['list', 'number']],
  [/getListAttribute\(/, ['list', 'string']],
  [/getStringMapAttribute\(|new cdktn\.StringMap\(/, ['map', 'string']],
  [/getNumberMapAttribute\(|new cdktn\.NumberMap\(/, ['map', 'number']],
  [/getBooleanMapAttribute\(|new cdktn\.BooleanMap\(/, ['map', 'bool']],
  [/getStringAttribute\(/, 'string'],
  [/getNumberAttribute\(/, 'number'],
  [/getBooleanAttribute\(/, 'bool'],
  [/interpolationForAttribute\(/, 'dynamic'],
];

const FLAGS = ['computed', 'optional', 'required'];

/** Classes of a file by name: their properties, and whether they are the resource itself. */
export function readClasses(text) {
  const classes = new Map();
  for (const body of text.split(/^class /m).slice(1)) {
    const [, name, base] = /^(\w+) extends cdktn\.(\w+)/.exec(body) ?? [];
    if (name === undefined) continue;
    const found = [...body.matchAll(/\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n/g)];
    const properties = found.map((match, i) => ({
      name: match[1],
      flags: Object.fromEntries(FLAGS.filter((_, j) => match[j + 2] === 'true').map((flag) => [flag, true])),
      text: body.slice(match.index, found[i + 1]?.index),
    }));
    classes.set(name, { main: base === 'TerraformResource' || base === 'TerraformDataSource', properties });
  }
  return classes;
}

/** Schema of the resource of a file. */
export const schemaOf = (classes) =>
  blockOf(
    [...classes.values()].find(({ main }) => main),
    classes,
  );

function blockOf({ properties }, classes) {
  const block = { attributes: {}, block_types: {} };
  for (const property of properties) {
    const nested = nestedOf(property, classes);
    // What is computed cannot be a block.
    if (nested === null || property.flags.computed)
      block.attributes[property.name] = { type: typeOf(property, classes), ...property.flags };
    else
      block.block_types[property.name] = {
        nesting_mode: nested.nesting,
        ...(property.flags.required ? { min_items: 1 } : {}),
        ...(nested.single && nested.nesting !== 'single' ? { max_items: 1 } : {}),
        block: blockOf(nested.class, classes),
      };
  }
  return block;
}

/** The class of a property that has properties of its own, and how many there may be. */
function nestedOf({ name, text }, classes) {
  const [, type, isSet] = /= new (\w+)\(this, "\w+"(?:, (true|false))?\)/.exec(text) ?? [];
  if (type === undefined) return null;
  const single = type.endsWith('OutputReference');
  const found = classes.get(single ? type : type.replace(/(List|Map)$/, 'OutputReference'));
  if (found === undefined) throw new Error(`Nothing is known of ${type}.`);
  const nesting = name === 'timeouts' ? 'single' : type.endsWith('Map') ? 'map' : isSet === 'true' ? 'set' : 'list';
  return { class: found, single, nesting };
}

function typeOf(property, classes) {
  const nested = nestedOf(property, classes);
  if (nested !== null) {
    const attributes = nested.class.properties.map((inner) => [inner.name, typeOf(inner, classes)]);
    return [nested.nesting, ['object', Object.fromEntries(attributes)]];
  }
  const simple = SIMPLE.find(([pattern]) => pattern.test(property.text));
  if (simple === undefined) throw new Error(`The type of ${property.name} is not known.`);
  return simple[1];
}
