import type { User } from '../../lib/table/users.ts';
import { below, oneOf, type Random, seededRandom } from '../../local/seed/random.ts';

const SEED = 20240115;

/** Common names come often, rare ones seldom: the earlier in a list, the likelier. */
const FIRST_NAMES =
  'Maria Anna Mohammed David Sarah Thomas Laura Michael Julia Ahmed Elena Daniel Sofia Peter Emma Lucas Fatima John Nina ' +
  'Paul Eva Marco Olga Robert Clara Ivan Amira Stefan Léa Jakub Zoë Andreas Chloé Miguel Ingrid Tomás Priya Søren Yuki Wei ' +
  'Élodie Łukasz Jürgen Françoise Nuno Aoife Dmitri Ximena Björn Ğülşen Oğuz Αλέξανδρος Ελένη Наталья Сергей Мария 明 さくら';
const LAST_NAMES =
  'Smith Müller Garcia Silva Johnson Kowalski Rossi Martin Novak Schmidt Kumar Lopez Brown Ivanova Nguyen Weber Santos ' +
  'Jansen Andersson Dubois Hansen Fischer Yilmaz Williams Popescu Costa Horváth Kaya Lindqvist Moreau Nielsen Bauer Özdemir ' +
  "O'Connor Wiśniewska Fernández Tanaka Chen Papadopoulos Παπαδόπουλος Волкова Kovačević Sørensen Łuczak D'Angelo Åberg";
const SYLLABLES =
  'an be ca do el fi ga ho in jo ka li ma no or pe qu ra si to ul vi wa xa yo za ber ston ley mann son ski tine rick';
const ROLES =
  'software developer;data engineer;product designer;nurse;mechanical engineer;student;marketing manager;backend developer;' +
  'UX researcher;accountant;project manager;teacher;DevOps engineer;copywriter;sales lead;civil engineer;data scientist;QA tester';
const INTERESTS =
  'APIs;coffee;hiking;open source;photography;chess;cloud architecture;TypeScript;football;machine learning;sailing;' +
  'jazz;accessibility;gardening;distributed systems;cooking;travel;public speaking;climbing;Rust;board games';
const PLACES =
  'Berlin;Lisbon;Warsaw;London;Madrid;Prague;Athens;Kraków;Oslo;Paris;Dublin;Wien;Zürich;Milano;Lyon;Porto';
const SENTENCES = [
  (role: string, interest: string) => `Passionate ${role} who loves ${interest}.`,
  (role: string, interest: string) => `${role}, always curious about ${interest}`,
  (role: string, interest: string) =>
    `Former ${role} now learning ${interest} and looking for new opportunities.`,
  (_: string, interest: string) => `Ask me about ${interest}!`,
  (role: string) => `10+ years as a ${role}. Open to work.`,
];

const words = (text: string) => text.split(' ');
const list = (text: string) => text.split(';');

/** Made-up users with ids from 1 to `count`, the same for every run. A quarter has no bio, a tenth no name. */
export function* people(count: number): Generator<User, undefined> {
  const random = seededRandom(SEED);
  const rare = Array.from({ length: 3000 }, () => rareName(random));
  const first = [...words(FIRST_NAMES), ...rare.slice(0, 600)];
  const last = [...words(LAST_NAMES), ...rare];
  const end = Date.UTC(2026, 0, 1);
  const start = end - 3 * 365 * 24 * 60 * 60_000;
  for (let id = 1; id <= count; id++) {
    const [given, family] = [skewed(random, first), skewed(random, last)];
    const named = random() < 0.9;
    const created_at = Math.floor(start + ((end - start) * id) / count);
    yield {
      id,
      username: username(random, given, family, id),
      email: `user${id}@example.com`,
      password_hash: `$2b$10$${'x'.repeat(53)}`,
      first_name: named ? given : '',
      last_name: named ? family : '',
      bio: random() < 0.25 ? '' : bio(random),
      avatar:
        random() < 0.5 ? null : `https://cdn.example.com/avatars/${below(random, 2 ** 31).toString(36)}.jpg`,
      created_at,
      updated_at: created_at,
    };
  }
}

const skewed = <T>(random: Random, choices: readonly T[]) =>
  choices[Math.floor(random() ** 2 * choices.length)] ?? oneOf(random, choices);

function rareName(random: Random): string {
  const name = Array.from({ length: 2 + below(random, 2) }, () => oneOf(random, SYLLABLES.split(' '))).join(
    '',
  );
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function username(random: Random, given: string, family: string, id: number): string {
  const plain = (text: string) =>
    text
      .normalize('NFD')
      .replaceAll(/[^A-Za-z]/g, '')
      .toLowerCase();
  const join = oneOf(random, ['.', '_', '']);
  return `${plain(given)}${join}${plain(family)}${id}`;
}

function bio(random: Random): string {
  const sentences = Array.from({ length: 1 + below(random, 3) }, () =>
    oneOf(random, SENTENCES)(oneOf(random, list(ROLES)), oneOf(random, list(INTERESTS))),
  );
  return [...sentences, ...(random() < 0.5 ? [`Based in ${oneOf(random, list(PLACES))}`] : [])].join(' ');
}
