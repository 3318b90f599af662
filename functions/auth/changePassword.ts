import * as v from 'valibot';
import { changePassword, PasswordChange, repeatPasswordChange } from '../../lib/auth/passwordChange.ts';
import { endpoint } from '../../lib/http/endpoint.ts';

export const handler = endpoint(
  {
    operation: 'changePassword',
    caller: 'required',
    body: PasswordChange,
    repeatable: { secret: Object.keys(PasswordChange.entries), ends_tokens: true },
    answer: v.object({ access: v.string(), refresh: v.string() }),
  },
  ({ caller, body, ...request }) => changePassword(caller, body, request),
  (remembered, { caller, body, ...origin }) => repeatPasswordChange(remembered, caller, body, origin),
);
