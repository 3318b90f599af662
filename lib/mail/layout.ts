/** What a letter says, before it is laid out. */
export interface Content {
  subject: string;
  paragraphs: string[];
  /** What the link is called; letters without one have none. */
  action?: string;
  /** The last lines, in small print. */
  closing: string;
}

/** The plain form of a letter. */
export function renderText({ paragraphs, action, closing }: Content, link: string | undefined): string {
  const parts = [...paragraphs, ...(action && link ? [`${action}:\n${link}`] : []), closing];
  return `${parts.join('\n\n')}\n`;
}

const FONT = 'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif';

/**
 * The form that mail programs show: one column that fits a narrow phone, styles on the elements, for several programs
 * drop all others, and nothing that is loaded from anywhere.
 */
export function renderHtml(
  { subject, paragraphs, action, closing }: Content,
  link: string | undefined,
): string {
  const text = (paragraph: string) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`;
  const button = action && link ? renderLink(action, link) : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f4f5f7">
<div style="max-width:480px;margin:0 auto;padding:24px 16px">
<div style="padding:24px 20px;background:#ffffff;border-radius:8px;color:#1f2430;font-size:16px;line-height:1.5;overflow-wrap:anywhere;${FONT}">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.25">${escapeHtml(subject)}</h1>
${paragraphs.map(text).join('\n')}
${button}<p style="margin:24px 0 0;font-size:14px;color:#5b6372">${escapeHtml(closing)}</p>
</div>
</div>
</body>
</html>
`;
}

/** A button, and the address itself for programs that show none or let nobody press one. */
function renderLink(action: string, link: string): string {
  const href = escapeHtml(link);
  return `<p style="margin:24px 0"><a href="${href}" style="display:inline-block;padding:12px 20px;background:#1a56db;border-radius:6px;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(action)}</a></p>
<p style="margin:0;font-size:14px;color:#5b6372">Or open this address:<br><a href="${href}" style="color:#1a56db;word-break:break-all">${href}</a></p>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
