import { offerCopies } from './copy.ts';
import { followReading } from './navigation.ts';
import { listenToSearch } from './search.ts';
import { listenToSession } from './session.ts';
import { listenToForms } from './tryOut.ts';

listenToSession();
listenToForms();
followReading();
offerCopies();
listenToSearch();
