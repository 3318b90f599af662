const NARROW = '(max-width: 60rem)';

/** Marks the endpoint that is being read in the navigation, and folds that away on a narrow screen. */
export function followReading(): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('nav a')].map((link) => [link.hash.slice(1), link]),
  );
  const menu = document.querySelector<HTMLDetailsElement>('nav details');
  if (menu && matchMedia(NARROW).matches) {
    menu.open = false;
    menu.addEventListener('click', ({ target }) => {
      if ((target as Element).closest('a')) menu.open = false;
    });
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) mark(links, target.id);
      }
    },
    { rootMargin: '-20% 0px -70% 0px' },
  );
  for (const section of document.querySelectorAll('section.operation')) observer.observe(section);
}

function mark(links: Map<string, HTMLAnchorElement>, id: string): void {
  for (const [name, link] of links) {
    if (name === id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}
