import { jsonTokens } from './json.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML shows it. */
export const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** The part of CommonMark that our descriptions use, within a paragraph: code and bold. */
export const inline = (text: string) =>
  escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');

/** Paragraphs of {@link inline} text. */
export const paragraphs = (text: string) =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('\n');

/** A value as indented, coloured JSON. */
export const json = (value: unknown) =>
  jsonTokens(JSON.stringify(value, null, 2))
    .map(({ kind, text }) =>
      kind === 'plain' ? escapeHtml(text) : `<span class="json-${kind}">${escapeHtml(text)}</span>`,
    )
    .join('');
