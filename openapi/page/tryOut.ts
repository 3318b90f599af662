import type { Parameter, Place } from './description.ts';
import { escapeHtml } from './markup.ts';

/** The form that sends a real request; browser/ brings it to life. Nothing for what is not JSON. */
export function tryOut({ method, path, operation }: Place, parameters: Parameter[]): string {
  const id = operation.operationId;
  if (!operation.responses['200'] && !operation.responses['201']) return '';
  const shown = parameters.filter((parameter) => parameter.in !== 'header');
  const example = operation.requestBody?.content['application/json']?.examples.document?.value;
  const bodyField = example
    ? `<label class="field wide">Body<textarea name="body" rows="${JSON.stringify(example, null, 2).split('\n').length}" spellcheck="false" autocapitalize="off">${escapeHtml(JSON.stringify(example, null, 2))}</textarea></label>`
    : '';
  return `<details class="try"><summary>Try it</summary>
<form data-operation="${id}" data-method="${method.toUpperCase()}" data-path="${escapeHtml(path)}">
${shown.map((parameter) => field(parameter)).join('\n')}
${bodyField}
<button type="submit">Send ${method.toUpperCase()}</button>
<div class="outcome" role="status" aria-live="polite"></div>
<pre class="result" tabindex="0" hidden aria-label="Answer of ${escapeHtml(operation.summary)}"></pre>
</form></details>`;
}

function field({ name, in: place, required, schema, example = '' }: Parameter): string {
  const attributes = `name="${name}" data-in="${place}"`;
  if (schema.enum) {
    const options = schema.enum.map((value) => `<option>${escapeHtml(String(value))}</option>`).join('');
    return `<label class="field">${name}<select ${attributes}><option value="">default</option>${options}</select></label>`;
  }
  const placeholder =
    schema.default === undefined ? '' : ` placeholder="${escapeHtml(String(schema.default))}"`;
  const mode = schema.type === 'integer' ? ' inputmode="numeric"' : '';
  return `<label class="field">${name}<input ${attributes} value="${escapeHtml(example)}" autocomplete="off" autocapitalize="off" spellcheck="false"${placeholder}${mode}${required ? ' required' : ''}></label>`;
}
