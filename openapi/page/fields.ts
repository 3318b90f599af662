import { type Description, type Parameter, resolve, type Schema } from './description.ts';
import { escapeHtml, inline } from './markup.ts';

/** A list of the parameters of one kind. */
export const parameterList = (parameters: Parameter[]) =>
  list(
    parameters.map(({ name, required = false, description, schema }) => ({
      name,
      required,
      description,
      schema,
    })),
  );

/** A list of the fields of an object, those of the objects in it included. In an answer all are there: no mark. */
export function fieldList(description: Description, schema: Schema, { markRequired = true } = {}): string {
  const fields = fieldsOf(description, schema, '');
  return list(fields.map((field) => ({ ...field, required: field.required && markRequired })));
}

interface Field {
  name: string;
  required: boolean;
  description: string;
  schema: Schema;
}

function fieldsOf(description: Description, of: Schema, prefix: string): Field[] {
  const { properties = {}, required = [] } = resolve(description, of);
  return Object.entries(properties).flatMap(([name, schema]) => {
    const isList = schema.type === 'array';
    const inner = isList ? schema.items : schema;
    const path = `${prefix}${name}`;
    return [
      { name: path, required: required.includes(name), description: schema.description ?? '', schema },
      ...(inner ? fieldsOf(description, inner, `${path}${isList ? '[]' : ''}.`) : []),
    ];
  });
}

function list(fields: Field[]): string {
  const items = fields.map(
    ({ name, required, description, schema }) =>
      `<dt><code>${escapeHtml(name)}</code> <span class="type">${escapeHtml(typeOf(schema))}</span>${
        required ? ' <span class="required">required</span>' : ''
      }</dt>\n<dd>${inline(description)}${standard(schema)}</dd>`,
  );
  return `<dl class="fields">\n${items.join('\n')}\n</dl>`;
}

const standard = (schema: Schema) =>
  schema.default === undefined || schema.default === ''
    ? ''
    : ` Default: <code>${escapeHtml(String(schema.default))}</code>.`;

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.join(' · ');
  if (schema.type === 'array')
    return `list of ${schema.items?.$ref ? 'objects' : typeOf(schema.items ?? {})}`;
  const { format, type = 'object' } = schema;
  return [format && format !== 'password' ? (FORMATS[format] ?? format) : type, limits(schema)]
    .filter(Boolean)
    .join(', ');
}

const FORMATS: Record<string, string> = {
  ...{ 'date-time': 'time', 'idn-email': 'email address' },
  ...{ int32: 'integer', int64: 'integer' },
};

function limits({ maxLength, minLength, minimum, maximum, type }: Schema): string {
  if (type === 'integer') {
    const largest = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : '';
    return minimum === undefined ? '' : `from ${minimum}${largest}`;
  }
  if (maxLength === undefined) return '';
  return minLength === undefined ? `up to ${maxLength}` : `${minLength} to ${maxLength}`;
}
