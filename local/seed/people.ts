import { oneOf, seededRandom } from './random.ts';

/** Someone who might use the service. */
export interface Person {
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  bio: string;
  avatar: string | null;
}

const words = (text: string) => text.trim().split(/\s+/);
const phrases = (text: string) => text.trim().split(/\s*\n\s*/);

const FIRST_NAMES = words(`
  Ada Ahmed Aisha Alba Alejandro Amara Amelia Ana Anders Andrea Anika Antoine Arjun Astrid Aylin Ben Bianca Björn
  Camille Carlos Chiara Chloé Clara Daniel Daria David Diego Ebba Elena Eli Elif Emil Emma Esther Fatima Felix Finn
  Francesca Freya Gabriel Giulia Grace Hana Hannah Hassan Helena Hugo Ida Ines Ingrid Isaac Ivan Jakub Jan Jasmin
  Joana João Jonas Julia Kaito Karim Katarzyna Kemal Khadija Kofi Lars Laura Layla Lena Leo Liam Lina Louis Lucía
  Luka Magnus Maja Malik Marco María Marta Mateo Matilda Maya Mei Mia Mikkel Milan Mina Mohammed Nadia Naomi Nia
  Nicolás Nina Noah Nora Olga Oliver Olivia Omar Oscar Paul Petra Priya Rafael Rania Robin Rosa Ruben Ruth Sakura
  Salma Samir Sara Sebastian Selin Simon Sofia Soraya Stella Tariq Teresa Thomas Tom Ursula Valentina Vera Victor
  Viktoria Wanjiru William Xavier Yara Yasmin Yuki Yusuf Zara Zofia Zoé
`);

const LAST_NAMES = words(`
  Abebe Adeyemi Ahlberg Almeida Andersen Andersson Bakker Balogun Barbieri Bauer Becker Bergström Bianchi Björk
  Bonnet Brown Castillo Chen Clarke Costa Cruz Dahl Davies Delgado Demir Dubois Dupont Eriksen Eriksson Esposito
  Evans Fernández Ferrari Fischer Fontaine Fournier García Gomes Gonzalez Green Gupta Haddad Hansen Hansson Hernández
  Hoffmann Horvat Hughes Ivanova Jansen Janssen Jensen Johansson Jones Kaplan Karlsson Kaya Keller Khan Kim King
  Klein Koch Kowalska Kovács Krüger Kumar Lambert Larsen Laurent Lee Lindberg Lopez Lund Marino Martin Martínez
  Mensah Meyer Moreau Moreno Müller Mwangi Nagy Nakamura Nguyen Nielsen Novak Nowak Nyström Okafor Oliveira Olsen
  Olsson Osei Papadopoulos Park Patel Pereira Petrov Popescu Quinn Ramos Rasmussen Reyes Ribeiro Ricci Richter Rivera
  Roberts Rodríguez Romano Rossi Roux Ruiz Sato Schmidt Schneider Schulz Schwarz Shah Silva Simon Singh Smith Sokolov
  Sørensen Svensson Takahashi Tanaka Taylor Torres Ueda Vargas Vidal Vogel Wagner Walker Wang Weber Williams Wójcik
  Wolf Wood Yamamoto Yılmaz Young Zhang Zimmermann
`);

const PROFESSIONS = phrases(`
  Software developer
  Backend engineer
  Frontend developer
  Data analyst
  Product designer
  Site reliability engineer
  Mobile developer
  Engineering manager
  Nurse
  Civil engineer
  Teacher
  Recruiter
  Electrician
  Accountant
  Translator
  Architect
  Chemist
  Machine learning engineer
  Technical writer
  Product manager
`);

const PASSIONS = phrases(`
  passionate about APIs
  who likes small teams
  with a soft spot for old buildings
  learning Rust in the evenings
  who writes about accessibility
  between two jobs and curious
  mentoring career changers
  fond of trains, maps and timetables
  looking for part-time work
  who believes in boring technology
  back from parental leave
  leading a team of seven
`);

const PLACES = words(`
  Amsterdam Athens Barcelona Bergen Berlin Bogotá Bristol Brno Copenhagen Dublin Gdańsk Ghent Glasgow Graz Hamburg
  Helsinki Istanbul Kraków Lagos Leipzig Lisbon Ljubljana Lyon Malmö Milan Nairobi Nantes Osaka Oslo Porto Prague
  Riga Rotterdam Seville Sofia Tallinn Turin Utrecht Valencia Vienna Vilnius Zürich
`);

/** The name in letters that a username may have. */
function plain(name: string): string {
  const spelled = name.toLowerCase().replaceAll('ø', 'o').replaceAll('ł', 'l').replaceAll('ı', 'i');
  return spelled.normalize('NFD').replace(/[^a-z]/g, '');
}

/**
 * The person with that number, the same one every time. Usernames end in the number, so no two people share one; the
 * addresses are in a domain that nobody can own (RFC 2606).
 */
export function person(number: number): Person {
  const random = seededRandom(number);
  const first_name = oneOf(random, FIRST_NAMES);
  const last_name = oneOf(random, LAST_NAMES);
  const username = `${plain(first_name)}.${plain(last_name)}.${number}`;
  const sentence = `${oneOf(random, PROFESSIONS)} ${oneOf(random, PASSIONS)}.`;
  return {
    username,
    email: `${username}@example.com`,
    first_name,
    last_name,
    bio: random() < 0.15 ? '' : `${sentence} ${oneOf(random, PLACES)}.`,
    avatar: random() < 0.4 ? null : `https://example.com/avatars/${username}.jpg`,
  };
}

/** One person in ten blocks one other. */
export const blockedBy = (number: number): number | undefined => (number % 10 === 0 ? number - 7 : undefined);

/** The number of the person whom one blocks, or is blocked by. */
const foe = (number: number): number | undefined =>
  blockedBy(number) ?? (blockedBy(number + 7) === number ? number + 7 : undefined);

/**
 * The numbers of those whom a person follows in a population of that size, none across a block; a few people have most of
 * the followers.
 */
export function friends(number: number, { size, follows }: { size: number; follows: number }): number[] {
  const random = seededRandom(-number);
  const chosen = new Set<number>();
  const left_out = foe(number);
  const wanted = Math.min(follows, left_out !== undefined && left_out <= size ? size - 2 : size - 1);
  while (chosen.size < wanted) {
    const friend = 1 + Math.floor(random() ** 2 * size);
    if (friend !== number && friend !== left_out) chosen.add(friend);
  }
  return [...chosen];
}
