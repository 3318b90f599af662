/** Gives every piece of code a button that copies it. */
export function offerCopies(): void {
  for (const figure of document.querySelectorAll('figure')) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'copy', textContent: 'Copy' });
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(figure.querySelector('code')?.textContent ?? '');
      button.textContent = 'Copied';
      setTimeout(() => Object.assign(button, { textContent: 'Copy' }), 2000);
    });
    figure.querySelector('figcaption')?.append(' ', button);
  }
}
