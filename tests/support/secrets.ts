/** What no log may hold, whoever it is about: the tests use such passwords and addresses, and no others. */
const SECRETS = [
  /password123/g,
  /wrong-password/g,
  /eyJ[\w-]{10,}\.[\w-]+/g,
  /\$2[aby]\$\d\d\$/g,
  /[\w.+-]+@example\.(com|org)/gi,
  /"d":"[\w-]{100,}/g,
];

/** The secrets in a text: passwords, tokens, hashes, private keys, email addresses. */
export function findSecrets(text: string): string[] {
  return SECRETS.flatMap((secret) => [...text.matchAll(secret)].map(([found]) => found));
}
