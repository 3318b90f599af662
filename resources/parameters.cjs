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
  return {};
};
