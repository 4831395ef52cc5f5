import { z } from 'zod';
import { approval } from './deployment-schema.js';
import { definitionSchema } from './schema.js';

const ID = 'https://anemia-mlops.invalid/schemas/definition.schema.json';

/**
 * JSON Schema (draft 2020-12) of a definition file, for editors: keys, limits and defaults. What depends on several keys at
 * once only `parseDefinition` tells.
 */
export function definitionJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(definitionSchema(), {
    target: 'draft-2020-12',
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === approval) withShortForm(jsonSchema);
    },
  });
  return { $schema, $id: ID, title: 'Definition of a pipeline', ...rest };
}

/** `"approval": "manual"` is short for `{"mode": "manual"}`, which its schema cannot tell of what it does before it looks. */
function withShortForm(schema: z.core.JSONSchema.BaseSchema): void {
  const { type, properties, additionalProperties, ...rest } = schema;
  Object.assign(schema, rest, {
    anyOf: [properties!.mode!, { type, properties, additionalProperties }],
    type: undefined,
    properties: undefined,
    additionalProperties: undefined,
  });
}
