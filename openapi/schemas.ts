import { type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { DeletionRequest } from '../lib/accounts/deletion.ts';
import { AccountExport } from '../lib/accounts/export.ts';
import { Availability } from '../lib/auth/availability.ts';
import { ForgottenPassword } from '../lib/auth/forgottenPassword.ts';
import { PasswordChange } from '../lib/auth/passwordChange.ts';
import { PasswordReset } from '../lib/auth/passwordReset.ts';
import { Registration } from '../lib/auth/registration.ts';
import { LoginRequest, LogoutRequest, RefreshRequest, SessionView } from '../lib/auth/sessions.ts';
import { EmailVerification } from '../lib/auth/verification.ts';
import { PublicKey } from '../lib/config.ts';
import { BatchInfo, UserBatch } from '../lib/directory/list.ts';
import { BlockRequest, BlockView } from '../lib/social/blocks.ts';
import { FollowRequest, FollowView } from '../lib/social/follows.ts';
import { BlockPage, FollowPage, ListedFollow, UserPage } from '../lib/social/lists.ts';
import { Relationship } from '../lib/social/relationships.ts';
import { ReportRequest } from '../lib/social/reports.ts';
import { ProfileChanges } from '../lib/users/profiles.ts';
import * as views from '../lib/users/views.ts';
import type { AnyDeclaration } from './declarations.ts';
import { problemSchemas } from './problems.ts';
import { describeField, describeSchema } from './texts/texts.ts';

/** What a value looks like before it is parsed, or once it was. */
type Side = 'input' | 'output';

/** Rules that JSON Schema cannot say, or that `metadata` beside them says for it. */
const UNSPEAKABLE = ['check', 'partial_check', 'raw_check'];

const NAMED: Record<Side, Record<string, v.GenericSchema>> = {
  input: {
    ...{ Registration, LoginRequest, LogoutRequest, RefreshRequest, ProfileChanges },
    ...{ ForgottenPassword, PasswordReset, PasswordChange, EmailVerification, DeletionRequest },
    ...{ FollowRequest, BlockRequest, ReportRequest },
  },
  output: {
    RegisteredUser: views.RegisteredUser,
    LoggedInUser: views.LoggedInUser,
    Profile: views.Profile,
    OwnProfile: views.OwnProfile,
    UpdatedUser: views.UpdatedUser,
    ListedUser: views.ListedUser,
    SessionView,
    AccountExport,
    Statistics: views.Statistics,
    Follow: FollowView,
    FollowPage,
    ListedFollow,
    UserPage,
    Relationship,
    Block: BlockView,
    BlockPage,
    Availability,
    UserBatch,
    BatchInfo,
    Message: views.Message,
    PublicKey,
  },
};

/** The schemas that requests and answers refer to, by name. */
export function componentSchemas(declarations: AnyDeclaration[]): Record<string, unknown> {
  const bodies = declarations.flatMap((one) => (one.body ? [[nameOf('input', one), one.body] as const] : []));
  const answers = declarations.map((one) => [nameOf('output', one), one.answer] as const);
  const owners = new Map(declarations.map((one) => [nameOf('output', one), one.operation]));
  const schemas = {
    ...convert('input', Object.fromEntries(bodies)),
    ...convert('output', { ...NAMED.output, ...Object.fromEntries(answers) }),
  };
  const described = Object.entries(schemas).map(([name, { $schema: _, ...schema }]) => [
    name,
    { ...withFields(name, schema), description: describeSchema(name, owners.get(name)) },
  ]);
  return { ...Object.fromEntries(described), ...problemSchemas(declarations) };
}

/** A reference to what an endpoint takes (`input`) or answers (`output`). */
export const schemaReference = (side: Side, declaration: AnyDeclaration) => ({
  $ref: `#/components/schemas/${nameOf(side, declaration)}`,
});

/** What an endpoint takes besides a body: the variables of its path, its query, and the headers of a document. */
export function parameters({ operation, path, query, media_type, repeatable }: AnyDeclaration) {
  const of = (place: 'path' | 'query', schema: v.GenericSchema = v.object({})) => {
    const { properties = {}, required = [] } = convert('input', { schema }).schema as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      ...(required.includes(name) && { required: true }),
      description: describeField(place === 'path' ? 'path' : operation, name),
      schema: withTypedDefault(property),
      ...(place === 'path' && { example: PATH_EXAMPLES[name] }),
    }));
  };
  return [
    ...of('path', path),
    ...of('query', query),
    ...(media_type ? [IF_NONE_MATCH] : []),
    ...(repeatable ? [IDEMPOTENCY_KEY] : []),
  ];
}

const PATH_EXAMPLES: Record<string, string> = { username: 'bob', id: 'q3Zk1x8vB0aT' };

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Names this request, so that it can be sent again when its answer was lost: it takes effect once, and is answered as it was. Yours alone, for 24 hours; a UUID does.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The `ETag` of the copy at hand.',
  schema: { type: 'string' },
};

/** Defaults of a query are text, as it arrives; those that are empty stand for none. */
function withTypedDefault({ default: standard, ...schema }: JsonSchema): JsonSchema {
  if (standard === undefined || standard === '') return schema;
  return { ...schema, default: schema.type === 'integer' ? Number(standard) : standard };
}

function nameOf(side: Side, { operation, body, answer }: AnyDeclaration): string {
  const schema = side === 'input' ? body : answer;
  const named = Object.entries(NAMED[side]).find(([, candidate]) => candidate === schema)?.[0];
  return (
    named ?? `${operation[0]?.toUpperCase()}${operation.slice(1)}${side === 'input' ? 'Request' : 'Answer'}`
  );
}

function convert(side: Side, schemas: Record<string, v.GenericSchema>): Record<string, JsonSchema> {
  const converted = toJsonSchemaDefs(schemas, {
    target: 'draft-2020-12',
    typeMode: side,
    ignoreActions: UNSPEAKABLE,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });
  return mapValues(converted, forGenerators);
}

/** With what code generators need to hear: the type of a constant, and how large an integer may be. */
function forGenerators(schema: JsonSchema): JsonSchema {
  const { type, format = 'int64', properties, items, anyOf } = schema;
  const [constant] = schema.enum ?? [schema.const];
  return {
    ...(typeof constant === 'string' && { type: 'string' }),
    ...schema,
    ...(type === 'integer' && { format }),
    ...(properties && { properties: mapValues(properties as Record<string, JsonSchema>, forGenerators) }),
    ...(items && { items: forGenerators(items as JsonSchema) }),
    ...(anyOf && { anyOf: (anyOf as JsonSchema[]).map(forGenerators) }),
  };
}

const mapValues = <T, U>(of: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));

function withFields(name: string, schema: JsonSchema): JsonSchema {
  if (!schema.properties) return schema;
  // A member that has a default is taken for one that is always there.
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>).map(
    ([field, { default: _, ...value }]) => [
      field,
      { ...withFields(`${name}.${field}`, value), description: describeField(name, field) },
    ],
  );
  return { ...schema, properties: Object.fromEntries(properties) };
}
