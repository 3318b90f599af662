import {
  type Answer,
  type Description,
  type Operation,
  type Parameter,
  type Place,
  resolve,
  type Schema,
} from './description.ts';
import { fieldList, parameterList } from './fields.ts';
import { escapeHtml, json, paragraphs } from './markup.ts';
import { samples } from './samples.ts';
import { tryOut } from './tryOut.ts';

/** One endpoint: what it does, what goes in and comes out, how it fails, and a form to try it. */
export function operationSection(description: Description, place: Place, base: string): string {
  const { operation } = place;
  const id = operation.operationId;
  const { parameters = [] } = operation;
  const [status = '200', success] = answers(description, operation).find(([code]) => code < '300') ?? [];
  const failures = answers(description, operation).filter(([code]) => code >= '400');
  return `<section class="operation" id="${id}" aria-labelledby="${id}-title">
<div class="words">
<h3 id="${id}-title"><a href="#${id}">${escapeHtml(operation.summary)}</a></h3>
<p class="address">${methodBadge(place.method)} <code>${breakable(place.path)}</code> ${credential(operation)}</p>
${paragraphs(operation.description)}
${Object.entries(PLACES)
  .map(([place, title]) =>
    group(
      title,
      parameters.filter((parameter) => parameter.in === place),
    ),
  )
  .join('\n')}
${body(description, operation)}
${answerFields(description, status, success)}
<details class="more"><summary>Failures <span class="type">${failures.map(([code]) => code).join(' · ')}</span></summary>
<dl class="failures">
${failures.map(([code, failure]) => `<dt>${code}</dt><dd>${paragraphs(failure.description)}</dd>`).join('\n')}
</dl></details>
</div>
<div class="code">
${requests(place, base)}
${figure(`Answer <span class="status">${status}</span>`, example(success))}
${tryOut(place, parameters)}
</div>
</section>`;
}

/** The method as a coloured mark. */
export const methodBadge = (method: string) =>
  `<span class="method ${method}">${method.toUpperCase()}</span>`;

const PLACES = { path: 'Path', query: 'Query', header: 'Headers' };

const answers = (description: Description, { responses }: Operation) =>
  Object.entries(responses).map(([code, answer]) => [code, resolve<Answer>(description, answer)] as const);

const breakable = (path: string) => escapeHtml(path).replace(/\//g, '<wbr>/');

function credential({ security }: Operation): string {
  if (security.length === 0) return '<span class="credential">no token</span>';
  return security.length > 1
    ? '<span class="credential">token optional</span>'
    : '<span class="credential needed">token</span>';
}

const group = (title: string, parameters: Parameter[]) =>
  parameters.length === 0 ? '' : `<h4>${title}</h4>\n${parameterList(parameters)}`;

function body(description: Description, { requestBody }: Operation): string {
  const schema = requestBody?.content['application/json']?.schema;
  return schema ? `<h4>Body</h4>\n${fieldList(description, schema)}` : '';
}

function answerFields(description: Description, status: string, answer: Answer | undefined): string {
  const schema = answer?.content?.['application/json']?.schema;
  if (!answer || !schema) return '';
  const { properties } = resolve<Schema>(description, schema);
  if (!properties) return '';
  return `<details class="more"><summary>Answer <span class="type">${status}</span></summary>
${paragraphs(answer.description)}
${fieldList(description, schema, { markRequired: false })}</details>`;
}

const figure = (caption: string, code: string) =>
  `<figure><figcaption>${caption}</figcaption><pre tabindex="0"><code>${code}</code></pre></figure>`;

/** The first language in full, the others to unfold, one at a time. */
function requests(place: Place, base: string): string {
  const [first, ...others] = samples(place, base);
  const folded = others.map(
    ({ language, code }) =>
      `<details class="more" name="${place.operation.operationId}"><summary>${language}</summary>${figure(language, escapeHtml(code))}</details>`,
  );
  return figure(`Request in ${first?.language}`, escapeHtml(first?.code ?? '')) + folded.join('\n');
}

function example(answer: Answer | undefined): string {
  const value = Object.values(answer?.content ?? {})[0]?.examples.document?.value;
  return typeof value === 'string' ? escapeHtml(value) : json(value);
}
