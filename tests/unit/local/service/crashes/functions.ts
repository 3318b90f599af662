import { setTimeout as sleep } from 'node:timers/promises';

const never = () => new Promise(() => {});

export const answers = async () => ({ statusCode: 200, body: '{}' });

export const ends = async () => process.exit(3);

/** The exception is nobody's: not the handler's, which has returned. */
export const throws = () => {
  void sleep(10).then(() => {
    throw new Error('thrown past the handler');
  });
  return never();
};

export const hangs = () => {
  for (;;);
};

export const fails = async () => {
  throw new Error('thrown by the handler');
};
