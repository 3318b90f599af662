import { followReading } from './navigation.ts';
import { listenToSession } from './session.ts';
import { listenToForms } from './tryOut.ts';

listenToSession();
listenToForms();
followReading();
