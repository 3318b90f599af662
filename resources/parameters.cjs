/* Refuses parameters that do not go together, before anything is deployed; adds nothing to the template. */
module.exports = async ({ resolveVariable }) => {
  const parameter = (name) => resolveVariable(`param:${name}, ''`);
  const publicUrl = await parameter('publicUrl');
  if (publicUrl && !/^https:\/\/.*[^/]$/.test(publicUrl)) {
    // It is the issuer of all tokens, which are refused everywhere when it changes by as much as a slash.
    throw new Error('publicUrl begins with https:// and ends without a slash.');
  }
  if ((await parameter('closeExecuteApi')) === 'true' && !publicUrl) {
    throw new Error('closeExecuteApi needs a publicUrl: the API would have no address at all.');
  }
  if ((await parameter('activityBus')) && !(await parameter('activityProducer'))) {
    throw new Error('activityBus needs an activityProducer: the ARN of the role that puts events on it.');
  }
  const mailFrom = await parameter('mailFrom');
  const appUrl = await parameter('appUrl');
  if (Boolean(mailFrom) !== Boolean(appUrl)) {
    throw new Error('mailFrom and appUrl go together: mails have links, and links go out by mail.');
  }
  if (mailFrom && !/^(?:[^<>,"]+ <)?[^<>@\s,"]+@[^<>@\s,"]+>?$/.test(mailFrom)) {
    throw new Error('mailFrom is an address, or a name and an address: Careers <no-reply@example.com>.');
  }
  if (appUrl && !/^https:\/\/.*[^/]$/.test(appUrl)) {
    throw new Error('appUrl begins with https:// and ends without a slash.');
  }
  const waf = await parameter('waf');
  if (waf && waf !== 'true' && waf !== 'false') throw new Error('waf is true or false.');
  if (waf === 'true' && (await parameter('webAcl'))) {
    throw new Error('waf makes a web ACL and webAcl names one: the stage takes one of them.');
  }
  const directory = (await parameter('directory')) || 'embedded';
  if (!['embedded', 'filling', 'postgres'].includes(directory)) {
    throw new Error('directory is embedded, filling or postgres.');
  }
  const network = [await parameter('directorySubnets'), await parameter('directorySecurityGroups')];
  if (directory !== 'embedded' && !network.every(Boolean)) {
    throw new Error(
      'A directory in PostgreSQL needs directorySubnets and directorySecurityGroups to be reached.',
    );
  }
  return {};
};
