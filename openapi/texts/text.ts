/** What a declaration does not say about an endpoint: words, and the examples of the API document. */
export interface OperationText {
  tag: 'Authentication' | 'Users' | 'Social' | 'Statistics' | 'Service';
  summary: string;
  /** CommonMark; the rules that a client must know and no schema says. */
  description: string;
  /** What the successful answer is. */
  answer: string;
  request?: unknown;
  response: unknown;
}
