import type { Description, Place } from './description.ts';
import { escapeHtml, inline, paragraphs } from './markup.ts';
import { methodBadge, operationSection } from './operation.ts';

/** Stands for the base URL of the deployment, which only the deployment knows. */
export const ADDRESS_PLACEHOLDER = 'https://users-api.invalid';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%233a4bd8'/%3E%3Ccircle cx='16' cy='12' r='5' fill='%23fff'/%3E%3Cpath d='M6 27a10 10 0 0 1 20 0z' fill='%23fff'/%3E%3C/svg%3E";

/** The reference page: one HTML document that loads nothing, readable without its script too. */
export function renderPage(description: Description, style: string, script: string): string {
  const places = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Place => ({ method, path, operation })),
  );
  const { title, version } = description.info;
  const groups = description.tags.map((tag) => ({
    ...tag,
    places: places.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<p class="brand"><strong>${escapeHtml(title)}</strong> <span class="type">${escapeHtml(version)}</span></p>
${sessionBar()}
</header>
<div class="layout">
<nav aria-label="Endpoints"><details open><summary>Endpoints</summary>
<label class="field wide">Search<input type="search" id="search" autocomplete="off" spellcheck="false"></label>
${groups.map(navigationGroup).join('\n')}
</details></nav>
<main id="content" tabindex="-1">
${introduction(description)}
${groups
  .map(
    ({ name, description: about, places: own }) =>
      `<section class="group" aria-labelledby="group-${name}">\n<h2 id="group-${name}">${name}</h2>\n<p class="about">${inline(about)}</p>\n${own
        .map((place) => operationSection(description, place, ADDRESS_PLACEHOLDER))
        .join('\n')}\n</section>`,
  )
  .join('\n')}
</main>
</div>
<script>${script}</script>
</body>
</html>`;
}

function sessionBar(): string {
  return `<details class="session"><summary><span class="dot" aria-hidden="true"></span><span id="session-state">Not signed in</span></summary>
<form id="session" class="panel">
<p>Register or log in below and the page keeps the tokens until its tab is closed. Or paste an access token:</p>
<label class="field wide">Access token<input name="access" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
<button type="submit">Use this token</button> <button type="button" class="quiet" id="session-forget">Forget the tokens</button>
</form></details>`;
}

function introduction({ info }: Description): string {
  const [lead = '', ...rules] = info.description.split('\n\n');
  return `<section class="introduction">
<h1>${escapeHtml(info.title)}</h1>
<p class="lead">${inline(lead)}</p>
<dl class="facts">
<dt>Base URL</dt><dd><code>${ADDRESS_PLACEHOLDER}</code></dd>
<dt>Description</dt><dd><a href="${ADDRESS_PLACEHOLDER}/openapi.json">openapi.json</a>, OpenAPI 3.1</dd>
<dt>Public keys</dt><dd><a href="${ADDRESS_PLACEHOLDER}/.well-known/jwks.json">jwks.json</a></dd>
</dl>
<div class="rules">
${paragraphs(rules.join('\n\n'))}
</div>
</section>`;
}

function navigationGroup({ name, places }: { name: string; places: Place[] }): string {
  const links = places.map(
    ({ method, operation }) =>
      `<li><a href="#${operation.operationId}">${escapeHtml(operation.summary)} ${methodBadge(method)}</a></li>`,
  );
  return `<h2>${name}</h2>\n<ul>\n${links.join('\n')}\n</ul>`;
}
