import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { BASE_PATH } from '../../lib/http/routes.ts';
import description from '../../openapi/openapi.json' with { type: 'json' };
import { pathsThatFit, type Request, type Response } from './gateway.ts';

type Json = Record<string, unknown>;

interface Operation {
  /** Where the description has it. */
  pointer: string;
  operation: Json;
}

interface DescribedResponse {
  headers: Record<string, { required?: boolean; schema: Json }>;
  content?: Record<string, unknown>;
}

const ID = 'openapi.json';

const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
formats.default(ajv);
ajv.addFormat('idn-email', true);
// Tells generators which type does; sizes have a maximum of their own, and any larger one asked for counts as that.
ajv.addFormat('int32', true);
ajv.addSchema(description, ID);

/** What HTTP itself, or the server on the way, sets. */
const TRANSPORT = new Set([
  ...['connection', 'content-encoding', 'content-length', 'content-type', 'date', 'keep-alive'],
  ...['transfer-encoding', 'accept-ranges'],
]);

/** Passwords are taken as they are; every other text is trimmed and normalised before its rules apply. */
const UNTOUCHED = /^password/;

/**
 * Throws unless the response is one that the API description promises for this request; the request must be as
 * described too if it succeeded. A path or method that is not described must be refused as the description says.
 */
export function expectConformance(request: Request, response: Response): void {
  if (request.method === 'OPTIONS') return;
  const url = new URL(request.path, 'http://localhost');
  const found = findOperation(request.method, url.pathname);
  const where = `${request.method} ${request.path} ${response.status}`;
  if (!found) {
    expectProblem(where, response);
    return;
  }
  const described = at<Json>(found, ['responses', String(response.status)]);
  if (!described) throw new Error(`${where}: the description has no such status.`);
  checkResponse(where, response, resolve(described), pointerOf(found, response.status, described));
  if (response.status >= 400) checkCode(where, response, described);
  if (response.status < 300) checkRequest(where, request, url, found);
}

/** A path that is described for another method counts for nothing: `GET /login` is the profile of `login`. */
function findOperation(method: string, pathname: string): Operation | undefined {
  const described = Object.entries(description.paths as Record<string, Record<string, Json>>).flatMap(
    ([path, { [method.toLowerCase()]: operation }]) => (operation ? [{ path, operation }] : []),
  );
  const [best] = pathsThatFit(
    pathname,
    described.map(({ path }) => BASE_PATH + path),
  );
  const found = described.find(({ path }) => BASE_PATH + path === best);
  return (
    found && {
      pointer: `/paths/${pointerPart(found.path)}/${method.toLowerCase()}`,
      operation: found.operation,
    }
  );
}

function expectProblem(where: string, response: Response): void {
  const name = { 404: 'NotFound', 405: 'MethodNotAllowed' }[response.status];
  if (!name) throw new Error(`${where}: what is not described must be 404 or 405.`);
  const pointer = `/components/responses/${name}`;
  checkResponse(where, response, resolve({ $ref: `#${pointer}` }), pointer);
}

function checkResponse(where: string, { headers, text }: Response, described: Json, pointer: string): void {
  const { headers: promised, content } = described as unknown as DescribedResponse;
  for (const [name, reference] of Object.entries(promised)) {
    const value = headers[name.toLowerCase()];
    const { $ref = '' } = reference as { $ref?: string };
    if (value === undefined && !resolve(reference as Json).required) continue;
    if (value === undefined) throw new Error(`${where}: the header ${name} is missing.`);
    validate(`${where}: header ${name}`, `${$ref.slice(1)}/schema`, asNumber(value));
  }
  const declared = new Set(Object.keys(promised).map((name) => name.toLowerCase()));
  const undeclared = Object.keys(headers).filter((name) => !declared.has(name));
  const foreign = undeclared.filter((name) => !TRANSPORT.has(name));
  if (foreign.length > 0) throw new Error(`${where}: nothing is said of the headers ${foreign.join(', ')}.`);
  if (!content) {
    if (text !== '') throw new Error(`${where}: there must be no body.`);
    return;
  }
  const type = headers['content-type']?.split(';')[0] ?? '';
  if (!(type in content)) throw new Error(`${where}: ${type} is not a described media type.`);
  const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
  validate(`${where}: body ${text}`, `${pointer}/content/${pointerPart(type)}/schema`, body);
}

/** A response that endpoints share names every code of its status; an endpoint says itself which of them are its own. */
function checkCode(where: string, { text }: Response, { description }: Json): void {
  const { code } = JSON.parse(text);
  if (!String(description).includes(`\`${code}\`: `)) {
    throw new Error(`${where}: the description does not say that ${code} is answered here.`);
  }
}

function checkRequest(where: string, { body }: Request, url: URL, found: Operation): void {
  const parameters = (found.operation.parameters ?? []) as Json[];
  for (const [n, parameter] of parameters.entries()) {
    const value = url.searchParams.get(String(parameter.name))?.trim();
    if (parameter.in !== 'query' || !value) continue;
    const numeric = (parameter.schema as Json).type === 'integer';
    validate(
      `${where}: parameter ${parameter.name}`,
      `${found.pointer}/parameters/${n}/schema`,
      numeric ? Number(value) : value,
    );
  }
  const reference = at<string>(found, ['requestBody', 'content', 'application/json', 'schema', '$ref']);
  if (reference)
    validate(`${where}: request ${body}`, reference.slice(1), normalised(JSON.parse(body ?? '')));
}

function normalised(body: Json): Json {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' && !UNTOUCHED.test(name) ? value.normalize('NFC').trim() : value,
    ]),
  );
}

function validate(what: string, pointer: string, value: unknown): void {
  const check = ajv.getSchema(`${ID}#${pointer}`) as ValidateFunction | undefined;
  if (!check) throw new Error(`${what}: the description has nothing at ${pointer}.`);
  if (!check(value)) throw new Error(`${what} is not as described: ${ajv.errorsText(check.errors)}.`);
}

const pointerOf = ({ pointer }: Operation, status: number, described: Json): string =>
  typeof described.$ref === 'string' ? described.$ref.slice(1) : `${pointer}/responses/${status}`;

const resolve = (value: Json): Json =>
  typeof value.$ref === 'string'
    ? value.$ref
        .slice(2)
        .split('/')
        .reduce((node, key) => node[key] as Json, description as unknown as Json)
    : value;

const at = <T>({ operation }: Operation, keys: string[]) =>
  keys.reduce<unknown>((node, key) => (node as Json | undefined)?.[key], operation) as T | undefined;

const pointerPart = (key: string) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

const asNumber = (value: string) => (/^\d+$/.test(value) ? Number(value) : value);
