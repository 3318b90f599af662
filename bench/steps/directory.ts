/** Measures requests of the user list in one warm instance: `directory SIZE`, where SIZE people are registered. */
import { ORDERINGS } from '../../lib/directory/query.ts';
import { person } from '../../local/seed/people.ts';
import { answer } from '../harness/child.ts';
import type { Sample } from '../harness/instance.ts';
import { Instance, invokeNew } from '../harness/instances.ts';
import { inTurn } from '../harness/inTurn.ts';
import { anonymous, signIn } from '../harness/requests.ts';

/** Queries of one kind, and what each came to. */
export interface Warm {
  label: string;
  samples: Sample[];
}

interface Kind {
  label: string;
  /** Asked in turn, again from the start where there are too few. */
  queries: string[];
  /** How many are asked. */
  times?: number;
  /** Asked before, once. */
  before?: string;
  /** Whether somebody's profile changes before each. */
  changing?: boolean;
}

const PROFESSIONS =
  'developer engineer designer analyst manager nurse teacher recruiter architect software data product'.split(
    ' ',
  );
const PASSIONS =
  'passionate learning accessibility curious mentoring trains part-time boring parental leading small who'.split(
    ' ',
  );
const PLACES = 'berlin lisbon vienna prague athens oslo dublin porto milan lyon zürich kraków'.split(' ');
const LETTER_PAIRS = 'er an ma lo in on re or ti en al ar te st io ra ha le ne es sa ve se ol'.split(' ');
const LETTERS = 'e a i o n r s t l d m u c p b g h k v w y f j z'.split(' ');
const PEOPLE = 50;
const BOTH_WAYS = ORDERINGS.flatMap((by) => [`ordering=${by}`, `ordering=-${by}`]);

const size = Number(process.argv[2]);
const TIMES = size > 200_000 ? 40 : 100;
const people = await signInSome();
await using list = new Instance('listUsers');
await using update = new Instance('updateMe');
// Until the compiler has seen everything often enough.
await ask({ label: 'warm', queries: BOTH_WAYS, times: 500 });
await ask({ label: 'warm', queries: ['search=warm', 'search=up', 'first_name=warm'], times: 60 });
const measured = await inTurn(`Queries, ${size}`, kinds(), ask);
answer(measured);

/** In the order in which they are asked: no search repeats an earlier one, but for the next pages. */
function kinds(): Kind[] {
  const words = [...PROFESSIONS, ...PASSIONS];
  const last = Math.ceil(size / 10) - 1;
  const usernames = people.map(({ username }) => username);
  const names = people.map(({ first_name, last_name }) => encodeURIComponent(`${first_name} ${last_name}`));
  const three = PROFESSIONS.map((word, n) => `${word}+${PASSIONS[n]}+${PLACES[n]}`);
  const both = LETTER_PAIRS.map((pair, n) => `first_name=${pair}&last_name=${LETTERS[n % LETTERS.length]}`);
  const searches = (terms: string[]) => inEveryOrder(terms.map((term) => `search=${term}`));
  const page = (number: number) => BOTH_WAYS.map((order) => `${order}&batch_number=${number}`);
  return [
    { label: 'first page, every ordering both ways', queries: page(0) },
    { label: 'deepest page, every ordering both ways', queries: page(last) },
    { label: 'page in the middle, every ordering both ways', queries: page(Math.floor(last / 2)) },
    { label: 'selective search (a username)', queries: searches(usernames) },
    { label: 'selective search (first and last name)', queries: searches(names) },
    { label: 'broad search (a word of many bios)', queries: searches(words) },
    { label: 'three words', queries: searches(three) },
    { label: 'two letters', queries: searches(LETTER_PAIRS) },
    { label: 'one letter', queries: searches(LETTERS) },
    { label: 'first_name contains', queries: inEveryOrder(LETTER_PAIRS.map((pair) => `first_name=${pair}`)) },
    { label: 'both contains filters', queries: inEveryOrder(both) },
    {
      label: 'next pages of a one-letter search',
      before: 'search=e',
      queries: Array.from({ length: TIMES }, (_, n) => `search=e&batch_number=${n}`),
    },
    { label: 'first page after a profile change', queries: page(0), times: 16, changing: true },
    {
      label: 'two letters after a profile change',
      queries: searches(['er', 'an']),
      times: 16,
      changing: true,
    },
  ];
}

async function ask({ label, queries, times = TIMES, before, changing = false }: Kind): Promise<Warm> {
  const samples: Sample[] = [];
  if (before) await list.invoke([anonymous('GET', `/?${before}`)]);
  for (let n = 0; n < times; n++) {
    const avatar = `https://example.com/avatars/new-${n}.jpg`;
    const change = people[n % people.length]?.request('PATCH', '/me/update/', { avatar });
    if (changing && change) await update.invoke([change]);
    const done = await list.invoke([anonymous('GET', `/?${queries[n % queries.length]}`)]);
    samples.push(...done.samples.map((sample) => ({ ...sample, body: '' })));
  }
  return { label, samples };
}

/** Some fifty people from all over the directory, all signed in. */
async function signInSome() {
  const numbers = Array.from({ length: PEOPLE }, (_, n) => 1 + Math.floor((n * size) / PEOPLE));
  const requests = numbers.map((number) => anonymous('GET', `/${person(number).username}/`));
  const { samples } = await invokeNew('getUser', requests);
  const profiles = samples.map(({ body }) => JSON.parse(body) as Profile);
  return Promise.all(profiles.map(async (profile) => ({ ...profile, ...(await signIn(profile)) })));
}

interface Profile {
  id: number;
  username: string;
  first_name: string;
  last_name: string;
}

/** Each query in each order: four searches that have nothing of one another to remember. */
function inEveryOrder(queries: string[]): string[] {
  return ORDERINGS.flatMap((by) => queries.map((query) => `${query}&ordering=${by}`));
}
