/*
 * What the engine of the directory makes of the functions that use it. Those that use PostgreSQL are in its network, and
 * know the authorities that sign the certificates of RDS.
 */

/** Where Lambda keeps those authorities. */
const AUTHORITIES = '/var/runtime/ca-cert.pem';

/** With which engines a function uses the database. */
const READER = ['postgres'];
const WRITER = ['filling', 'postgres'];

/** With which engines instances load from snapshots. */
const SNAPSHOTS = ['embedded', 'filling'];

const isOneOf = async (engines, { resolveVariable }) =>
  engines.includes(await resolveVariable('self:custom.directory'));

const authorities = (engines) => async (context) => ((await isOneOf(engines, context)) ? AUTHORITIES : null);

const vpc = (engines) => async (context) => {
  if (!(await isOneOf(engines, context))) return null;
  const list = async (name) =>
    (await context.resolveVariable(`self:custom.${name}`)).split(',').filter(Boolean);
  return {
    securityGroupIds: await list('directorySecurityGroups'),
    subnetIds: await list('directorySubnets'),
  };
};

module.exports = {
  readerAuthorities: authorities(READER),
  readerVpc: vpc(READER),
  writerAuthorities: authorities(WRITER),
  writerVpc: vpc(WRITER),
  isSnapshotRead: (context) => isOneOf(SNAPSHOTS, context),
  /** Where no snapshot is written, that none is says nothing. */
  missingSnapshots: async (context) => ((await isOneOf(SNAPSHOTS, context)) ? 'breaching' : 'notBreaching'),
  isPulled: (context) => isOneOf(WRITER, context),
};
