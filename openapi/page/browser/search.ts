/** Leaves only the endpoints in sight whose text has every word of the search. */
export function listenToSearch(): void {
  const sections = [...document.querySelectorAll<HTMLElement>('section.operation')];
  const texts = new Map(sections.map((section) => [section.id, section.textContent.toLowerCase()]));
  document.querySelector<HTMLInputElement>('#search')?.addEventListener('input', ({ currentTarget }) => {
    const words = (currentTarget as HTMLInputElement).value.toLowerCase().split(/\s+/);
    for (const section of sections) {
      const isFound = words.every((word) => texts.get(section.id)?.includes(word));
      section.hidden = !isFound;
      const entry = document.querySelector(`nav a[href="#${section.id}"]`)?.closest('li');
      if (entry) entry.hidden = !isFound;
    }
  });
}
