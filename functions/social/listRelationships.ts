import * as v from 'valibot';
import { endpoint } from '../../lib/http/endpoint.ts';
import { listRelationships, Relationship, RelationshipsQuery } from '../../lib/social/relationships.ts';

export const handler = endpoint(
  {
    operation: 'listRelationships',
    caller: 'required',
    query: RelationshipsQuery,
    answer: v.object({ results: v.array(Relationship) }),
  },
  ({ caller, query }) => listRelationships(caller, query.usernames),
);
